// Photos for training: shrunk well, to scales that convert will see. A generator that only ever saw small photos enlarges what is in large ones; so
// the shorter side is anything from the training picture's to twice that, evenly over the set.

import { fillHidden } from "../../data/fill-hidden.ts";
import type { Image } from "../../data/image.ts";
import type { Size } from "../../data/preprocess.ts";
import { resize } from "../../data/resize.ts";
import { UserError } from "../../errors.ts";
import { nameOption } from "../../option-names.ts";

/** What is done to a photo; with the photo it says every byte of the result. */
export interface PhotoTransformation {
  readonly kind: "photo";
  readonly resized: readonly [number, number];
}

/** The longest of the scales: the training picture's side times this. */
const largestScale = 2;

/**
 * @param place where in the mix of scales the photo stands, from 0 to 1
 * @throws UserError where it would have to be enlarged
 */
export function photoScale({ width, height }: Size, size: number, place: number): PhotoTransformation {
  const short = Math.min(width, height);
  if (short < size)
    throw new UserError(
      `it has ${width} x ${height} pixels, less than the ${size} of a training picture: give a smaller ${nameOption("size")}.`,
    );
  const wished = Math.min(short, size * (1 + place * (largestScale - 1)));
  const scaled = (side: number) => Math.round((side * Math.round(wished)) / short);
  return { kind: "photo", resized: [scaled(width), scaled(height)] };
}

/** The training picture, opaque. */
export function shrunkPhoto(image: Image, { resized: [width, height] }: PhotoTransformation): Image {
  return resize(opaquePhoto(image), width, height, "lanczos");
}

/** What is hidden by alpha is filled from around it. */
export function opaquePhoto(image: Image): Image {
  const opaque = fillHidden(image).data.slice();
  for (let i = 3; i < opaque.length; i += 4) opaque[i] = 255;
  return { ...image, data: opaque, hasAlpha: false };
}
