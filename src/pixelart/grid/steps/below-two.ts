// Cells narrower than two pixels. Pixels sample such a grid too seldom: lines every s pixels look
// like lines every s / (s - 1), those of 1.5 like those of 3. The two differ in how much the cells
// contain. One pixel of each wide cell predicts the others, if the cells are wide; if they are
// narrow, that loses much of what one pixel of each narrow cell would predict.

import { errorOf } from "../signal/interpolation.ts";
import type { Planes } from "../signal/planes.ts";
import { leastStep, type Axis } from "./axis.ts";
import { evidenceOf } from "./choice-evidence.ts";
import { exactly, type Evidence } from "./confidence.ts";

/** The wide steps that may be narrow ones, and the least narrow one that is reported, in pixels. */
const leastWide = 2.05;
const mostWide = 16;
const leastNarrow = 1.2;

/**
 * The narrow step explains the pixels better if the logarithm of the ratio of errors exceeds this,
 * times the pixels of a wide cell that its middle predicts.
 */
const decisive = 0.27;

/** The squared error, in levels, that filters and rounding leave. */
const leftover = 6;

/**
 * The evidence for the narrow step that looks like the one found, if that is what the cells have,
 * or for a half or a third of it; otherwise the same evidence. Undefined if cells are narrower than
 * can be told.
 */
export function belowTwo(
  axes: readonly [Axis, Axis],
  planes: readonly (readonly Planes[])[],
  found: Evidence,
): Evidence | undefined {
  const { step: wide } = found.lines[0];
  if (!mayBeNarrow(planes, found)) return found;
  const [narrow, half, third] = [wide / (wide - 1), wide / 2, wide / 3].map((step) =>
    evidenceOf(axes, planes, found.choice, step),
  );
  const errorsOf = ({ lines }: Evidence) =>
    lines.map(({ step, phase }, axis) => leftover + errorFromCells(planes[axis][0], step, phase));
  const least = errorsOf(narrow);
  const explains = (other: Evidence) => {
    const gain = errorsOf(other).reduce((sum, error, axis) => sum + Math.log(error / least[axis]) / 2, 0);
    return gain < decisive * (other.lines[0].step - 1);
  };
  const right = [found, half, third].find((other) => other.lines[0].step >= leastStep && explains(other));
  return right ?? (narrow.lines[0].step < leastNarrow ? undefined : narrow);
}

/** Narrow cells have detail beyond their lines, so a picture is neither lossless nor smooth then. */
function mayBeNarrow(planes: readonly (readonly Planes[])[], { lines, choice }: Evidence): boolean {
  const [x, y] = lines.map(({ step }) => step);
  const isLossless = lines.every(({ inLines }) => inLines >= exactly);
  if (isLossless || planes[0][0].isSmooth || choice.fits.some(({ extent }) => extent !== "whole")) return false;
  return Math.abs(x / y - 1) < 0.01 && x >= leastWide && x <= mostWide;
}

/** A pixel is predicted from the middles of its own cell and of two cells on either side. */
const terms = 4;
const side = terms + 1;

/** So many positions within a cell have weights of their own. */
const positions = 16;

/** Positions with fewer pixels than this are no evidence. */
const leastPixels = 8 * terms;

/** In wide cells, pixels at a border are left out: they may belong to the next cell. */
const leastDoubtful = 2;

/** Taller pictures are subsampled to about this many rows. */
const enoughRows = 64;

/** The mean squared error of the pixels of rows, predicted from one pixel of each cell. */
function errorFromCells({ width, height, channels: [lights] }: Planes, step: number, phase: number): number {
  const products = Array.from({ length: positions }, () => new Float64Array(side ** 2));
  const counts = new Uint32Array(positions);
  const places = placesOf(width, step, phase);
  const values = new Float64Array(side);
  for (let y = 0; y < height; y += Math.max(1, Math.floor(height / enoughRows)))
    for (const { x, middles, position } of places) {
      const own = lights[y * width + middles[0]];
      let isFlat = true;
      for (let i = 0; i < side; i++) {
        values[i] = lights[y * width + (i < terms ? middles[i + 1] : x)] - own;
        if (values[i] !== 0) isFlat = false;
      }
      if (isFlat) continue;
      counts[position]++;
      for (let i = 0; i < side; i++)
        for (let j = 0; j <= i; j++) products[position][i * side + j] += values[i] * values[j];
    }
  let [error, count] = [0, 0];
  products.forEach((own, position) => {
    if (counts[position] < leastPixels) return;
    error += errorOf(own, counts[position]);
    count += counts[position];
  });
  return error / Math.max(1, count);
}

interface Place {
  readonly x: number;
  /** The pixels in the middle of its cell, and of those one and two cells before and after. */
  readonly middles: readonly number[];
  /** Its position in the cell, and its distance from the border. */
  readonly position: number;
  readonly aside: number;
}

/** The pixels of a row that are no middles of cells themselves. */
function placesOf(width: number, step: number, phase: number): Place[] {
  return Array.from({ length: width }, (_, x): Place => {
    const turns = (x + 0.5 - phase) / step;
    const cell = Math.floor(turns);
    const middles = [0, -1, 1, -2, 2].map((aside) => Math.floor(phase + (cell + aside + 0.5) * step));
    const aside = Math.abs(turns - Math.round(turns)) * step;
    return { x, middles, position: Math.floor((turns - cell) * positions), aside };
  }).filter(({ x, middles, aside }) => {
    return middles[0] !== x && middles[3] >= 0 && middles[4] < width && (step < leastDoubtful || aside > 0.499);
  });
}
