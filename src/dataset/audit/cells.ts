// Measures of a picture at one pixel a cell.

import { countDistinct } from "../../distinct.ts";
import { seenPixels, type Image } from "../../picture/image.ts";

/** The number of different colours; fully transparent pixels count as one. */
export function coloursIn(image: Image): number {
  return countDistinct(seenPixels(image));
}

/** Two colours are distant if they differ by this many levels, summed over the channels. */
const apart = 48;

/**
 * The share of edges that are softened by a pixel of an intermediate colour. Of all triples in a
 * row or a column with distant ends, it counts those whose middle differs from both ends and lies
 * between them.
 */
export function antialiasingOf({ width, height, data }: Image): number {
  let [edges, soft] = [0, 0];
  const look = (a: number, b: number, c: number) => {
    const [first, second] = [distance(data, a, b), distance(data, b, c)];
    const whole = distance(data, a, c);
    if (whole < apart) return;
    edges++;
    const isBetween = first + second <= 1.1 * whole && Math.min(first, second) >= 0.2 * whole;
    if (isBetween) soft++;
  };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const here = 4 * (y * width + x);
      if (x > 0 && x < width - 1) look(here - 4, here, here + 4);
      if (y > 0 && y < height - 1) look(here - 4 * width, here, here + 4 * width);
    }
  return edges === 0 ? 0 : soft / edges;
}

/** The sum of the channels' differences, in levels. */
export function distance(data: Uint8ClampedArray, a: number, b: number): number {
  let sum = 0;
  for (let channel = 0; channel < 4; channel++) sum += Math.abs(data[a + channel] - data[b + channel]);
  return sum;
}
