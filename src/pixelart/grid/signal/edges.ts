// Where a picture's edges lie along one axis. A profile is, for each position, the logarithm of the
// number of rows that have an edge there; thanks to the logarithm an outline counts hardly more
// than a faint border. There are several profiles, because which signal shows a grid depends on
// what was done to the picture: steps between neighbours (any enlargement), bends (a bilinear
// enlargement is straight between the middles of cells and bends there), and both over averaged
// rows, where noise hides less. Rows are grouped in bands, so that a slight rotation does not blur
// the profile.

import { selectMedian } from "../../../median.ts";
import type { Planes } from "./planes.ts";

export interface EdgeProfile {
  /**
   * The position of the profile's first number, in pixels from the picture's left edge; the others
   * follow one pixel apart.
   */
  readonly start: number;
  readonly bands: readonly Float64Array[];
  readonly whole: Float64Array;
}

/**
 * The kinds of profile. `measure` is an index into `differences` below. A square counts as an edge
 * from `medians` times the median square on: noise makes the median large, while art is full of
 * flat areas.
 */
export const profileKinds = [
  { name: "step", measure: 0, medians: 64, bends: false },
  { name: "bend", measure: 1, medians: 64, bends: true },
  { name: "soft step", measure: 2, medians: 4, bends: false },
  { name: "soft bend", measure: 3, medians: 100, bends: true },
  { name: "strong soft step", measure: 2, medians: 100, bends: false },
] as const;

/** Squared differences far below these are rounding, or faint shades left by compression. */
const faint = [30, 15, 10, 6];

/** The soft measures average this many rows above and below. */
const softReach = 2;

/** Taller pictures are subsampled to about this many rows. */
const enoughRows = 512;

const mostBands = 6;
const leastBandRows = 48;

/**
 * Profiles of a picture's columns, or of those of all frames of an animation together.
 *
 * @param frames all of one size
 * @returns one profile for each of `profileKinds`
 */
export function edgeProfilesOf(frames: readonly Planes[]): EdgeProfile[] {
  const { width, height } = frames[0];
  const ownBands = Math.max(1, Math.min(mostBands, Math.floor(height / leastBandRows)));
  const bandCount = frames.length > 1 ? frames.length : ownBands;
  const medians = mediansOf(frames[0]);
  const scales = profileKinds.map(({ measure, medians: times }) => Math.max(faint[measure], times * medians[measure]));
  const sums = profileKinds.map(() => Array.from({ length: bandCount }, () => new Float64Array(width)));
  const rows = new Float64Array(bandCount);
  const every = Math.max(1, Math.round(height / enoughRows));
  frames.forEach((planes, frame) => {
    const measure = measureOf(planes);
    for (let y = 0; y < height; y += every) {
      const band = frames.length > 1 ? frame : Math.min(bandCount - 1, Math.floor((y * bandCount) / height));
      rows[band]++;
      const differences = measure(y);
      profileKinds.forEach(({ measure }, kind) => addEdges(sums[kind][band], differences[measure], scales[kind]));
    }
  });
  const allRows = rows.reduce((sum, count) => sum + count, 0);
  return sums.map((bands, kind) => {
    const [from, to, start] = extents(profileKinds[kind].measure, width);
    const whole = new Float64Array(width);
    for (const band of bands) for (let x = 0; x < width; x++) whole[x] += band[x];
    const logs = (sum: Float64Array, count: number) => logarithms(sum.subarray(from, to), count);
    return { start, bands: bands.map((sum, band) => logs(sum, rows[band])), whole: logs(whole, allRows) };
  });
}

function addEdges(sums: Float64Array, differences: Float64Array, scale: number): void {
  for (let x = 0; x < sums.length; x++) {
    const difference = differences[x];
    sums[x] += difference / (difference + scale);
  }
}

/**
 * For a measure: the index of its first number, the index after its last, and the position of the
 * first in pixels.
 */
function extents(measure: number, width: number): [number, number, number] {
  if (measure === 0) return [1, width, 1];
  if (measure === 2) return [2, width - 1, 2];
  return [1, width - 1, 1.5];
}

/** The logarithms of the number of rows with an edge, plus a floor. */
function logarithms(sum: Float64Array, rows: number): Float64Array {
  const mean = sum.reduce((all, value) => all + value / sum.length, 0);
  const floor = 0.03 * mean + 0.2 * Math.sqrt(rows);
  return sum.map((value) => Math.log(value + floor));
}

/** The median of the squares of each measure. */
function mediansOf(planes: Planes): number[] {
  const { width, height } = planes;
  const every = Math.max(1, Math.floor(height / 64));
  const measure = measureOf(planes);
  const samples = faint.map(() => new Float64Array(Math.ceil(height / every) * Math.ceil(width / 4)));
  const counts = faint.map(() => 0);
  for (let y = 0; y < height; y += every)
    measure(y).forEach((line, kind) => {
      const [from, to] = extents(kind, width);
      for (let x = from + ((y * 7) % 4); x < to; x += 4) samples[kind][counts[kind]++] = line[x];
    });
  return samples.map((values, kind) => selectMedian(values.subarray(0, counts[kind])));
}

/**
 * Measures a row: the squared differences, summed over channels, of steps, bends, and both over
 * averaged rows. The result is valid until the next call.
 */
function measureOf({ width, height, channels }: Planes): (y: number) => readonly Float64Array[] {
  const differences = faint.map(() => new Float64Array(width));
  const sums = new Float64Array(width);
  const beyond = new Float32Array(width);
  const reach = Array.from({ length: 2 * softReach + 1 }, (_, i) => i - softReach);
  return (y) => {
    const isInside = (row: number) => row >= 0 && row < height;
    const share = 1 / reach.filter((aside) => isInside(y + aside)).length ** 2;
    for (const line of differences) line.fill(0);
    for (const channel of channels) {
      const rowAt = (row: number) => (isInside(row) ? channel.subarray(row * width, (row + 1) * width) : beyond);
      addRows(
        sums,
        reach.map((aside) => rowAt(y + aside)),
      );
      addDifferences(differences[0], differences[1], rowAt(y));
      addSoftDifferences(differences[2], differences[3], sums, share);
    }
    return differences;
  };
}

function addRows(sums: Float64Array, [a, b, c, d, e]: readonly Float32Array[]): void {
  for (let x = 0; x < sums.length; x++) sums[x] = a[x] + b[x] + c[x] + d[x] + e[x];
}

function addDifferences(steps: Float64Array, bends: Float64Array, row: Float32Array): void {
  const last = row.length - 1;
  let here = row[0];
  let after = last > 0 ? row[1] : 0;
  let step = after - here;
  for (let x = 1; x < last; x++) {
    here = after;
    after = row[x + 1];
    const next = after - here;
    const bend = next - step;
    steps[x] += step * step;
    bends[x] += bend * bend;
    step = next;
  }
  if (last > 0) steps[last] += step * step;
}

/** Over averages of rows, whose squared share is given, and of neighbours. */
function addSoftDifferences(steps: Float64Array, bends: Float64Array, sums: Float64Array, share: number): void {
  let before = 0;
  let step = sums[1] - sums[0];
  for (let x = 1; x + 1 < sums.length; x++) {
    const next = sums[x + 1] - sums[x];
    const bend = next - step;
    bends[x] += share * bend * bend;
    // The mean of two neighbours minus that of the two before them.
    const soft = before + 2 * step + next;
    if (x > 1) steps[x] += 0.25 * share * soft * soft;
    before = step;
    step = next;
  }
}
