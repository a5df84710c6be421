// The borders of a picture, counted in square windows that overlap by half: what share of each window's borders lies in the lines of a
// lattice of any phase. A window consists of four fields, and the borders of each field are folded by the step only once.

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

/** Bins per pixel. The lines of a fractional step lie between pixels, but borders lie at the nearest pixel. */
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
  const fold = (lines: LineBorders, fieldOf: (line: number, place: number) => number) => {
    const counts = new Uint32Array(columns * rows * bins);
    lines.forEach((found, line) => {
      const bin = binOf(line, step, bins);
      for (const place of found) counts[fieldOf(line, place) * bins + bin]++;
    });
    return counts;
  };
  const fieldAt = (x: number, y: number) => Math.floor(y / half) * columns + Math.floor(x / half);
  const [xCounts, yCounts] = [fold(across, fieldAt), fold(down, (y, x) => fieldAt(x, y))];
  const sums = new Uint32Array(bins);
  const found: Window[] = [];
  for (let row = 0; row + 1 < rows; row++)
    for (let column = 0; column + 1 < columns; column++) {
      const first = row * columns + column;
      const fields = [first, first + 1, first + columns, first + columns + 1];
      const linesOf = (counts: Uint32Array) => {
        sums.fill(0);
        for (const field of fields) for (let bin = 0; bin < bins; bin++) sums[bin] += counts[field * bins + bin];
        return fittest(sums, span, step);
      };
      const [x, y] = [linesOf(xCounts), linesOf(yCounts)];
      const count = Math.min(x.count, y.count);
      if (count >= least) found.push({ place: [(column + 1) * half, (row + 1) * half], count, across: x, down: y });
    }
  return found;
}

function binOf(line: number, step: number, bins: number): number {
  const turns = line / step;
  return Math.min(bins - 1, Math.floor((turns - Math.floor(turns)) * bins + 1e-6));
}

/** The span of a fold that contains most of it. */
function fittest(sums: Uint32Array, span: number, step: number): Lines & { readonly count: number } {
  const bins = sums.length;
  let [count, own] = [0, 0];
  for (let bin = 0; bin < bins; bin++) count += sums[bin];
  for (let bin = 0; bin < span; bin++) own += sums[bin];
  let [most, first] = [own, 0];
  for (let bin = 1; bin < bins; bin++) {
    own += sums[(bin + span - 1) % bins] - sums[bin - 1];
    if (own <= most) continue;
    [most, first] = [own, bin];
  }
  const middle = ((first + (span - 1) / 2) * step) / bins;
  return { phase: middle % step, share: most / Math.max(1, count), count };
}
