// Whether a picture was enlarged by some filter. Each pixel is then a weighted sum of a few cells, with weights that depend on where in its cell it
// lies, so its neighbours predict it, by other weights in each place (Popescu and Farid, 2005). In a picture at its own size no place has weights of
// its own. This asks for no edges between cells, and holds where a filter has left none.

import type { Planes } from "./edges.ts";
import { block } from "./jpeg-blocks.ts";

/** A pixel is predicted from so many on either side. */
const reach = 3;

/** By the slope at the pixel, and by how far those beyond its neighbours are from the mean of these two. */
const terms = 2 * reach - 1;
const side = terms + 1;

/** A cell has so many places at most. */
const mostPlaces = 8;

/** So many rows are enough. */
const enoughRows = 64;

/** The square of levels that rounding leaves. */
const rounding = 0.2;

/** Weights that are fitted to fewer pixels than this for each term predict them by chance. */
const leastPixels = 8;

/** Within the blocks of JPEG and WebP pixels are predicted by their places too. These are the sides that such pictures have. */
const likeBlocks = [block / 3, block, 2 * block];
const partsOfBlocks = [block / 4, block / 2];

/** Steps are the same within this share. */
const near = 0.02;

/** Of what a part of a block gains, the whole block gains at most so many times as much where it is not the cause. */
const mostByBlocks = 1.3;

/** `predictionGain`, as far as it speaks for an enlargement: what blocks of compression show is none. */
export function enlargementGain(planes: Planes, step: number): number {
  const isLike = (sides: readonly number[]) => sides.some((side) => Math.abs(step / side - 1) < near);
  if (isLike(likeBlocks)) return 0;
  const gain = predictionGain(planes, step);
  return isLike(partsOfBlocks) && predictionGain(planes, block) > mostByBlocks * gain ? 0 : gain;
}

/** Steps that have nothing to do with a step, over it: what they seem to explain, any step does, as in art at its own size. */
const unrelated = [1.19, 1.41];

/**
 * @returns how much better weights for each place of a cell predict the pixels of rows than the same weights everywhere: the logarithm of the ratio of the
 * squared errors, less what other steps have; 0 where it is no better
 */
export function predictionGain(planes: Planes, step: number): number {
  const chance = unrelated.reduce((sum, times) => sum + gainAt(planes, times * step) / unrelated.length, 0);
  return Math.max(0, gainAt(planes, step) - chance);
}

function gainAt(planes: Planes, step: number): number {
  const places = Math.min(mostPlaces, Math.max(2, Math.round(step)));
  const products = Array.from({ length: places }, () => new Float64Array(side ** 2));
  const counts = addProducts(planes, step, products);
  if (counts.some((count) => count < leastPixels * terms)) return 0;
  const all = products[0].map((_, i) => products.reduce((sum, own) => sum + own[i], 0));
  const count = counts.reduce((sum, own) => sum + own, 0);
  const apart = products.reduce((sum, own, place) => sum + errorOf(own, counts[place]), 0);
  return Math.max(0, Math.log((errorOf(all, count) + rounding * count) / (apart + rounding * count)));
}

/** Adds up the products of each pixel's terms, and of its own value, for each place in a cell. @returns how many pixels there are in each */
function addProducts({ width, height, channels, data }: Planes, step: number, products: readonly Float64Array[]) {
  const places = products.length;
  const counts = new Uint32Array(places);
  const values = new Float64Array(side);
  for (let y = 0; y < height; y += Math.max(1, Math.floor(height / enoughRows)))
    for (let x = reach; x + reach < width; x++) {
      const at = (y * width + x) * channels;
      const [before, after] = [data[at - channels], data[at + channels]];
      const middle = (before + after) / 2;
      values[0] = (after - before) / 2;
      let isFlat = before === after && data[at] === middle;
      for (let k = 2; k <= reach; k++) {
        const [left, right] = [data[at - k * channels] - middle, data[at + k * channels] - middle];
        values[2 * k - 3] = left;
        values[2 * k - 2] = right;
        if (left !== 0 || right !== 0) isFlat = false;
      }
      // Flat areas say nothing.
      if (isFlat) continue;
      values[terms] = data[at] - middle;
      const turns = (x + 0.5) / step;
      const place = Math.min(places - 1, Math.floor((turns - Math.floor(turns)) * places));
      counts[place]++;
      const own = products[place];
      for (let i = 0; i < side; i++) for (let j = 0; j <= i; j++) own[i * side + j] += values[i] * values[j];
    }
  return counts;
}

/** What is left of the squares of the values when the terms predict them as well as they can, by Cholesky's decomposition; as for endless pixels. */
function errorOf(products: Float64Array, count: number): number {
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
