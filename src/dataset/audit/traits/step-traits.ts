// Traits of the steps along rows and columns. In art most neighbours are equal and the others far
// apart. In a photo nearly all differ a little. Dithering alternates up and down.

import { share, stepOf, type CellGrid } from "./cell-grid.ts";

export interface StepTraits {
  /** The number of pairs of neighbours with different colours; it has no weight. */
  readonly borders: number;
  /** The logarithm of the mean length of runs of one colour. */
  readonly runs: number;
  /** The share of runs that are one cell long. */
  readonly singles: number;
  /** The logarithm of the mean step between neighbours of different colours, in levels. */
  readonly edge: number;
  /** The share of those steps that exceed 40 levels. */
  readonly strong: number;
  /**
   * The logarithm of the kurtosis of lightness steps: large if most are zero and a few are large.
   */
  readonly tails: number;
  /**
   * The mean change of lightness over one cell, and over two, divided by the mean change over four.
   */
  readonly near: number;
  readonly nearly: number;
  /** The share of cells that are lighter than the cells on both sides by more than 24 levels. */
  readonly glints: number;
}

const strongStep = 40;
const glint = 24;

export function stepTraitsOf({ width, height, pixels, lights, isAlike }: CellGrid): StepTraits {
  let [neighbours, different, steps, strong, runs, singles, glints, triples] = [0, 0, 0, 0, 0, 0, 0, 0];
  let [squares, fourths] = [0, 0];
  const apart = new Float64Array(5);
  const look = (from: number, stride: number, length: number) => {
    // The start of the run. The first run of a line is cut off by the border and does not count.
    let began = -1;
    for (let i = 1, at = from + stride; i < length; i++, at += stride) {
      const before = at - stride;
      if (pixels[at] === 0 || pixels[before] === 0) {
        began = -1;
        continue;
      }
      neighbours++;
      const step = lights[at] - lights[before];
      squares += step ** 2;
      fourths += step ** 4;
      if (i >= 4) for (const lag of [1, 2, 4]) apart[lag] += Math.abs(lights[at] - lights[at - lag * stride]);
      if (!isAlike(at, before)) {
        const size = stepOf(pixels[at], pixels[before]);
        different++;
        steps += size;
        if (size > strongStep) strong++;
        if (began >= 0) runs++;
        if (began === i - 1) singles++;
        began = i;
      }
      if (i < 2) continue;
      triples++;
      if (step < -glint && lights[before] - lights[before - stride] > glint) glints++;
    }
  };
  for (let y = 0; y < height; y++) look(y * width, 1, width);
  for (let x = 0; x < width; x++) look(x, width, height);
  return {
    borders: different,
    runs: Math.log(share(neighbours, different) + 1),
    singles: share(singles, runs),
    edge: Math.log(share(steps, different) + 1),
    strong: share(strong, different),
    tails: Math.log(share(fourths * neighbours, squares ** 2) + 1),
    near: share(apart[1], apart[4]),
    nearly: share(apart[2], apart[4]),
    glints: share(glints, triples),
  };
}
