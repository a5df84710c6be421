// The borders of a picture, counted in square windows that overlap by half: what share of each
// window's borders lies in the lines of a lattice of any phase. A window consists of four fields,
// and the borders of each field are folded by the step only once.

import type { Borders, LineBorders } from "./borders.ts";

export interface Window {
  /** Its middle, in pixels. */
  readonly place: readonly [number, number];
  /** The number of borders on the axis that has fewer. */
  readonly count: number;
  readonly across: Lines;
  readonly down: Lines;
}

export interface Lines {
  /** The first line of the lattice that contains most borders, from 0 to the step. */
  readonly phase: number;
  /** The share of borders that it contains. */
  readonly share: number;
}

/**
 * Bins per pixel. The lines of a fractional step lie between pixels, but borders lie at the nearest
 * pixel.
 */
const fineness = 4;

/**
 * @param step of the lattice, in pixels
 * @param side of the windows, in pixels
 * @param least windows with fewer borders are left out
 */
export function windowsOf(
  { across, down }: Borders,
  [width, height]: readonly [number, number],
  step: number,
  side: number,
  least: number,
): Window[] {
  const half = side / 2;
  const [columns, rows] = [Math.ceil(width / half) + 1, Math.ceil(height / half) + 1];
  const isWhole = Number.isInteger(step);
  const bins = isWhole ? step : Math.ceil(fineness * step);
  // The border of a line may lie at the pixel on either side of it.
  const span = isWhole ? 1 : Math.min(bins, fineness + 1);
  const fields = columns * rows;
  const rowFields = Int32Array.from({ length: height }, (_, y) => Math.floor(y / half) * columns);
  const columnFields = Int32Array.from({ length: width }, (_, x) => Math.floor(x / half));
  const fold = (lines: LineBorders, lineFields: Int32Array, placeFields: Int32Array) => {
    const [folds, counts] = [new Uint32Array(fields * bins), new Uint32Array(fields)];
    lines.forEach((found, line) => {
      const bin = binOf(line, step, bins);
      for (const place of found) {
        const field = lineFields[line] + placeFields[place];
        folds[field * bins + bin]++;
        counts[field]++;
      }
    });
    return { folds, counts };
  };
  const x = fold(across, columnFields, rowFields);
  const y = fold(down, rowFields, columnFields);
  const sums = new Uint32Array(bins);
  const linesOf = (folds: Uint32Array, first: number) => {
    sums.fill(0);
    for (let row = 0; row < 2; row++)
      for (let i = 0, at = (first + row * columns) * bins; i < 2 * bins; i++, at++) sums[i % bins] += folds[at];
    return fittest(sums, span, step);
  };
  const found: Window[] = [];
  for (let row = 0; row + 1 < rows; row++)
    for (let column = 0; column + 1 < columns; column++) {
      const first = row * columns + column;
      const countIn = (counts: Uint32Array) =>
        counts[first] + counts[first + 1] + counts[first + columns] + counts[first + columns + 1];
      const count = Math.min(countIn(x.counts), countIn(y.counts));
      if (count < least) continue;
      const place = [(column + 1) * half, (row + 1) * half] as const;
      found.push({ place, count, across: linesOf(x.folds, first), down: linesOf(y.folds, first) });
    }
  return found;
}

function binOf(line: number, step: number, bins: number): number {
  const turns = line / step;
  return Math.min(bins - 1, Math.floor((turns - Math.floor(turns)) * bins + 1e-6));
}

/** The span of a fold that contains most of it. */
function fittest(sums: Uint32Array, span: number, step: number): Lines {
  const bins = sums.length;
  let [count, own] = [0, 0];
  for (let bin = 0; bin < bins; bin++) count += sums[bin];
  for (let bin = 0; bin < span; bin++) own += sums[bin];
  let [most, first] = [own, 0];
  for (let bin = 1, last = span % bins; bin < bins; bin++) {
    own += sums[last] - sums[bin - 1];
    if (++last === bins) last = 0;
    if (own <= most) continue;
    [most, first] = [own, bin];
  }
  const middle = ((first + (span - 1) / 2) * step) / bins;
  return { phase: middle % step, share: most / Math.max(1, count) };
}
