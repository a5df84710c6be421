// Prepares pixel art for training. It is reduced to one pixel a cell, cut into squares of whole
// cells, and painted again with one common cell size. So every training picture has the same grid,
// which begins in its corner.

import { UserError } from "../../errors.ts";
import { nameOption } from "../../option-names.ts";
import type { Image } from "../../picture/image.ts";
import { middleOf, type Size } from "../../picture/preprocess.ts";
import { cellsAt } from "../../pixelart/grid/cells/recover.ts";
import { findGrid } from "../../pixelart/grid/detect.ts";
import { colourFromHex, hexOf, type Colour } from "../../pixelart/palettes/palette.ts";
import { mostSide, wholeCells } from "../grid/own-cells.ts";
import { painted } from "./paint.ts";

/**
 * What is done to a picture's cells. Together with the picture it determines every byte of the
 * result.
 */
export interface ArtTransformation {
  readonly kind: "art";
  /** Each pixel counted as a cell, although no grid was visible. */
  readonly oneToOne?: true;
  /** The visible cells: left, top, columns, rows. */
  readonly crop: readonly [number, number, number, number];
  /**
   * The number of cells to the left of and above them, if the picture is smaller than the square.
   */
  readonly before: readonly [number, number];
  /** Pixels along a cell's side, and along the square's side. */
  readonly cell: number;
  readonly size: number;
  /** The colour around the picture, and behind transparent cells. */
  readonly background: string;
}

/** A picture smaller than this share of the square along a side is too small. */
export const leastShare = 0.5;

export interface ArtCells {
  /** One pixel a cell. */
  readonly cells: Image;
  readonly oneToOne?: true;
}

/**
 * @param isArt whether the picture is known to be pixel art; then each pixel is a cell if no grid
 * is visible
 * @throws UserError if it has no grid
 */
export function artCells(image: Image, isArt: boolean): ArtCells {
  const middle = middleOf(image, mostSide);
  const grid = findGrid([middle]);
  if (grid.verdict === "native") return { cells: image };
  if (grid.verdict !== "none")
    return { cells: middle === image ? cellsAt(image, grid.cuts) : (wholeCells(image)?.cells ?? cellsOfLarge(image)) };
  if (isArt) return { cells: image, oneToOne: true };
  throw new UserError("it has no grid, so it is not pixel art; if it is, keep it by hand.");
}

/** The detector's memory grows with the picture. */
const mostPixels = 64e6;

function cellsOfLarge(image: Image): Image {
  const { width, height } = image;
  if (width * height > mostPixels)
    throw new UserError(
      `it has ${width} x ${height} pixels and cells that are not whole, which takes too much memory; make it smaller first.`,
    );
  return cellsAt(image, findGrid([image]).cuts);
}

/** @throws UserError if a picture is too small for a square */
export function checkArtSize(cells: Size, cell: number, size: number): void {
  const side = size / cell;
  if (Math.min(cells.width, cells.height) >= leastShare * side) return;
  throw new UserError(
    `it has ${cells.width} x ${cells.height} cells, less than half of the ${side} x ${side} of a training picture: give a smaller ${nameOption("size")}.`,
  );
}

/**
 * As many squares as fit into a picture, evenly spaced; one padded square if the picture is
 * slightly smaller.
 *
 * @param cells the picture's size in cells
 * @throws UserError if it is too small
 */
export function squaresOf(cells: Size, cell: number, size: number, background: Colour): ArtTransformation[] {
  checkArtSize(cells, cell, size);
  const side = size / cell;
  const starts = (length: number) => {
    const count = Math.max(1, Math.floor(length / side));
    const room = Math.max(0, length - side);
    return Array.from({ length: count }, (_, i) =>
      count === 1 ? Math.floor(room / 2) : Math.floor((i * room) / (count - 1)),
    );
  };
  const [columns, rows] = [Math.min(side, cells.width), Math.min(side, cells.height)];
  const before = [Math.floor((side - columns) / 2), Math.floor((side - rows) / 2)] as const;
  const common = { kind: "art", before, cell, size, background: `#${hexOf(background)}` } as const;
  return starts(cells.height).flatMap((top) =>
    starts(cells.width).map((left) => ({ ...common, crop: [left, top, columns, rows] as const })),
  );
}

/** The training picture: opaque, `size` x `size` pixels. */
export function paintedArt(cells: Image, { crop, before, cell, size, background }: ArtTransformation): Image {
  const [left, top, width, height] = crop;
  const square = { width: size, height: size };
  const placement = { cell, size: square, shown: { left, top, width, height }, before };
  return painted(cells, placement, "color", colourFromHex(background.slice(1)));
}
