// The preprocessing of the PyTorch reference between the file and the network: `get_transform` of
// its data/base_dataset.py, with its option names and its order: grey, then resize or scale_width,
// then crop (or, for "none", rounding to multiples of 4), then flip. The reference looks for words
// inside the mode's name, so "resize" alone, or "crop", work as well; so they do here.

import { UserError } from "../errors.ts";
import { nameOption } from "../option-names.ts";
import type { Random } from "../random.ts";
import { pixelsOf, type Image } from "./image.ts";
import { resizeBicubic } from "./resize.ts";

/** The modes that the reference documents. */
export const preprocessModes = ["resize_and_crop", "crop", "scale_width", "scale_width_and_crop", "none"] as const;

export interface PreprocessOptions {
  /** One of `preprocessModes`, or another name that contains `resize`, `scale_width` or `crop`. */
  readonly mode: string;
  /** Side of the square after `resize`, or the width after `scale_width`, in pixels. */
  readonly loadSize: number;
  /**
   * Side of the square that `crop` cuts out, in pixels; also the least height after `scale_width`.
   */
  readonly cropSize: number;
  /** Mirror left and right with probability one half. */
  readonly flip: boolean;
  /** For networks with one channel: R, G and B are set to the luma. */
  readonly grayscale: boolean;
  /**
   * Enlarges a picture that is smaller than the crop, before cropping, so that its shorter side
   * fits. The reference throws there.
   */
  readonly upscaleSmall?: boolean;
  /**
   * Crops begin at multiples of this many pixels, so that cells of that size stay whole; 0 or
   * absent: anywhere.
   */
  readonly cell?: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Applies the reference's transforms: `scale`, then `cropAndFlip`.
 *
 * @throws UserError for an unknown mode, a size that is not a positive integer, a crop larger than
 * the picture, and, for `none`, a picture with a side of 1 or 2 pixels (which rounds to 0)
 */
export function preprocess(image: Image, options: PreprocessOptions, random: Random): Image {
  checkPreprocessOptions(options);
  return cropAndFlip(scale(image, options), options, random);
}

/**
 * The deterministic part: grey, and the size of `scaledSize`.
 *
 * @throws UserError like `scaledSize`
 */
export function scale(image: Image, options: PreprocessOptions): Image {
  const { width, height } = scaledSize(image, options);
  return resizeBicubic(options.grayscale ? toGrayscale(image) : image, width, height);
}

/**
 * The size of a picture before the crop.
 *
 * @throws UserError for `none` if a side rounds to 0
 */
export function scaledSize(size: Size, options: Omit<PreprocessOptions, "flip" | "grayscale">): Size {
  const { mode, loadSize, cropSize } = options;
  if (mode.includes("resize")) return { width: loadSize, height: loadSize };
  if (mode.includes("scale_width")) return scaledWidth(size, loadSize, cropSize);
  if (mode === "none") return roundedToMultipleOf4(size);
  const short = Math.min(size.width, size.height);
  if (!options.upscaleSmall || short >= cropSize) return size;
  const enlarged = (side: number) => Math.round((side * cropSize) / short);
  return { width: enlarged(size.width), height: enlarged(size.height) };
}

/**
 * The random part. `random` decides, in this order, the crop's top, its left, and the flip;
 * decisions that a mode does not need are not drawn. The crop is uniform over all positions on the
 * grid of cells.
 *
 * @throws UserError for a crop larger than the picture
 */
export function cropAndFlip(image: Image, options: PreprocessOptions, random: Random): Image {
  if (options.mode.includes("crop")) image = randomCrop(image, options, random);
  if (options.flip && random.uniform() < 0.5) image = flipHorizontally(image);
  return image;
}

const option = nameOption<"preprocess" | "loadSize" | "cropSize">;

/** @throws UserError if the options would fail on every picture */
export function checkPreprocessOptions({
  mode,
  loadSize,
  cropSize,
}: Pick<PreprocessOptions, "mode" | "loadSize" | "cropSize">): void {
  if (mode !== "none" && !["resize", "scale_width", "crop"].some((word) => mode.includes(word))) {
    throw new UserError(`${option("preprocess", mode)} does not exist; use one of ${preprocessModes.join(", ")}.`);
  }
  for (const [key, size] of [
    ["loadSize", loadSize],
    ["cropSize", cropSize],
  ] as const) {
    if (!Number.isInteger(size) || size < 1)
      throw new UserError(`${option(key)} must be a whole number of pixels, not ${size}.`);
  }
}

/** Luma as in Pillow's `convert("L")`: ITU-R 601 in 16-bit fixed point, rounded. */
export function toGrayscale(image: Image): Image {
  const data = image.data.slice();
  for (let i = 0; i < data.length; i += 4) {
    const luma = (19595 * data[i] + 38470 * data[i + 1] + 7471 * data[i + 2] + 32768) >> 16;
    data[i] = data[i + 1] = data[i + 2] = luma;
  }
  return { ...image, data };
}

/** Mirrors left and right. */
export function flipHorizontally(image: Image): Image {
  const { width, height } = image;
  const source = pixelsOf(image);
  const target = new Uint32Array(source.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) target[y * width + x] = source[y * width + width - 1 - x];
  }
  return { ...image, data: new Uint8ClampedArray(target.buffer) };
}

/** Crops a rectangle that must lie within the picture. */
export function crop(image: Image, left: number, top: number, width: number, height: number): Image {
  if (left < 0 || top < 0 || left + width > image.width || top + height > image.height) {
    throw new RangeError(`A crop of ${width} x ${height} at ${left}, ${top} leaves ${image.width} x ${image.height}.`);
  }
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    const from = 4 * ((top + y) * image.width + left);
    data.set(image.data.subarray(from, from + 4 * width), 4 * y * width);
  }
  return { width, height, data, hasAlpha: image.hasAlpha };
}

/**
 * The middle of a picture, of at most the given size; the whole picture if it is no larger. Half a
 * pixel is rounded to the left and the top.
 */
export function middleOf(image: Image, mostWidth: number, mostHeight = mostWidth): Image {
  const [width, height] = [Math.min(image.width, mostWidth), Math.min(image.height, mostHeight)];
  if (width === image.width && height === image.height) return image;
  return crop(image, (image.width - width) >> 1, (image.height - height) >> 1, width, height);
}

function scaledWidth({ width, height }: Size, loadSize: number, cropSize: number): Size {
  if (width === loadSize && height >= cropSize) return { width, height };
  return { width: loadSize, height: Math.trunc(Math.max((loadSize * height) / width, cropSize)) };
}

function randomCrop(image: Image, { cropSize: size, cell = 0 }: PreprocessOptions, random: Random): Image {
  if (image.width < size || image.height < size) {
    throw new UserError(
      `the crop of ${size} x ${size} is larger than the picture (${image.width} x ${image.height}): ` +
        `give a smaller ${option("cropSize")}, or a ${option("preprocess")} that resizes first.`,
    );
  }
  if (image.width === size && image.height === size) return image;
  const step = Math.max(1, cell);
  const top = step * random.below(Math.floor((image.height - size) / step) + 1);
  const left = step * random.below(Math.floor((image.width - size) / step) + 1);
  return crop(image, left, top, size, size);
}

function roundedToMultipleOf4(size: Size): Size {
  const width = 4 * roundHalfToEven(size.width / 4);
  const height = 4 * roundHalfToEven(size.height / 4);
  if (width === 0 || height === 0) {
    throw new UserError(
      `the picture (${size.width} x ${size.height}) is too small for ${option("preprocess", "none")}, which rounds its sides to multiples of 4.`,
    );
  }
  return { width, height };
}

/** Like Python's round(): 40.5 becomes 40, 41.5 becomes 42. */
function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest === 0.5 ? below + (below % 2) : Math.round(value);
}
