// Takes the edges of a JPEG's blocks out of a profile.

import type { EdgeProfile } from "./edges.ts";
import { block } from "./jpeg-blocks.ts";

/**
 * The mean of a profile at each place in a block is what repeats with the blocks. Without it, what is left belongs to the image. A grid
 * with several cells in a block repeats with the blocks too, but it has edges in all of its own lines, and the blocks in one of them: of the
 * places that are a cell apart, the least mean is the grid's.
 *
 * @param first where the first block begins
 * @param cells whole cells in a block whose edges are kept; 0 for none
 */
export function withoutBlocks({ start, whole, bands }: EdgeProfile, first: number, cells: number): EdgeProfile {
  const clean = (values: Float64Array) => cleaned(values, start - first + block, cells);
  return { start, whole: clean(whole), bands: bands.map(clean) };
}

function cleaned(values: Float64Array, start: number, cells: number): Float64Array {
  const placeOf = (i: number) => Math.floor(start + i) % block;
  const [sums, counts] = [new Float64Array(block), new Float64Array(block)];
  values.forEach((value, i) => {
    sums[placeOf(i)] += value;
    counts[placeOf(i)]++;
  });
  const means = sums.map((sum, place) => sum / Math.max(1, counts[place]));
  const kept = means.map((_, place) =>
    cells === 0
      ? 0
      : Math.min(...Array.from({ length: cells }, (_, cell) => means[(place + (cell * block) / cells) % block])),
  );
  return values.map((value, i) => value - means[placeOf(i)] + kept[placeOf(i)]);
}
