// The training sizes that a trainer leaves unchanged: it has a bucket of exactly that size, so it
// neither resizes nor crops.

import { leastCommonMultiple } from "../../divisors.ts";
import { UserError } from "../../errors.ts";
import { nameOption } from "../../option-names.ts";
import type { Size } from "../../picture/preprocess.ts";
import { bucketStep, isSame, loadingOf, type Trainer } from "./loading.ts";

/** Longer pictures are cropped or padded, since networks see few of them. */
const longestAspect = 2;

/** The minimum area of a bucket, as a share of the square's area. */
const leastArea = 0.85;

/** Whether a trainer passes all pixels of a file of this size to its network unchanged. */
export function isLeftAlone(trainer: Trainer, size: Size, resolution: number): boolean {
  const { resized, crop } = loadingOf(trainer, size, resolution);
  return isSame(resized, size) && isSame(crop, size);
}

/**
 * All sizes that a trainer leaves unchanged and that consist of whole cells.
 *
 * @param resolution the side of the square whose area a training picture has
 * @param cell pixels along a cell's side
 * @param wished allows only these
 * @throws UserError if there are none, or if a wished size would be changed or does not consist of
 * whole cells
 */
export function bucketsOf(trainer: Trainer, resolution: number, cell: number, wished?: readonly Size[]): Size[] {
  const isWhole = ({ width, height }: Size) => width % cell === 0 && height % cell === 0;
  if (wished) {
    for (const size of wished) {
      const named = `${size.width}x${size.height}`;
      if (!isWhole(size))
        throw new UserError(`A bucket of ${named} cuts cells of ${cell} pixels: give multiples of ${cell}.`);
      if (!isLeftAlone(trainer, size, resolution))
        throw new UserError(
          `${trainer} would resize or crop pictures of ${named} at ${nameOption("size", resolution)}: leave that bucket out, or give another ${nameOption("size")}.`,
        );
    }
    return [...wished];
  }
  const most = Math.ceil((resolution * Math.sqrt(longestAspect)) / bucketStep) * bucketStep;
  const found: Size[] = [];
  for (let width = bucketStep; width <= most; width += bucketStep)
    for (let height = bucketStep; height <= most; height += bucketStep) {
      const size = { width, height };
      const share = (width * height) / resolution ** 2;
      const aspect = Math.max(width / height, height / width);
      if (share < leastArea || share > 1 || aspect > longestAspect || !isWhole(size)) continue;
      // For readers that accept any size, use the sizes that most trainers share.
      const judge = isSelective(trainer) ? trainer : "kohya";
      if (isLeftAlone(judge, size, resolution)) found.push(size);
    }
  if (found.length === 0)
    throw new UserError(
      `No size that ${trainer} trains on at ${nameOption("size", resolution)} holds only whole cells of ${cell} pixels: ` +
        `give a ${nameOption("cell")} that divides 64, such as 8 or 16, or a ${nameOption("size")} that is a multiple of ${leastCommonMultiple(bucketStep, cell)}.`,
    );
  return found;
}

function isSelective(trainer: Trainer): boolean {
  return trainer !== "imagefolder" && trainer !== "webdataset";
}
