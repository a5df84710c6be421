// Measures how intact cells are: the share of pixels that have exactly their cell's colour. After a
// fractional resize, a blur or compression, few have.

import type { Image } from "../../picture/image.ts";
import type { Cuts } from "../../pixelart/grid/cells/recover.ts";

/** Cells are intact if at least this share of their pixels has their colour. */
export const intactShare = 0.995;

/** Colours count as the same up to this difference in each channel, in levels. */
const same = 2;

/** The share of pixels between the outer cuts that have their cell's colour. */
export function intactness(image: Image, cuts: Cuts, cells: Image): number {
  const [columns, rows] = [cuts.x, cuts.y].map(cellsOfPixels);
  let [inside, alike] = [0, 0];
  for (let y = 0; y < image.height; y++) {
    if (rows(y) < 0) continue;
    for (let x = 0; x < image.width; x++) {
      const column = columns(x);
      if (column < 0) continue;
      const [pixel, cell] = [4 * (y * image.width + x), 4 * (rows(y) * cells.width + column)];
      inside++;
      if (isSame(image.data, pixel, cells.data, cell)) alike++;
    }
  }
  return inside === 0 ? 0 : alike / inside;
}

function isSame(a: Uint8ClampedArray, i: number, b: Uint8ClampedArray, j: number): boolean {
  if (a[i + 3] === 0 && b[j + 3] === 0) return true;
  for (let channel = 0; channel < 4; channel++) if (Math.abs(a[i + channel] - b[j + channel]) > same) return false;
  return true;
}

/** For each pixel along an axis, the cell that contains its centre; -1 outside. */
function cellsOfPixels(cuts: readonly number[]): (pixel: number) => number {
  const places = new Int32Array(Math.ceil(cuts[cuts.length - 1]) + 1).fill(-1);
  for (let cell = 0, pixel = 0; pixel < places.length; pixel++) {
    while (cell < cuts.length - 1 && cuts[cell + 1] <= pixel + 0.5) cell++;
    if (cuts[cell] <= pixel + 0.5 && cell < cuts.length - 1) places[pixel] = cell;
  }
  return (pixel) => places[pixel] ?? -1;
}
