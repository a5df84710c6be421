// Checks that a trainer sees every cell in one colour. It simulates the trainer's loading
// (loading.ts) on the written file, pixel by pixel, and inspects the result.

import { pixelsOf, type Image } from "../../picture/image.ts";
import { crop } from "../../picture/preprocess.ts";
import { resize } from "../../picture/resize.ts";
import { isSame, loadingOf, type Trainer } from "./loading.ts";

/**
 * What a trainer's loading does to a picture's cells; undefined if each still has one colour and
 * the first begins in the corner.
 *
 * @param image the picture as stored in the file
 * @param cell pixels along a cell's side
 * @returns half a sentence
 */
export function faultIn(trainer: Trainer, image: Image, cell: number, resolution: number): string | undefined {
  const { resized, filter, crop: part } = loadingOf(trainer, image, resolution);
  const sides = ({ width, height }: { width: number; height: number }) => `${width} x ${height}`;
  const done = isSame(resized, image)
    ? `${trainer} takes its ${sides(image)} pixels`
    : `${trainer} resizes it from ${sides(image)} to ${sides(resized)} pixels (${filter})`;
  const seen = crop(resize(image, resized.width, resized.height, filter), part.left, part.top, part.width, part.height);
  const scales = [resized.width / image.width, resized.height / image.height];
  const side = cell * scales[0];
  if (scales[0] !== scales[1] || !Number.isInteger(side)) return `${done}, so its cells are no longer whole`;
  if (part.left % side !== 0 || part.top % side !== 0)
    return `${done} and crops ${part.left} from the left and ${part.top} from the top, which cuts cells of ${side}`;
  if (part.width % side !== 0 || part.height % side !== 0)
    return `${done} and shows ${sides(part)} of them, which cuts cells of ${side}`;
  const mixed = firstMixedCell(seen, side);
  return mixed && `${done}, and the cell in column ${mixed[0]}, row ${mixed[1]} is not of one color`;
}

/** The column and row, from 0, of a cell with more than one colour. */
function firstMixedCell(image: Image, cell: number): readonly [number, number] | undefined {
  const { width, height } = image;
  const pixels = pixelsOf(image);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const corner = (y - (y % cell)) * width + x - (x % cell);
      if (pixels[y * width + x] !== pixels[corner]) return [Math.floor(x / cell), Math.floor(y / cell)];
    }
  return undefined;
}
