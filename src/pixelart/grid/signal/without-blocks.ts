// Removes the edges of a JPEG's blocks from a profile.

import type { EdgeProfile } from "./edges.ts";
import { block } from "./jpeg-blocks.ts";

/**
 * Whatever repeats with the blocks is the mean of the profile at each position in a block.
 * Subtracting it leaves what belongs to the picture. A grid with several cells in a block repeats
 * with the blocks too. But it has edges in each of its lines, and the blocks only in one. So of the
 * positions one cell apart, the least mean is the grid's, and is kept.
 *
 * @param first where the first block begins
 * @param cells the number of cells in a block whose edges are kept; 0 for none
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
