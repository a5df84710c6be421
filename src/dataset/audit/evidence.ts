// The evidence for the verdict on a picture: its grid, found by the detector of snap, how intact
// its cells are, and the traits of its cells and pixels. Nothing else decides.

import type { Image } from "../../picture/image.ts";
import { middleOf } from "../../picture/preprocess.ts";
import { cellsAt } from "../../pixelart/grid/cells/recover.ts";
import type { GridFinding } from "../../pixelart/grid/detect.ts";
import { showsBlocks } from "./block-steps.ts";
import { antialiasingOf, coloursIn } from "./cells.ts";
import { intactness, intactShare } from "./intact.ts";
import { squarenessOf } from "./squares.ts";
import { twofoldTraitsOf, type TwofoldTraits } from "./traits/traits.ts";

export interface Evidence {
  readonly grid: Pick<GridFinding, "verdict" | "cell" | "size" | "confidence">;
  /** The `intactness` of the cells; 1 without a grid. */
  readonly intact: number;
  /** The `squarenessOf` the cells; 1 without a grid. */
  readonly squareness: number;
  /** Whether JPEG's blocks are visible. */
  readonly hasBlocks: boolean;
  /** At one pixel a cell. */
  readonly colors: number;
  readonly cells: TwofoldTraits;
  readonly pixels: TwofoldTraits;
  /** `antialiasingOf` the pixels. */
  readonly antialiasing: number;
}

/** Of larger pictures the middle is enough for the traits of pixels. */
const mostSide = 192;

/**
 * @param grid the result of `findGrid` for the same picture
 * @returns the cells too, at one pixel a cell
 */
export function evidenceOf(image: Image, grid: GridFinding): { evidence: Evidence; cells: Image } {
  const isGrid = hasCells(grid);
  const cells = isGrid ? cellsAt(image, grid.cuts) : image;
  const middle = middleOf(image, mostSide);
  const pixels = twofoldTraitsOf(middle);
  const { verdict, cell, size, confidence } = grid;
  const evidence = {
    grid: { verdict, cell, size, confidence },
    intact: isGrid ? intactness(image, grid.cuts, cells) : 1,
    squareness: isGrid ? squarenessOf(image, grid.cuts) : 1,
    hasBlocks: showsBlocks(image),
    colors: coloursIn(cells),
    cells: cells === middle ? pixels : twofoldTraitsOf(cells),
    pixels,
    antialiasing: antialiasingOf(middle),
  };
  return { evidence, cells };
}

export function hasCells({ verdict }: Pick<GridFinding, "verdict">): boolean {
  return verdict === "grid" || verdict === "mixed";
}

/**
 * Steps count as whole numbers if, over the whole picture, they deviate by less than this many
 * pixels.
 */
const wholeWithin = 0.25;

/** Whether cells are whole pixels. */
export function areWhole({ grid }: Pick<Evidence, "grid">): boolean {
  if (!hasCells(grid)) return true;
  return grid.cell.every((step, axis) => Math.abs(step - Math.round(step)) * grid.size[axis] < wholeWithin);
}

/** Whether cells are whole pixels, and each of one color. */
export function areExact(evidence: Pick<Evidence, "grid" | "intact">): boolean {
  return areWhole(evidence) && evidence.intact >= intactShare;
}
