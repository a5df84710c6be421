// Prepares photos for training: shrinks them with a good filter to the scales that convert will
// see. A generator that has only seen small photos enlarges the contents of large ones. So the
// shorter side ranges from the training picture's side to twice that, evenly over the set.

import { UserError } from "../../errors.ts";
import { nameOption } from "../../option-names.ts";
import { fillHidden } from "../../picture/fill-hidden.ts";
import type { Image } from "../../picture/image.ts";
import type { Size } from "../../picture/preprocess.ts";
import { resize } from "../../picture/resize.ts";

/** What is done to a photo. Together with the photo it determines every byte of the result. */
export interface PhotoTransformation {
  readonly kind: "photo";
  readonly resized: readonly [number, number];
}

/** The largest scale, relative to the training picture's side. */
const largestScale = 2;

/** @throws UserError if the photo is smaller than a training picture */
export function checkPhotoSize({ width, height }: Size, size: number): void {
  if (Math.min(width, height) >= size) return;
  throw new UserError(
    `it has ${width} x ${height} pixels, less than the ${size} of a training picture: give a smaller ${nameOption("size")}.`,
  );
}

/**
 * @param place the photo's position in the mix of scales, from 0 to 1
 * @throws UserError if it would have to be enlarged
 */
export function photoScale(photo: Size, size: number, place: number): PhotoTransformation {
  checkPhotoSize(photo, size);
  const { width, height } = photo;
  const short = Math.min(width, height);
  const wished = Math.min(short, size * (1 + place * (largestScale - 1)));
  const scaled = (side: number) => Math.round((side * Math.round(wished)) / short);
  return { kind: "photo", resized: [scaled(width), scaled(height)] };
}

/** The training picture, opaque. */
export function shrunkPhoto(image: Image, { resized: [width, height] }: PhotoTransformation): Image {
  return resize(opaquePhoto(image), width, height, "lanczos");
}

/** Fully transparent areas are filled with the colours around them. */
export function opaquePhoto(image: Image): Image {
  const opaque = fillHidden(image).data.slice();
  for (let i = 3; i < opaque.length; i += 4) opaque[i] = 255;
  return { ...image, data: opaque, hasAlpha: false };
}
