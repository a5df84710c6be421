// The colours that a result may have, as callers choose them, and the check of that choice.

import { UserError } from "../errors.ts";
import { maximumColours } from "../kernels/pixelart/palette.ts";
import { ditherKinds, type DitherOptions } from "./dither.ts";
import type { Colour } from "./palettes/palette.ts";

export interface ColourOptions extends DitherOptions {
  /**
   * The most colours of the result. `none` leaves as many as the cells have. Default: `auto`, the
   * smallest number that the eye hardly distinguishes from all of them.
   */
  readonly colors?: number | "auto" | "none" | undefined;
  /** The only colours [red, green, blue] that the result may have; in place of `colors`. */
  readonly palette?: readonly Colour[] | undefined;
  /** Colours that a found palette must contain; they count towards `colors`. */
  readonly locked?: readonly Colour[] | undefined;
}

/** @throws UserError if an option is out of range, or makes no sense in combination with another */
export function checkColours(options: ColourOptions): void {
  const { colors, palette, locked = [], dither = "none", ditherStrength = 1 } = options;
  if (typeof colors === "number" && !(Number.isInteger(colors) && colors >= 2 && colors <= maximumColours))
    throw new UserError(`The number of colors must be a whole number from 2 to ${maximumColours}, not ${colors}.`);
  if (palette) {
    if (colors !== undefined && colors !== "auto")
      throw new UserError(
        "A palette sets the number of colors itself; give a palette or a number of colors, not both.",
      );
    const isByte = (value: number) => Number.isInteger(value) && value >= 0 && value <= 255;
    const isGood = palette.every((colour) => colour.length === 3 && colour.every(isByte));
    if (!isGood || palette.length < 1 || palette.length > maximumColours)
      throw new UserError(
        `A palette must have from 1 to ${maximumColours} colors, each three bytes [red, green, blue].`,
      );
  }
  if (locked.length > 0 && (palette || colors === "none"))
    throw new UserError("Locked colors need a palette that is found for the pictures; here none is.");
  const most = typeof colors === "number" ? colors : mostColours;
  if (locked.length > most)
    throw new UserError(`${locked.length} colors are locked, but the palette may have only ${most}; unlock some.`);
  if (!ditherKinds.includes(dither))
    throw new UserError(`There is no dithering called ${String(dither)}; use one of ${ditherKinds.join(", ")}.`);
  if (!(ditherStrength >= 0 && ditherStrength <= 1))
    throw new UserError(`The strength of dithering must be a number from 0 to 1, not ${ditherStrength}.`);
  if (dither !== "none" && colors === "none")
    throw new UserError(
      "Dithering mixes the colors of a palette; without a limit on colors there is no palette to mix.",
    );
}

/** `auto` finds at most this many colours: artists' palettes are smaller. */
export const mostColours = 64;
