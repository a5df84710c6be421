// Cells into a training size: enlarged by a whole number, never resized by a fraction, and then padded or cropped by whole cells.

import type { Image } from "../../data/image.ts";
import type { Size } from "../../data/preprocess.ts";
import { UserError } from "../../errors.ts";
import { enlarge } from "../../pixelart/grid/geometry.ts";
import { hexOf, type Colour } from "../../pixelart/palettes/palette.ts";

/** `pad`: the whole picture is shown, or none of it; `crop`: what does not fit is cut off around the middle. */
export type FitMode = "pad" | "crop";

export interface Fit {
  readonly bucket: Size;
  /** Pixels of the result along a cell's side. */
  readonly cell: number;
  /** The cells that are shown. */
  readonly shown: Size & { readonly left: number; readonly top: number };
  /** Cells in front of them. */
  readonly before: readonly [number, number];
}

/** Cells in multiples of this fall into whole latents of Stable Diffusion's autoencoders, which are 8 x 8 pixels. */
export const latentSide = 8;

/**
 * Of the buckets that hold it the one that is most like the picture in its aspect, and of these the one with the fewest cells cut off or padded.
 *
 * @throws UserError where a picture that is to be shown whole fits none
 */
export function fitted(cells: Size, buckets: readonly Size[], cell: number, mode: FitMode): Fit {
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
      `it has ${cells.width} x ${cells.height} cells, and at ${cell} pixels a cell no bucket holds them all: ` +
        `give a smaller --cell, a larger --size, or --fit crop.`,
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
  return { bucket, cell, shown: { left, top, ...shown }, before };
}

/** At least this share of the pictures is to be shown whole. */
const mostPictures = 0.9;

/**
 * One cell for a whole set: the largest of 64, 32, 16 and 8 pixels at which nine of ten pictures fit a bucket; 8 where there is none.
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

/** What is around a picture: its border cells, repeated outwards, or a colour. */
export type Padding = "edge" | "color";

/**
 * The picture that a trainer reads: opaque, of the bucket's size.
 *
 * @param background what is behind transparent cells, and around the picture where padding is a colour
 */
export function drawn(cells: Image, fit: Fit, padding: Padding, background: Colour): Image {
  const { bucket, cell, shown, before } = fit;
  const [columns, rows] = [bucket.width / cell, bucket.height / cell];
  const canvas = new Uint8ClampedArray(4 * columns * rows);
  const inside = (place: number, length: number) => Math.min(Math.max(place, 0), length - 1);
  for (let row = 0, to = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, to += 4) {
      const [x, y] = [column - before[0], row - before[1]];
      const isShown = x >= 0 && x < shown.width && y >= 0 && y < shown.height;
      const [fromX, fromY] = [shown.left + inside(x, shown.width), shown.top + inside(y, shown.height)];
      const from = 4 * (fromY * cells.width + fromX);
      const alpha = isShown || padding === "edge" ? cells.data[from + 3] / 255 : 0;
      for (let channel = 0; channel < 3; channel++)
        canvas[to + channel] = alpha * cells.data[from + channel] + (1 - alpha) * background[channel];
      canvas[to + 3] = 255;
    }
  const whole = { width: columns, height: rows, data: canvas, hasAlpha: false };
  return enlarge(whole, cell, bucket.width, bucket.height);
}

/** What was done to a picture, for its provenance. */
export function transformationOf(fit: Fit, padding: Padding, background: Colour): Readonly<Record<string, unknown>> {
  const { bucket, cell, shown, before } = fit;
  const { left, top, width, height } = shown;
  const isPadded = width * cell < bucket.width || height * cell < bucket.height;
  return {
    cell,
    size: [bucket.width, bucket.height],
    crop: [left, top, width, height],
    ...(isPadded && { before, padding }),
    background: `#${hexOf(background)}`,
  };
}
