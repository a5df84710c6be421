// What a palette is here: a name and a list of opaque colours, in the order in which their author put them.

import { UserError } from "../../errors.ts";
import { maximumColours } from "../../kernels/pixelart/palette.ts";

/**
 * [red, green, blue], bytes of sRGB.
 *
 * @example
 * ```ts
 * const ink: Colour = [15, 56, 15];
 * const inked = await generator.convert(photo, { cell: 4, scale: 4, colors: 8, locked: [ink] });
 * ```
 */
export type Colour = readonly number[];

/**
 * The colours that a picture may have.
 *
 * @example
 * ```ts
 * const palette: Palette = { name: "Ink and paper", colours: [[24, 20, 37], [255, 241, 232]] };
 * const drawing = await generator.convert(photo, { cell: 4, scale: 4, palette: palette.colours });
 * ```
 */
export interface Palette {
  /** For people; files of some kinds keep it. */
  readonly name: string;
  /** From 1 to 256, no two alike. */
  readonly colours: readonly Colour[];
}

/**
 * A palette of what a file lists. Files repeat colours and fill up with black; each counts once, at its first place. Alpha stays the
 * picture's own: of an entry with alpha the colour counts, and a fully transparent one is no colour.
 *
 * @param entries [red, green, blue] or [red, green, blue, alpha]
 * @throws UserError where nothing is left, or more than 256
 */
export function paletteOf(name: string, entries: Iterable<Colour>): Palette {
  const colours = new Map<string, Colour>();
  for (const [red, green, blue, alpha] of entries) {
    const key = hexOf([red, green, blue]);
    if (alpha !== 0 && !colours.has(key)) colours.set(key, [red, green, blue]);
    if (colours.size > maximumColours) {
      throw new UserError(
        `it has more than ${maximumColours} colors, and a palette has no more; reduce them in a paint program first.`,
      );
    }
  }
  if (colours.size === 0) throw new UserError("it has no color that can be seen; give a palette with at least one.");
  return { name, colours: [...colours.values()] };
}

/** Six digits. */
export function hexOf(colour: Colour): string {
  return colour.map((value) => value.toString(16).padStart(2, "0")).join("");
}

/** @param hex six digits */
export function colourFromHex(hex: string): Colour {
  return [0, 2, 4].map((start) => parseInt(hex.slice(start, start + 2), 16));
}
