// unfake.js, reimplemented from its description: the greatest common divisor of the runs of equal
// colour, otherwise the median distance of the peaks of Sobel's gradient, in whole pixels.

import { pixelsOf, type Image } from "../../src/picture/image.ts";
import { greyOf, median, sizeOf, transposed, type GridMethod } from "./method.ts";

export const unfake: GridMethod = (image) => {
  const images = [image, transposed(image)];
  const divisor = images.map(runsOf).flat().reduce(commonDivisor, 0);
  if (divisor > 1) return { size: sizeOf(image, divisor, divisor) };
  const steps = images.map(peakDistance);
  if (steps.some((step) => step === undefined)) return undefined;
  const step = Math.round(Math.min(steps[0]!, steps[1]!));
  return step > 1 ? { size: sizeOf(image, step, step) } : undefined;
};

function runsOf(image: Image): number[] {
  const { width, height } = image;
  const pixels = pixelsOf(image);
  const runs: number[] = [];
  for (let y = 0; y < height; y++) {
    let start = 0;
    for (let x = 1; x < width; x++)
      if (pixels[y * width + x] !== pixels[y * width + x - 1]) {
        runs.push(x - start);
        start = x;
      }
  }
  return runs;
}

function commonDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

function peakDistance(image: Image): number | undefined {
  const { width, height } = image;
  const grey = greyOf(image);
  const profile = new Float64Array(width);
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const at = (aside: number, below: number) => grey[(y + below) * width + x + aside];
      profile[x] += Math.abs(at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1));
    }
  const limit = (1.5 * profile.reduce((sum, value) => sum + value, 0)) / width;
  const peaks: number[] = [];
  for (let x = 1; x < width - 1; x++)
    if (profile[x] > limit && profile[x] >= profile[x - 1] && profile[x] > profile[x + 1]) peaks.push(x);
  const distances = peaks.slice(1).map((peak, i) => peak - peaks[i]);
  return distances.length > 0 ? median(distances) : undefined;
}
