// The initial centres of k-means, by Var-Part (Su and Dy, "In search of deterministic methods for
// initializing k-means", 2007). All points start as one part. The part with the greatest sum of
// squared errors is split at its mean, across the axis with the greatest variance, until there are
// enough parts. The method is deterministic and finds small, distant groups. From these centres,
// k-means ends with about as small an error as from the best of many random starts.

import type { Oklab } from "../kernels/pixelart/oklab.ts";

interface Part {
  readonly points: readonly Oklab[];
  readonly mean: Oklab;
  /** The axis with the greatest variance, and the sum of squared errors over all axes. */
  readonly axis: number;
  readonly error: number;
}

/**
 * Up to `most` seeds in the form that `kMeans` takes: L, a, b as whole numbers and a zero for each.
 * It stops earlier if the points have fewer colours, or if the root mean square of their distance
 * to their seeds, in parts of 2^15, is at most `tolerance`.
 */
export function seedsOf(points: readonly Oklab[], most: number, tolerance = 0): Float32Array<ArrayBuffer> {
  const parts = [describePart(points)];
  while (parts.length < most) {
    if (parts.reduce((sum, { error }) => sum + error, 0) <= points.length * tolerance ** 2) break;
    const worst = parts.reduce((most, part, i) => (part.error > parts[most].error ? i : most), 0);
    const { points: members, mean, axis, error } = parts[worst];
    if (error === 0) break;
    const [low, high]: [Oklab[], Oklab[]] = [[], []];
    for (const point of members) (point[axis] <= mean[axis] ? low : high).push(point);
    parts.splice(worst, 1, describePart(low), describePart(high));
  }
  return Float32Array.from(parts.flatMap(({ mean }) => [...mean.map(Math.round), 0]));
}

function describePart(points: readonly Oklab[]): Part {
  const average = (of: (point: Oklab) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const axes = [0, 1, 2] as const;
  const mean = axes.map((i) => average((point) => point[i]));
  const variances = axes.map((i) => average((point) => (point[i] - mean[i]) ** 2));
  return {
    points,
    mean: mean as unknown as Oklab,
    axis: variances.indexOf(Math.max(...variances)),
    error: points.length * (variances[0] + variances[1] + variances[2]),
  };
}
