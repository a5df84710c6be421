// Cells as the traits in this folder see them: which are alike, and how light each is. If a resize
// or compression has changed the picture, cells of one colour differ slightly, so they are compared
// with a tolerance.

import { pixelsOf, type Image } from "../../../picture/image.ts";
import { middleOf } from "../../../picture/preprocess.ts";

export interface CellGrid {
  readonly width: number;
  readonly height: number;
  /** RGBA; 0 for invisible cells. */
  readonly pixels: Uint32Array;
  /** From 0 to 255. */
  readonly lights: Float64Array;
  /** Keys for counting colours; with a tolerance, the upper four bits of each channel. */
  readonly keys: Uint32Array;
  isAlike(a: number, b: number): boolean;
}

/** Of larger grids the middle is enough. */
const mostSide = 256;

/**
 * In a changed picture, cells of one colour may differ by this many levels, averaged over the
 * channels.
 */
const changedBy = 10;

/** @param isExact whether each cell has exactly its original colour */
export function cellGridOf(cells: Image, isExact: boolean): CellGrid {
  const middle = middleOf(cells, mostSide);
  const { width, height } = middle;
  const pixels = pixelsOf(middle).map((pixel) => (pixel >>> 31 === 0 ? 0 : pixel));
  const lights = new Float64Array(pixels.length);
  for (const [i, pixel] of pixels.entries())
    lights[i] = 0.299 * (pixel & 255) + 0.587 * ((pixel >>> 8) & 255) + 0.114 * ((pixel >>> 16) & 255);
  const keys = isExact ? pixels : pixels.map((pixel) => pixel & 0xf0f0f0f0);
  const isAlike = isExact
    ? (a: number, b: number) => pixels[a] === pixels[b]
    : (a: number, b: number) => stepOf(pixels[a], pixels[b]) <= changedBy;
  return { width, height, pixels, lights, keys, isAlike };
}

/** The mean difference of the channels, in levels. */
export function stepOf(a: number, b: number): number {
  const red = Math.abs((a & 255) - (b & 255));
  const green = Math.abs(((a >>> 8) & 255) - ((b >>> 8) & 255));
  const blue = Math.abs(((a >>> 16) & 255) - ((b >>> 16) & 255));
  return (red + green + blue) / 3;
}

export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
