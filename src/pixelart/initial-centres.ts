// Where k-means begins. Var-Part (Su and Dy, In search of deterministic methods for initializing k-means, 2007): all
// points are one part at first; the part with the greatest sum of squared errors is cut in two at its mean, across the
// axis on which it varies most, until there are enough. No chance is in it, it finds small far-off groups, and k-means
// ends about as low from there as from the best of many random starts.

import type { Oklab } from "../kernels/pixelart/oklab.ts";

interface Part {
  readonly points: readonly Oklab[];
  readonly mean: Oklab;
  /** The sum of squared errors on the axis where it is greatest, and on all. */
  readonly axis: number;
  readonly error: number;
}

/**
 * Up to `most` seeds, as `kMeans` takes them: L, a, b as whole numbers and a zero, for each.
 * There are fewer where the points have fewer colours, or where with fewer their distance to their seeds, as a root mean
 * square in parts of 2^15, is no more than `tolerance`.
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
