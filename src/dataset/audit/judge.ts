// Judges one picture: its grid, found by the detector of snap, how intact its cells are, and where
// they come from.

import type { Image } from "../../picture/image.ts";
import { middleOf } from "../../picture/preprocess.ts";
import { cellCount, evenCuts } from "../../pixelart/grid/cuts.ts";
import { findGrid, type GridFinding } from "../../pixelart/grid/detect.ts";
import { cellsAt } from "../../pixelart/grid/recover.ts";
import { mostSide, wholeCells } from "../grid/own-cells.ts";
import { showsBlocks } from "./block-steps.ts";
import { antialiasingOf, coloursIn } from "./cells.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { intactness, intactShare } from "./intact.ts";
import { looksOf, pixelTraitsOf } from "./origin/looks.ts";
import { oddsOf, traitsOf } from "./origin/origin.ts";
import { rounded, type Finding } from "./row.ts";
import { squarenessOf } from "./squares.ts";
import { leastSquareness, verdictOn, type Judgement } from "./verdict.ts";

/**
 * Steps count as whole numbers if, over the whole picture, they deviate by less than this many
 * pixels.
 */
const wholeWithin = 0.25;

/** What a picture's grid and cells reveal. */
export interface Examination extends Judgement {
  /** One pixel a cell. */
  readonly cells: Image;
  readonly colors: number;
  /** Whether cells are whole pixels, and each of one color. */
  readonly isExact: boolean;
}

/** @param grid the result of `findGrid` for the same picture */
export function examine(image: Image, grid: GridFinding): Examination {
  const isGrid = hasCells(grid);
  const cells = isGrid ? cellsAt(image, grid.cuts) : image;
  const colors = coloursIn(cells);
  const intact = isGrid ? intactness(image, grid.cuts, cells) : 1;
  const isWhole =
    !isGrid ||
    grid.cell.every((step, axis) => {
      const count = grid.size[axis];
      return Math.abs(step - Math.round(step)) * count < wholeWithin;
    });
  const isExact = isWhole && intact >= intactShare;
  const traits = traitsOf(cells, intact >= intactShare);
  const odds = oddsOf(traits, intact >= intactShare);
  const squareness = isGrid ? squarenessOf(image, grid.cuts) : 1;
  const isSoft = grid.verdict === "grid" && squareness < leastSquareness;
  const looks = isSoft || grid.verdict === "none" ? looksOf(pixelTraitsOf(image)) : undefined;
  return { ...verdictOn({ grid, odds, looks, traits, colors, isWhole, isExact, squareness }), cells, colors, isExact };
}

function hasCells({ verdict }: GridFinding): boolean {
  return verdict === "grid" || verdict === "mixed";
}

/** @param kind the file's kind, such as `JPEG` */
export function judgePicture(picture: Image, kind: string): Finding {
  const { width, height } = picture;
  const image = middleOf(picture, mostSide);
  const grid = onWholePixels(image, findGrid([image]));
  const { cells, isExact, colors, ...judgement } = examine(image, grid);
  const cell = hasCells(grid) ? grid.cell : ([1, 1] as const);
  const place = [(width - image.width) >> 1, (height - image.height) >> 1];
  const phase = hasCells(grid) ? grid.phase.map((at, axis) => wrapped(at + place[axis], cell[axis])) : [0, 0];
  return {
    ...judgement,
    ...(colors <= 1 && { reason: "a single color" }),
    cell: isExact ? [Math.round(cell[0]), Math.round(cell[1])] : [rounded(cell[0], 4), rounded(cell[1], 4)],
    phase: isExact ? [Math.round(phase[0]), Math.round(phase[1])] : [rounded(phase[0], 3), rounded(phase[1], 3)],
    columns: Math.round((width - phase[0]) / cell[0]),
    rows: Math.round((height - phase[1]) / cell[1]),
    colors,
    width,
    height,
    kind,
    antialiasing: rounded(antialiasingOf(cells), 3),
    jpeg: kind === "JPEG" || showsBlocks(image),
    alpha: picture.hasAlpha,
    blank: colors <= 1,
    print: fingerprintOf(cells),
  };
}

/** An estimate of large cells may be off by a fraction of a pixel, although all edges are on whole pixels. */
function onWholePixels(image: Image, grid: GridFinding): GridFinding {
  const whole = grid.verdict === "grid" ? wholeCells(image) : undefined;
  if (!whole || grid.cell.some((step) => Math.abs(step / whole.cell - 1) > nearly)) return grid;
  const { cell } = whole;
  const [x, y] = whole.phase.map((at) => wrapped(at, cell));
  const size = [cellCount(image.width, cell, x), cellCount(image.height, cell, y)] as const;
  const cuts = { x: evenCuts(cell, x, size[0]), y: evenCuts(cell, y, size[1]) };
  return { ...grid, cell: [cell, cell], phase: [x, y], size, cuts };
}

/** Steps that deviate less, relative to their size, are the same. */
const nearly = 0.01;

/** Reduces a position modulo `step` to the range from minus half a step to half a step. */
function wrapped(place: number, step: number): number {
  return place - step * Math.round(place / step);
}
