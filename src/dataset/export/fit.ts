// Fits cells into a training size: enlarges them by a whole number, never by a fraction, and then
// pads or crops whole cells.

import { UserError } from "../../errors.ts";
import { nameOption } from "../../option-names.ts";
import type { Size } from "../../picture/preprocess.ts";
import { hexOf, type Colour } from "../../pixelart/palettes/palette.ts";
import type { Padding, Placement } from "../prepare/paint.ts";

/**
 * `pad`: the picture is shown completely or not at all; `crop`: the excess around the middle is
 * cropped.
 */
export type FitMode = "pad" | "crop";

/**
 * If a cell's side is a multiple of this, cells align with the latents of Stable Diffusion's
 * autoencoders, which cover 8 x 8 pixels.
 */
export const latentSide = 8;

/**
 * Chooses among the buckets that hold the picture: first by the most similar aspect ratio, then by
 * the fewest cells cropped or padded.
 *
 * @throws UserError if a picture that must be shown completely fits into none
 */
export function fitted(cells: Size, buckets: readonly Size[], cell: number, mode: FitMode): Placement {
  const inCells = ({ width, height }: Size) => ({ width: width / cell, height: height / cell });
  const waste = (bucket: Size) => {
    const room = inCells(bucket);
    const shown = Math.min(cells.width, room.width) * Math.min(cells.height, room.height);
    return cells.width * cells.height - shown + (room.width * room.height - shown);
  };
  const isWhole = (bucket: Size) => cells.width <= inCells(bucket).width && cells.height <= inCells(bucket).height;
  const possible = mode === "crop" ? buckets : buckets.filter(isWhole);
  if (possible.length === 0)
    throw new UserError(
      `it has ${cells.width} x ${cells.height} cells, but at ${cell} pixels per cell no bucket holds them all: ` +
        `give a smaller ${nameOption("cell")}, a larger ${nameOption("size")}, or ${nameOption("fit", "crop")}.`,
    );
  const slant = (bucket: Size) => Math.abs(Math.log(((bucket.width / bucket.height) * cells.height) / cells.width));
  const isBetter = (one: Size, other: Size) =>
    slant(one) < slant(other) || (slant(one) === slant(other) && waste(one) < waste(other));
  const bucket = possible.reduce((best, one) => (isBetter(one, best) ? one : best));
  const room = inCells(bucket);
  const shown = { width: Math.min(cells.width, room.width), height: Math.min(cells.height, room.height) };
  const left = Math.floor((cells.width - shown.width) / 2);
  const top = Math.floor((cells.height - shown.height) / 2);
  const before = [Math.floor((room.width - shown.width) / 2), Math.floor((room.height - shown.height) / 2)] as const;
  return { size: bucket, cell, shown: { left, top, ...shown }, before };
}

/** At least this share of the pictures should be shown completely. */
const mostPictures = 0.9;

/**
 * One cell for a whole set: the largest of 64, 32, 16 and 8 pixels at which nine of ten pictures
 * fit a bucket, or 8 if there is none.
 *
 * @param bucketsAt the buckets for a cell
 */
export function commonCell(pictures: readonly Size[], bucketsAt: (cell: number) => readonly Size[]): number {
  for (let cell = 8 * latentSide; cell > latentSide; cell /= 2) {
    const buckets = bucketsAt(cell);
    const fits = ({ width, height }: Size) =>
      buckets.some((bucket) => width * cell <= bucket.width && height * cell <= bucket.height);
    if (pictures.filter(fits).length >= mostPictures * pictures.length) return cell;
  }
  return latentSide;
}

/** What was done to a picture, for its provenance. */
export function transformationOf(
  fit: Placement,
  padding: Padding,
  background: Colour,
): Readonly<Record<string, unknown>> {
  const { size, cell, shown, before } = fit;
  const { left, top, width, height } = shown;
  const isPadded = width * cell < size.width || height * cell < size.height;
  return {
    cell,
    size: [size.width, size.height],
    crop: [left, top, width, height],
    ...(isPadded && { before, padding }),
    background: `#${hexOf(background)}`,
  };
}
