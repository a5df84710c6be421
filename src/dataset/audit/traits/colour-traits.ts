// Traits of the colours of cells. An artist uses few colours, some of them much more than others,
// and puts distant colours side by side. A quantiser spreads its colours evenly, and neighbours in
// a photo get neighbouring colours.

import { share, stepOf, type CellGrid } from "./cell-grid.ts";

export interface ColourTraits {
  /** The logarithm (base 2) of the number of colours divided by the number of cells. */
  readonly colours: number;
  /** The entropy of the colours, divided by its maximum for that many colours. */
  readonly evenness: number;
  /**
   * For two neighbours of different colours, the mean share of all colours that are nearer to the
   * first than the second is.
   */
  readonly rank: number;
}

/** Only the most frequent colours are ranked, this many of them. */
const ranked = 256;

export function colourTraitsOf(grid: CellGrid): ColourTraits {
  const counts = new Map<number, number>();
  for (const key of grid.keys) if (key !== 0) counts.set(key, (counts.get(key) ?? 0) + 1);
  const visible = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let entropy = 0;
  for (const count of counts.values()) entropy -= (count / visible) * Math.log2(count / visible);
  return {
    colours: Math.log2(share(counts.size, visible) + 1e-4),
    evenness: counts.size > 1 ? entropy / Math.log2(counts.size) : 1,
    rank: rankOf(grid, counts),
  };
}

function rankOf({ width, keys }: CellGrid, counts: ReadonlyMap<number, number>): number {
  const colours = mostFrequent(counts);
  const places = new Map(colours.map((colour, place) => [colour, place]));
  const distances = colours.map((colour) => new Float64Array(colours.map((other) => stepOf(colour, other))));
  const sorted = distances.map((row) => row.slice().sort());
  let [sum, count] = [0, 0];
  for (let i = 1; i < keys.length; i++) {
    if (i % width === 0 || keys[i] === keys[i - 1]) continue;
    const [a, b] = [places.get(keys[i - 1]), places.get(keys[i])];
    if (a === undefined || b === undefined) continue;
    sum += nearer(sorted[a], distances[a][b]) / colours.length;
    count++;
  }
  return share(sum, count);
}

/**
 * Of colours that are as frequent, those with the smallest numbers. Most colours of a photo occur
 * once, so not all are sorted by their frequency.
 */
function mostFrequent(counts: ReadonlyMap<number, number>): number[] {
  if (counts.size <= ranked) return [...counts.keys()];
  const least = Uint32Array.from(counts.values()).sort()[counts.size - ranked];
  const keys = Uint32Array.from(counts.keys());
  const above = keys.filter((key) => counts.get(key)! > least);
  const ties = keys.filter((key) => counts.get(key) === least).sort();
  return [...above, ...ties.subarray(0, ranked - above.length)];
}

/** How many values of a sorted list are less than `value`. */
function nearer(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
