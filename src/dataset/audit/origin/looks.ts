// What a picture looks like pixel by pixel, whatever its grid: art at one pixel per cell, art that
// was resized or compressed, a photo in the colours of a palette, or a photo. Where no grid is
// visible this decides; where cells are pixels or soft, it is a second opinion on them. A network
// weighs the traits of the pixels twice: with colours that are equal, and with colours that are
// nearly so.

import type { Image } from "../../../picture/image.ts";
import { middleOf } from "../../../picture/preprocess.ts";
import { antialiasingOf } from "../cells.ts";
import { probabilities } from "./network.ts";
import { hasEvidence, traitInputs, traitsOf, type Traits } from "./origin.ts";
import fitted from "./weights.json";

export const looks = ["drawn", "resampled", "converted", "photo"] as const;
export type Look = (typeof looks)[number];

/** The probability of each look. */
export type Looks = Readonly<Record<Look, number>>;

/** The traits of pixels, before they are weighed. */
export interface PixelTraits {
  readonly exact: Traits;
  readonly near: Traits;
  /** `antialiasingOf` the pixels. */
  readonly antialiasing: number;
}

/** Of larger pictures the middle is enough. */
const mostSide = 192;

export function pixelTraitsOf(image: Image): PixelTraits {
  const middle = middleOf(image, mostSide);
  return { exact: traitsOf(middle, true), near: traitsOf(middle, false), antialiasing: antialiasingOf(middle) };
}

/** The order of the network's inputs. */
export function pixelInputs({ exact, near, antialiasing }: PixelTraits): number[] {
  return [...traitInputs(exact), ...traitInputs(near), antialiasing];
}

export function looksOf(traits: PixelTraits): Looks {
  if (!hasEvidence(traits.exact)) return { drawn: 1, resampled: 0, converted: 0, photo: 0 };
  const [drawn, resampled, converted, photo] = probabilities(fitted.pixels, pixelInputs(traits));
  return { drawn, resampled, converted, photo };
}
