// Photos for training: shrunk well, to scales that convert will see. A generator that only ever saw small photos enlarges what is in large ones; so
// the shorter side is anything from the training picture's to twice that, evenly over the set.

import { fillHidden } from "../../data/fill-hidden.ts";
import type { Image } from "../../data/image.ts";
import type { Size } from "../../data/preprocess.ts";
import { resize } from "../../data/resize.ts";
import { UserError } from "../../errors.ts";

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
      `it has ${width} x ${height} pixels, less than the ${size} of a training picture: give a smaller --size.`,
    );
  const wished = Math.min(short, size * (1 + place * (largestScale - 1)));
  const scaled = (side: number) => Math.round((side * Math.round(wished)) / short);
  return { kind: "photo", resized: [scaled(width), scaled(height)] };
}

/** The training picture: opaque, what is hidden by alpha filled from around it. */
export function shrunkPhoto(image: Image, { resized: [width, height] }: PhotoTransformation): Image {
  const { data } = fillHidden(image);
  const opaque = data.slice();
  for (let i = 3; i < opaque.length; i += 4) opaque[i] = 255;
  return resize({ ...image, data: opaque, hasAlpha: false }, width, height, "lanczos");
}
