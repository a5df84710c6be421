// Detects whether a picture was once a JPEG. Compression leaves faint steps at the boundaries of
// its blocks of 8 x 8 pixels, where art has hardly any of its own.

import type { Image } from "../../picture/image.ts";

/** Steps of lightness, in levels, that artists do not draw. */
const faintest = 1;
const faint = 10;

/** Fewer faint steps than this are no evidence. */
const fewest = 64;

/** Whether there are clearly more faint steps at multiples of 8 pixels than between them. */
export function showsBlocks({ width, height, data }: Image): boolean {
  const light = new Float32Array(width * height);
  for (let i = 0; i < light.length; i++)
    light[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
  const counts = new Float64Array(8);
  const count = (place: number, pixel: number, before: number) => {
    const step = Math.abs(light[pixel] - light[before]);
    if (step >= faintest && step <= faint) counts[place % 8]++;
  };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      if (x > 0) count(x, pixel, pixel - 1);
      if (y > 0) count(y, pixel, pixel - width);
    }
  const others = counts.subarray(1).reduce((sum, count) => sum + count, 0) / 7;
  const neighbours = height * (width - 1) + width * (height - 1);
  const excess = (counts[0] - others) / Math.sqrt(counts[0] + others / 7 + 1);
  return counts[0] >= fewest && others >= 0.02 * (neighbours / 8) && counts[0] > 1.25 * others && excess > 4;
}
