// What one picture is: its grid by the detector of snap, then how intact its cells are. A photo that was shrunk and enlarged is not told from art yet.

import type { Image } from "../../data/image.ts";
import { middleOf } from "../../data/preprocess.ts";
import { findGrid, type GridFinding } from "../../pixelart/grid/detect.ts";
import { cellsAt } from "../../pixelart/grid/recover.ts";
import { antialiasingOf, coloursIn } from "./cells.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { intactness } from "./intact.ts";
import { showsBlocks } from "./jpeg-blocks.ts";
import { rounded, type AuditVerdict, type Finding } from "./row.ts";

/** Of larger pictures the middle is judged, so that memory stays within bounds. */
const mostSide = 2048;

/** Art has whole-number steps within this share of a pixel over the whole picture. */
const wholeWithin = 0.25;

/** Cells are intact where this share of their pixels has their colour. */
const intactShare = 0.995;

/** @param kind of its file, such as `JPEG` */
export function judgePicture(picture: Image, kind: string): Finding {
  const { width, height } = picture;
  const image = middleOf(picture, mostSide);
  const grid = findGrid([image]);
  const isGrid = grid.verdict === "grid" || grid.verdict === "mixed";
  const cells = isGrid ? cellsAt(image, grid.cuts) : image;
  const cell = isGrid ? grid.cell : ([1, 1] as const);
  const place = [(width - image.width) >> 1, (height - image.height) >> 1];
  const phase = isGrid ? grid.phase.map((at, axis) => wrapped(at + place[axis], cell[axis])) : [0, 0];
  const colors = coloursIn(cells);
  const intact = isGrid ? intactness(image, grid.cuts, cells) : 1;
  const isWhole = cell.every((step, axis) => {
    const count = grid.size[axis];
    return Math.abs(step - Math.round(step)) * count < wholeWithin;
  });
  const isExact = isWhole && intact >= intactShare;
  const [verdict, reason] = verdictOf(grid, isWhole, isExact);
  return {
    verdict,
    reason,
    confidence: grid.confidence,
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

function verdictOf({ verdict, cell }: GridFinding, isWhole: boolean, isExact: boolean): [AuditVerdict, string] {
  const size = cell.map((step) => rounded(step, 2)).join(" x ");
  if (verdict === "none") return ["not-pixel-art", "no grid of cells is found"];
  if (verdict === "native") return ["real-pixel-art", "one pixel a cell already"];
  if (verdict === "mixed") return ["mixed-pixel-sizes", `two pixel sizes, the finer of ${size} pixels`];
  if (isExact) return ["real-pixel-art", `cells of ${size} pixels, each of one color`];
  if (isWhole) return ["rescaled-pixel-art", `cells of ${size} pixels that are not of one color each`];
  return ["rescaled-pixel-art", `cells of ${size} pixels, which is no whole number`];
}

/** A place of a lattice, from minus half a step to half a step. */
function wrapped(place: number, step: number): number {
  return place - step * Math.round(place / step);
}
