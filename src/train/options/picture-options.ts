// What the options of a run require of a picture of its dataset.

import { scaledSize, type PreprocessOptions, type Size } from "../../picture/preprocess.ts";
import { option } from "./option.ts";
import { sizeMisfit, type TrainingOptions } from "./options.ts";

/** A folder of the dataset, `trainA` or `trainB`, whatever the direction of the networks. */
export type Side = "A" | "B";

/**
 * How the pictures of a side are preprocessed. With the direction BtoA the networks' input is side
 * B.
 */
export function preprocessOptions(options: TrainingOptions, side: Side): PreprocessOptions {
  const isInput = (side === "A") === (options.direction === "AtoB");
  return {
    mode: options.preprocess,
    loadSize: options.loadSize,
    cropSize: options.cropSize,
    flip: !options.noFlip,
    grayscale: (isInput ? options.inputNc : options.outputNc) === 1,
    upscaleSmall: options.upscaleSmall,
    cell: side === "B" ? options.cell : 0,
  };
}

/**
 * Why a picture of this size cannot be trained on and what to do: a sentence without the picture's
 * name, which the caller prepends. undefined if it can.
 */
export function pictureMisfit(size: Size, options: TrainingOptions, side: Side): string | undefined {
  const { preprocess, cropSize, cell } = options;
  const pixels = `(${size.width} x ${size.height} pixels)`;
  if (preprocess === "none" && Math.min(size.width, size.height) <= 2) {
    return `${pixels} is too small to learn from: remove it from the dataset.`;
  }
  const scaled = scaledSize(size, preprocessOptions(options, side));
  if (side === "B" && cell > 0 && (scaled.width !== size.width || scaled.height !== size.height)) {
    return (
      `${pixels} would be scaled to ${scaled.width} x ${scaled.height}, but ${option("cell", cell)} needs whole cells: ` +
      "make the set with dataset prepare, or remove the picture."
    );
  }
  if (preprocess.includes("crop")) {
    if (Math.min(scaled.width, scaled.height) >= cropSize) return undefined;
    return (
      `${pixels} is smaller than the crop: give ${option("upscaleSmall")} to enlarge it, a ${option("cropSize")} of less than ${cropSize}, ` +
      `or ${option("preprocess", "resize_and_crop")}.`
    );
  }
  const misfit = sizeMisfit(scaled, options);
  return (
    misfit &&
    `reaches the networks with ${misfit}: give ${option("preprocess", "resize_and_crop")} or scale_width_and_crop.`
  );
}
