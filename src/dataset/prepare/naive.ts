// Makes the naive version of a photo on purpose: shrunk so that each cell is the mean of its area,
// and enlarged by nearest neighbour. It has the grid of pixel art but nothing else of it. The
// output of a trained network must be distinguishable from it, and an audit should detect it.

import { UserError } from "../../errors.ts";
import { nameOption } from "../../option-names.ts";
import { checkImageSize, type Image } from "../../picture/image.ts";
import type { Size } from "../../picture/preprocess.ts";
import { resize } from "../../picture/resize.ts";
import { enlarge } from "../../pixelart/grid/cells/geometry.ts";
import { opaquePhoto } from "./photo.ts";

/** What is done to a photo. Together with the photo it determines every byte of the result. */
export interface NaiveTransformation {
  readonly kind: "naive";
  /** The result's size in cells. */
  readonly columns: number;
  readonly rows: number;
  /** Pixels of the result along a cell's side. */
  readonly cell: number;
}

/**
 * @param photo the size in pixels
 * @param columns the number of cells across; by default the result is about as large as the photo
 * @throws UserError if a cell would be smaller than a pixel of the photo, or if the result would
 * exceed the size limit of pictures
 */
export function naiveTransformation(photo: Size, cell: number, columns?: number): NaiveTransformation {
  const across = columns ?? Math.max(1, Math.round(photo.width / cell));
  const rows = Math.max(1, Math.round((across * photo.height) / photo.width));
  if (across > photo.width || rows > photo.height)
    throw new UserError(
      `it has ${photo.width} x ${photo.height} pixels, too few for ${across} x ${rows} cells: give fewer ${nameOption("columns")}.`,
    );
  checkImageSize(across * cell, rows * cell);
  return { kind: "naive", columns: across, rows, cell };
}

/** Opaque, `columns * cell` x `rows * cell` pixels. */
export function naiveArt(photo: Image, { columns, rows, cell }: NaiveTransformation): Image {
  const cells = resize(opaquePhoto(photo), columns, rows, "box");
  return enlarge(cells, cell, columns * cell, rows * cell);
}
