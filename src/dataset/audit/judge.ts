// Judges one picture: its grid, found by the detector of snap, how intact its cells are, and where
// they come from.

import type { Image } from "../../picture/image.ts";
import { middleOf } from "../../picture/preprocess.ts";
import { cellCount, evenCuts } from "../../pixelart/grid/cells/cuts.ts";
import { findGrid, type GridFinding } from "../../pixelart/grid/detect.ts";
import { mostSide, wholeCells } from "../grid/own-cells.ts";
import { antialiasingOf } from "./cells.ts";
import { areExact, evidenceOf, hasCells, type Evidence } from "./evidence.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { oddsOf } from "./odds.ts";
import { rounded, type Finding } from "./row.ts";
import { verdictOn, type Judgement } from "./verdict.ts";

/** The verdict on a picture, with its cells at one pixel each. */
export interface Examination extends Judgement {
  readonly evidence: Evidence;
  readonly cells: Image;
}

/** @param grid the result of `findGrid` for the same picture */
export function examine(image: Image, grid: GridFinding): Examination {
  const { evidence, cells } = evidenceOf(image, grid);
  return { ...verdictOn(evidence, oddsOf(evidence)), evidence, cells };
}

/**
 * The grid that a picture's edges show, on whole pixels where all of them are. Whether it is that of
 * a photo is judged later.
 */
export function gridOf(image: Image): GridFinding {
  return onWholePixels(image, findGrid([image], { unchecked: true }));
}

/** @param kind the file's kind, such as `JPEG` */
export function judgePicture(picture: Image, kind: string): Finding {
  const { width, height } = picture;
  const image = middleOf(picture, mostSide);
  const grid = gridOf(image);
  const { cells, evidence, ...judgement } = examine(image, grid);
  const { colors } = evidence;
  const isExact = areExact(evidence);
  const cell = hasCells(grid) ? grid.cell : ([1, 1] as const);
  const place = [(width - image.width) >> 1, (height - image.height) >> 1];
  const phase = hasCells(grid) ? grid.phase.map((at, axis) => wrapped(at + place[axis], cell[axis])) : [0, 0];
  return {
    ...judgement,
    cell: isExact ? [Math.round(cell[0]), Math.round(cell[1])] : [rounded(cell[0], 4), rounded(cell[1], 4)],
    phase: isExact ? [Math.round(phase[0]), Math.round(phase[1])] : [rounded(phase[0], 3), rounded(phase[1], 3)],
    columns: Math.round((width - phase[0]) / cell[0]),
    rows: Math.round((height - phase[1]) / cell[1]),
    colors,
    width,
    height,
    kind,
    antialiasing: rounded(antialiasingOf(cells), 3),
    jpeg: kind === "JPEG" || evidence.hasBlocks,
    alpha: picture.hasAlpha,
    blank: colors <= 1,
    print: fingerprintOf(cells),
  };
}

/**
 * An estimate of cells larger than this may be off by a fraction of a pixel, although all edges are
 * on whole pixels.
 */
const largeCell = 20;

/** Steps that deviate less, relative to their size, are the same. */
const nearly = 0.01;

function onWholePixels(image: Image, grid: GridFinding): GridFinding {
  const isLarge = grid.verdict === "grid" && grid.cell[0] > largeCell;
  const whole = isLarge ? wholeCells(image) : undefined;
  if (!whole || grid.cell.some((step) => Math.abs(step / whole.cell - 1) > nearly)) return grid;
  const { cell } = whole;
  const [x, y] = whole.phase.map((at) => wrapped(at, cell));
  const size = [cellCount(image.width, cell, x), cellCount(image.height, cell, y)] as const;
  const cuts = { x: evenCuts(cell, x, size[0]), y: evenCuts(cell, y, size[1]) };
  return { ...grid, cell: [cell, cell], phase: [x, y], size, cuts };
}

/** Reduces a position modulo `step` to the range from minus half a step to half a step. */
function wrapped(place: number, step: number): number {
  return place - step * Math.round(place / step);
}
