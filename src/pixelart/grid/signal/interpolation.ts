// Whether a picture was enlarged by a filter. If it was, each pixel is a weighted sum of a few
// cells, and the weights depend on the pixel's position within its cell. So its neighbours predict
// it with weights that differ by position (Popescu and Farid, 2005). In a picture at its own size,
// weights do not depend on the position. This needs no edges between cells, and works where a
// filter has left none.

import { block } from "./jpeg-blocks.ts";
import type { Planes } from "./planes.ts";

/** A pixel is predicted from this many pixels on either side. */
const reach = 3;

/**
 * The terms are the slope at the pixel, and the distance of each pixel beyond its two neighbours
 * from their mean.
 */
const terms = 2 * reach - 1;
const side = terms + 1;

/** At most this many positions within a cell have weights of their own. */
const mostPlaces = 8;

/** Taller pictures are subsampled to about this many rows. */
const enoughRows = 64;

/** The squared error that rounding leaves, in levels. */
const rounding = 0.2;

/** With fewer pixels than this per term, weights would predict them by overfitting. */
const leastPixels = 8;

/**
 * Within the blocks of JPEG and WebP, the weights depend on the position too. These are the steps
 * at which that shows.
 */
const likeBlocks = [block / 3, block, 2 * block];
const partsOfBlocks = [block / 4, block / 2];

/** Steps within this share of each other are the same. */
const near = 0.02;

/**
 * If a whole block gains more than this many times what a part of it gains, blocks are the cause.
 */
const mostByBlocks = 1.3;

/**
 * `predictionGain` as evidence of an enlargement: 0 where the blocks of compression may be the
 * cause.
 */
export function enlargementGain(planes: Planes, step: number): number {
  if (planes.isSmooth) return predictionGain(planes, step);
  const isLike = (sides: readonly number[]) => sides.some((side) => Math.abs(step / side - 1) < near);
  if (isLike(likeBlocks)) return 0;
  const gain = predictionGain(planes, step);
  return isLike(partsOfBlocks) && predictionGain(planes, block) > mostByBlocks * gain ? 0 : gain;
}

/**
 * Multiples of a step that are unrelated to it. What these explain, any step explains, as in art at
 * its own size.
 */
const unrelated = [1.19, 1.41];

/**
 * @returns how much better the pixels of rows are predicted by weights for each position in a cell
 * than by the same weights everywhere: the logarithm of the ratio of squared errors, minus that of
 * unrelated steps; at least 0
 */
export function predictionGain(planes: Planes, step: number): number {
  const chance = unrelated.reduce((sum, times) => sum + gainAt(planes, times * step) / unrelated.length, 0);
  return Math.max(0, gainAt(planes, step) - chance);
}

function gainAt(planes: Planes, step: number): number {
  const places = Math.min(mostPlaces, Math.max(2, Math.round(step)));
  const products = emptyProducts(places);
  const counts = addProducts(planes, step, products);
  if (!isEnough(counts)) return 0;
  const all = products[0].map((_, i) => products.reduce((sum, own) => sum + own[i], 0));
  const count = counts.reduce((sum, own) => sum + own, 0);
  const apart = products.reduce((sum, own, place) => sum + errorOf(own, counts[place]), 0);
  return Math.max(0, Math.log((errorOf(all, count) + rounding * count) / (apart + rounding * count)));
}

/** The products of `addLine` for a number of positions in a cell. */
export function emptyProducts(places: number): Float64Array[] {
  return Array.from({ length: places }, () => new Float64Array(side ** 2));
}

/** Whether there are enough pixels at each position. */
export function isEnough(counts: Uint32Array): boolean {
  return counts.every((count) => count >= leastPixels * terms);
}

/**
 * Accumulates the products of each pixel's terms and value, by position in a cell.
 *
 * @returns the number of pixels at each position
 */
function addProducts({ width, height, channels: [lights] }: Planes, step: number, products: readonly Float64Array[]) {
  const places = products.length;
  const counts = new Uint32Array(places);
  const placeOf = Uint8Array.from({ length: width }, (_, x) => {
    const turns = (x + 0.5) / step;
    return Math.min(places - 1, Math.floor((turns - Math.floor(turns)) * places));
  });
  for (let y = 0; y < height; y += Math.max(1, Math.floor(height / enoughRows)))
    addLine(lights.subarray(y * width, (y + 1) * width), 0, width, placeOf, products, counts);
  return counts;
}

/** Adds what `addProducts` does of the pixels of a line whose neighbours all lie in a part of it. */
export function addLine(
  lights: Float32Array,
  from: number,
  to: number,
  placeOf: Uint8Array,
  products: readonly Float64Array[],
  counts: Uint32Array,
): void {
  const values = new Float64Array(side);
  for (let x = from + reach; x + reach < to; x++) {
    const before = lights[x - 1];
    const after = lights[x + 1];
    const middle = (before + after) / 2;
    values[0] = (after - before) / 2;
    let isFlat = before === after && lights[x] === middle;
    for (let k = 2; k <= reach; k++) {
      const left = lights[x - k] - middle;
      const right = lights[x + k] - middle;
      values[2 * k - 3] = left;
      values[2 * k - 2] = right;
      if (left !== 0 || right !== 0) isFlat = false;
    }
    // Flat areas are no evidence.
    if (isFlat) continue;
    values[terms] = lights[x] - middle;
    counts[placeOf[x]]++;
    const own = products[placeOf[x]];
    for (let i = 0; i < side; i++) {
      const value = values[i];
      for (let j = 0, at = i * side; j <= i; j++, at++) own[at] += value * values[j];
    }
  }
}

/**
 * The squared error of the best prediction, by Cholesky's decomposition, corrected for the number
 * of terms.
 */
export function errorOf(products: Float64Array, count: number): number {
  const side = Math.sqrt(products.length);
  const terms = side - 1;
  const root = products.slice();
  let trace = 0;
  for (let i = 0; i < terms; i++) trace += products[i * side + i];
  let error = products[side ** 2 - 1];
  for (let j = 0; j < terms; j++) {
    for (let i = j; i < side; i++) {
      let value = root[i * side + j];
      for (let k = 0; k < j; k++) value -= root[i * side + k] * root[j * side + k];
      if (i === j) root[i * side + j] = Math.sqrt(Math.max(value, 0) + 1e-6 * trace + 1e-9);
      else root[i * side + j] = value / root[j * side + j];
    }
    error -= root[terms * side + j] ** 2;
  }
  return (Math.max(error, 0) * count) / (count - terms);
}
