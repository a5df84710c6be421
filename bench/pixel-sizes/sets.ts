// The three training sets whose results are compared. All have the same photos. Their pixel art is
// of mixed cell sizes, half of it naively shrunk photos; of one size, with the same half; and of
// one size without it.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paintedArt, squaresOf } from "../../src/dataset/prepare/art.ts";
import { naiveArt, naiveTransformation } from "../../src/dataset/prepare/naive.ts";
import { photoScale, shrunkPhoto } from "../../src/dataset/prepare/photo.ts";
import type { Image } from "../../src/picture/image.ts";
import { crop } from "../../src/picture/preprocess.ts";
import { decodeImage, encodePng } from "../../src/platform/pictures/images.node.ts";

/** Pixels along a training picture's side; a multiple of all cells. */
export const side = 64;
/** Pixels along a cell's side in the sets with a single size. */
export const cell = 4;
const white = [255, 255, 255];

export interface Set {
  readonly name: string;
  readonly cells: readonly number[];
  /** Whether every second picture of the art is a photo, shrunk to cells. */
  readonly isHalfNaive: boolean;
}

export const sets: readonly Set[] = [
  { name: "mixed sizes, half of it naive", cells: [2, 4, 8], isHalfNaive: true },
  { name: "one size, half of it naive", cells: [cell], isHalfNaive: true },
  { name: "one size, no naive pictures", cells: [cell], isHalfNaive: false },
];

/**
 * Writes `trainA` and `trainB`, with the same number of pictures each.
 *
 * @param photos paths
 * @param art paths of pixel art, one pixel a cell
 */
export async function writeSet(set: Set, photos: readonly string[], art: readonly string[], to: string): Promise<void> {
  const count = Math.min(photos.length, art.length);
  for (const folder of ["trainA", "trainB"]) await mkdir(join(to, folder), { recursive: true });
  const photoAt = async (i: number) => {
    const photo = await decodeImage(photos[i]);
    return shrunkPhoto(photo, photoScale(photo, side, i / count));
  };
  const pictureAt = async (i: number) => {
    // Both halves get all of the sizes.
    const size = set.cells[(set.isHalfNaive ? i >> 1 : i) % set.cells.length];
    if (set.isHalfNaive && i % 2 === 1) return naiveSquare(await photoAt((i + (count >> 1)) % count), size);
    const whole = await decodeImage(art[i]);
    const squares = squaresOf(whole, size, side, white);
    return paintedArt(whole, squares[squares.length >> 1]);
  };
  for (let i = 0; i < count; i++) {
    const name = `${String(i).padStart(5, "0")}.png`;
    await writeFile(join(to, "trainA", name), await encodePng(await photoAt(i)));
    await writeFile(join(to, "trainB", name), await encodePng(await pictureAt(i)));
  }
}

/** The middle of a naive conversion, cropped on its grid. */
function naiveSquare(photo: Image, size: number): Image {
  const whole = naiveArt(photo, naiveTransformation(photo, size));
  const from = (length: number) => size * Math.floor((length - side) / size / 2);
  return crop(whole, from(whole.width), from(whole.height), side, side);
}
