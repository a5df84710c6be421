// Enlarges pictures by any factor along each axis and from any phase, with the kernels of common
// image programs. libvips has fewer kernels.

import type { Image } from "../src/picture/image.ts";

/** Weights by the distance from a pixel's centre, zero from `reach` on. */
export interface Kernel {
  readonly reach: number;
  readonly weight: (distance: number) => number;
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

export const kernels = {
  nearest: { reach: 0.5, weight: () => 1 },
  bilinear: { reach: 1, weight: (x) => 1 - x },
  /** Catmull and Rom's. */
  bicubic: {
    reach: 2,
    weight: (x) => (x < 1 ? 1.5 * x ** 3 - 2.5 * x ** 2 + 1 : -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2),
  },
  Lanczos: { reach: 3, weight: (x) => sinc(x) * sinc(x / 3) },
} as const satisfies Readonly<Record<string, Kernel>>;

export interface Enlargement {
  /**
   * Pixels of the result per pixel of the source, for each axis. Less than 1 shrinks, with a
   * widened kernel.
   */
  readonly factor: readonly [number, number];
  /** Pixels of the result to crop on the left and at the top. Default: none. */
  readonly cut?: readonly [number, number];
  /** Displaces the sampling positions along each axis, in pixels of the source. */
  readonly shift?: ((place: number) => number) | undefined;
}

/** Enlarges along both axes. Past the border, its last pixel is repeated. */
export function enlarge(image: Image, kernel: Kernel, { factor, cut = [0, 0], shift }: Enlargement): Image {
  const sizes = [image.width, image.height].map((side, axis) => Math.round(side * factor[axis] - cut[axis]));
  const [across, down] = [image.width, image.height].map((side, axis) =>
    tapsOf(side, sizes[axis], kernel, factor[axis], cut[axis], shift),
  );
  const [width, height] = sizes;
  const rows = new Float64Array(4 * width * image.height);
  for (let y = 0; y < image.height; y++)
    across.forEach((taps, x) => {
      for (const { from, weight } of taps)
        for (let c = 0; c < 4; c++)
          rows[4 * (y * width + x) + c] += weight * image.data[4 * (y * image.width + from) + c];
    });
  const data = new Uint8ClampedArray(4 * width * height);
  const line = new Float64Array(4 * width);
  down.forEach((taps, y) => {
    line.fill(0);
    for (const { from, weight } of taps)
      for (let i = 0; i < line.length; i++) line[i] += weight * rows[4 * from * width + i];
    data.set(line, 4 * y * width);
  });
  return { ...image, width, height, data };
}

function tapsOf(
  side: number,
  size: number,
  { reach, weight }: Kernel,
  factor: number,
  cut: number,
  shift: (place: number) => number = () => 0,
) {
  const widen = Math.max(1, 1 / factor);
  return Array.from({ length: size }, (_, i) => {
    const place = (i + 0.5 + cut) / factor;
    const centre = place + shift(place) - 0.5;
    const [first, last] = [Math.ceil(centre - reach * widen), Math.ceil(centre + reach * widen) - 1];
    const taps = [];
    for (let j = first; j <= last; j++)
      taps.push({ from: Math.min(Math.max(j, 0), side - 1), weight: weight(Math.abs(j - centre) / widen) });
    const total = taps.reduce((sum, tap) => sum + tap.weight, 0);
    return taps.map((tap) => ({ ...tap, weight: tap.weight / total }));
  });
}
