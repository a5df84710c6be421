// A palette: a name and a list of opaque colours in their author's order.

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
  /** For people; some kinds of files keep it. */
  readonly name: string;
  /** 1 to 256 colours, no two alike. */
  readonly colours: readonly Colour[];
}

/**
 * A palette of the colours that a file lists. Files repeat colours and fill up with black; each
 * colour counts once, at its first place. Alpha is up to the picture: a half-transparent entry
 * counts as its colour, and only fully transparent entries are dropped.
 *
 * @param entries [red, green, blue] or [red, green, blue, alpha]
 * @throws UserError if nothing is left, or more than 256 colours
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
  if (colours.size === 0) throw new UserError("it has no visible color; give a palette with at least one.");
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
