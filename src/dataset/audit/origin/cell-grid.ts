// Cells as the traits of this folder look at them: which are alike, and how light each is. In a picture that a resize or compression has changed,
// cells of one colour differ a little, so there a tolerance counts.

import { pixelsOf, type Image } from "../../../data/image.ts";
import { middleOf } from "../../../data/preprocess.ts";

export interface CellGrid {
  readonly width: number;
  readonly height: number;
  /** RGBA; what cannot be seen is 0. */
  readonly pixels: Uint32Array;
  /** From 0 to 255. */
  readonly lights: Float64Array;
  /** What colours are counted by: with a tolerance, the upper four bits of each channel. */
  readonly keys: Uint32Array;
  isAlike(a: number, b: number): boolean;
}

/** Of more cells a side the middle says enough. */
const mostSide = 256;

/** Levels, on average over the channels, by which cells of one colour may differ where the picture was changed. */
const changedBy = 10;

/** @param isIntact whether each cell has exactly its colour */
export function cellGridOf(cells: Image, isIntact: boolean): CellGrid {
  const middle = middleOf(cells, mostSide);
  const { width, height } = middle;
  const pixels = pixelsOf(middle).map((pixel) => (pixel >>> 31 === 0 ? 0 : pixel));
  const lights = Float64Array.from(pixels, (pixel) => {
    return 0.299 * (pixel & 255) + 0.587 * ((pixel >>> 8) & 255) + 0.114 * ((pixel >>> 16) & 255);
  });
  const keys = isIntact ? pixels : pixels.map((pixel) => pixel & 0xf0f0f0f0);
  const isAlike = isIntact
    ? (a: number, b: number) => pixels[a] === pixels[b]
    : (a: number, b: number) => stepOf(pixels[a], pixels[b]) <= changedBy;
  return { width, height, pixels, lights, keys, isAlike };
}

/** The mean difference of the channels, in levels. */
export function stepOf(a: number, b: number): number {
  let sum = 0;
  for (let bits = 0; bits < 24; bits += 8) sum += Math.abs(((a >>> bits) & 255) - ((b >>> bits) & 255));
  return sum / 3;
}

export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
