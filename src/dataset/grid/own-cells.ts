// The cells of a picture that is exact pixel art: each pixel a cell, or each cell a square of whole
// pixels with exactly one colour.
//
// This is computed exactly, not estimated: the positions where columns, and rows, differ from the
// one before are all multiples of the cell apart. Only if there are too few such positions, or no
// common multiple, does the detector (src/pixelart/grid) decide.

import { greatestCommonDivisor } from "../../divisors.ts";
import { UserError } from "../../errors.ts";
import { nameOption } from "../../option-names.ts";
import { pixelsOf, seenPixels, type Image } from "../../picture/image.ts";
import { middleOf } from "../../picture/preprocess.ts";
import { findGrid, type GridFinding } from "../../pixelart/grid/detect.ts";

export interface OwnCells {
  /** One pixel a cell. Cells cut by the picture's border are whole here. */
  readonly cells: Image;
  /** Pixels of the picture along a cell's side. */
  readonly cell: number;
  /** Pixels before the first whole cell, less than a cell. */
  readonly phase: readonly [number, number];
}

/**
 * If this many positions are all a multiple of 2 or more apart, that is no coincidence: the
 * probability is 1 in 2^12.
 */
const enoughEdges = 12;

/** Of larger pictures the detector sees the middle, to limit memory. */
export const mostSide = 2048;

/** The largest cells that have no edge inside them, if that is no coincidence. */
export function wholeCells(image: Image): OwnCells | undefined {
  return wholeCellsAt(image, edgesOf(image));
}

function wholeCellsAt(image: Image, edges: Edges): OwnCells | undefined {
  const cell = exactCell(edges);
  return cell > 1 && edges.x.length + edges.y.length >= enoughEdges ? cellsOn(image, edges, cell) : undefined;
}

/**
 * @param told pixels along a cell's side, if known; 1 treats every pixel as a cell
 * @throws UserError if the picture is not on a grid of whole cells, or not on the given one
 */
export function ownCells(image: Image, told?: number): OwnCells {
  const edges = edgesOf(image);
  const exact = exactCell(edges);
  if (told !== undefined) {
    if (exact % told === 0) return cellsOn(image, edges, told);
    const found = exact > 1 ? `its cells have ${exact} pixels` : sentenceOf(gridOf(image));
    throw new UserError(`it is not on a single grid of ${told} pixels per cell: ${found}.`);
  }
  const whole = wholeCellsAt(image, edges);
  if (whole) return whole;
  const grid = gridOf(image);
  if (grid.verdict === "native") return cellsOn(image, edges, 1);
  const side = Math.round(grid.cell[0]);
  const isWhole = grid.verdict === "grid" && side === Math.round(grid.cell[1]) && exact % side === 0;
  if (isWhole) return cellsOn(image, edges, side);
  throw new UserError(`${sentenceOf(grid)}; if each pixel is a cell, give ${nameOption("grid", 1)}.`);
}

function gridOf(image: Image): GridFinding {
  return findGrid([middleOf(image, mostSide)]);
}

/** Positions along an axis, in pixels, at which a column, or row, differs from the one before. */
interface Edges {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

function edgesOf(image: Image): Edges {
  const { width, height } = image;
  const pixels = seenPixels(image);
  const columns = new Uint8Array(width);
  const rows = new Uint8Array(height);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      if (x > 0 && pixels[at] !== pixels[at - 1]) columns[x] = 1;
      if (y > 0 && pixels[at] !== pixels[at - width]) rows[y] = 1;
    }
  const places = (marks: Uint8Array) => Array.from(marks.keys()).filter((place) => marks[place] === 1);
  return { x: places(columns), y: places(rows) };
}

/**
 * The largest number that divides the distances of all edges along both axes, in pixels; 0 without
 * edges.
 */
function exactCell({ x, y }: Edges): number {
  let cell = 0;
  for (const places of [x, y]) for (const place of places) cell = greatestCommonDivisor(place - places[0], cell);
  return cell;
}

function cellsOn(image: Image, edges: Edges, cell: number): OwnCells {
  const [left, top] = [edges.x, edges.y].map((places) => (places[0] ?? 0) % cell);
  const middles = (first: number, pixels: number) => {
    const starts = first > 0 ? [0] : [];
    for (let start = first; start < pixels; start += cell) starts.push(start);
    return starts;
  };
  const [columns, rows] = [middles(left, image.width), middles(top, image.height)];
  const source = pixelsOf(image);
  const pixels = Uint32Array.from({ length: columns.length * rows.length }, (_, i) => {
    return source[rows[Math.floor(i / columns.length)] * image.width + columns[i % columns.length]];
  });
  const data = new Uint8ClampedArray(pixels.buffer);
  const cells = { width: columns.length, height: rows.length, data, hasAlpha: image.hasAlpha };
  return { cells, cell, phase: [left, top] };
}

/** Describes a picture whose cells are not whole. */
function sentenceOf({ verdict, cell }: GridFinding): string {
  const sides = cell.map((side) => Number(side.toFixed(2))).join(" x ");
  switch (verdict) {
    case "grid":
      return `its cells have ${sides} pixels and are not whole; snap it first`;
    case "mixed":
      return "it has more than one cell size; snap it first";
    case "native":
      return "each of its pixels is a cell";
    case "none":
      return "it has no grid";
  }
}
