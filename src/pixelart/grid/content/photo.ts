// Whether the cells of a smooth or damaged grid are those of a photo that was enlarged. A photo has
// such a grid too, but it is no pixel art. The colours of art are few, so they lie apart even where
// a filter mixed them, while those of a photo fill the space between. Its steps are small, and more
// often continue in one direction.

import { seenPixels, type Image } from "../../../picture/image.ts";
import type { Cuts } from "../cells/recover.ts";
import { looksOf } from "./native.ts";

/** At most this many columns and rows are examined, in the middle of the picture. */
const mostCells = 96;

/** A larger difference between neighbours, in levels of a channel, is strong. */
const strong = 32;

/**
 * The probability that cells are those of a photo: a logistic regression, fitted to 40 pictures of
 * art of a training set and 60 photos, enlarged and damaged in 25 ways.
 */
export function photoLikelihood(image: Image, cuts: Cuts): number {
  const cells = middlesOf(image, cuts);
  const { onwards } = looksOf(cells);
  return 1 / (1 + Math.exp(25.41 - 10.11 * spreadOf(cells) - 24.14 * onwards + 16.6 * strongShare(cells)));
}

/** The pixels in the middles of cells. */
function middlesOf(image: Image, cuts: Cuts): Image {
  const pixels = seenPixels(image);
  const [across, down] = [middlesAlong(cuts.x, image.width), middlesAlong(cuts.y, image.height)];
  const cells = new Uint32Array(across.length * down.length);
  down.forEach((y, row) =>
    across.forEach((x, column) => (cells[row * across.length + column] = pixels[y * image.width + x])),
  );
  const data = new Uint8ClampedArray(cells.buffer);
  return { width: across.length, height: down.length, data, hasAlpha: image.hasAlpha };
}

function middlesAlong(cuts: readonly number[], pixels: number): number[] {
  const cells = cuts.length - 1;
  const count = Math.min(mostCells, cells);
  const first = (cells - count) >> 1;
  return Array.from({ length: count }, (_, i) => {
    const middle = Math.floor((cuts[first + i] + cuts[first + i + 1]) / 2);
    return Math.min(Math.max(middle, 0), pixels - 1);
  });
}

/** How many shades of five bits a channel there are in one of four bits, as a power of two: 0 to 3. */
function spreadOf(cells: Image): number {
  const [fine, coarse] = [new Set<number>(), new Set<number>()];
  for (const pixel of seenPixels(cells)) {
    fine.add(pixel & 0xf8f8f8);
    coarse.add(pixel & 0xf0f0f0);
  }
  return Math.log2(fine.size / coarse.size);
}

/** The share of neighbours that differ strongly. */
function strongShare({ width, height, data }: Image): number {
  let [pairs, found] = [0, 0];
  const compare = (a: number, b: number) => {
    pairs++;
    for (let channel = 0; channel < 3; channel++)
      if (Math.abs(data[4 * a + channel] - data[4 * b + channel]) > strong) {
        found++;
        return;
      }
  };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (x > 0) compare(y * width + x, y * width + x - 1);
      if (y > 0) compare(y * width + x, (y - 1) * width + x);
    }
  return found / Math.max(1, pairs);
}
