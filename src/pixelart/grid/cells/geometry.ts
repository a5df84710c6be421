// The options of a result, and the geometry of its pixel grid. A picture of n pixels along an axis
// has ceil(n / cell) cells, each drawn `scale` pixels wide. The result is cropped to ceil(n * scale
// / cell), so the last cell ends where the picture does. With scale = cell the result is exactly as
// large as the picture; with scale 1 it has one pixel per cell.

import { UserError } from "../../../errors.ts";
import { maximumCell } from "../../../kernels/pixelart/cells.ts";
import { pixelsOf, type Image } from "../../../picture/image.ts";
import { checkColours, type ColourOptions } from "../../colour-options.ts";

export interface GridOptions extends ColourOptions {
  /** Pixels of the picture along a cell's side. */
  readonly cell: number;
  /** Pixels of the result along a cell's side. */
  readonly scale: number;
  /**
   * How far to keep the source's colours: from 0, the network's own, to 1, the source's under the
   * network's outlines. Default: 1.
   */
  readonly keepColors?: number | undefined;
  /**
   * How strongly to clean stray cells and jagged outlines, from 0 (not at all, the default) to 1.
   */
  readonly clean?: number | undefined;
}

/**
 * @throws UserError if a number is not whole or out of range, or if two options contradict each
 * other
 */
export function checkGrid(options: GridOptions): void {
  const { cell, scale, keepColors = 1, clean = 0, dither = "none" } = options;
  const check = (name: string, value: number, least: number, most: number) => {
    if (!Number.isInteger(value) || value < least || value > most)
      throw new UserError(`${name} must be a whole number from ${least} to ${most}, not ${value}.`);
  };
  check("The cell", cell, 1, maximumCell);
  check("The scale", scale, 1, maximumScale);
  if (!(keepColors >= 0 && keepColors <= 1))
    throw new UserError(`The share of kept colors must be a number from 0 to 1, not ${keepColors}.`);
  if (!(clean >= 0 && clean <= 1))
    throw new UserError(`The strength of cleaning must be a number from 0 to 1, not ${clean}.`);
  if (clean > 0 && dither !== "none")
    throw new UserError("Cleaning removes the single cells that dithering makes; choose one of the two.");
  checkColours(options);
}

/** The largest side of a drawn cell. */
const maximumScale = 1024;

/** Pixels of the result along an axis where the picture has `pixels`. */
export function outputSize(pixels: number, { cell, scale }: GridOptions): number {
  return Math.ceil((pixels * scale) / cell);
}

/** Draws each cell as `scale` x `scale` pixels, and crops the result to `width` x `height`. */
export function enlarge(cells: Image, scale: number, width: number, height: number): Image {
  if (width > cells.width * scale || height > cells.height * scale)
    throw new RangeError(`${cells.width} x ${cells.height} cells of ${scale} pixels do not fill ${width} x ${height}.`);
  const source = pixelsOf(cells);
  const target = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = target.subarray(y * width, (y + 1) * width);
    if (y % scale > 0) {
      row.set(target.subarray((y - 1) * width, y * width));
      continue;
    }
    const first = (y / scale) * cells.width;
    for (let x = 0; x < width; x++) row[x] = source[first + Math.floor(x / scale)];
  }
  return { width, height, data: new Uint8ClampedArray(target.buffer), hasAlpha: cells.hasAlpha };
}
