// Traits of cells, or of pixels, that tell drawn art from photos: eighteen numbers, none of which
// depends on how large the picture is.

import type { Image } from "../../../picture/image.ts";
import { cellGridOf } from "./cell-grid.ts";
import { colourTraitsOf, type ColourTraits } from "./colour-traits.ts";
import { patternTraitsOf, type PatternTraits } from "./pattern-traits.ts";
import { stepTraitsOf, type StepTraits } from "./step-traits.ts";

export interface Traits extends ColourTraits, StepTraits, PatternTraits {
  /** The number of visible cells. It has no weight. */
  readonly visible: number;
}

/** The traits that have a weight. */
export const traitNames: readonly Exclude<keyof Traits, "visible" | "borders">[] = [
  ...(["colours", "evenness", "rank"] as const),
  ...(["runs", "singles", "edge", "strong", "tails", "near", "nearly", "glints"] as const),
  ...(["plain", "corners", "checkers", "fours", "lines", "darkLines", "repeats"] as const),
];

/**
 * The traits twice: with colours that are equal, as after nearest-neighbour enlargement, and with
 * colours that are nearly so, as after a resize or compression.
 */
export interface TwofoldTraits {
  readonly exact: Traits;
  readonly near: Traits;
}

export function twofoldTraitsOf(cells: Image): TwofoldTraits {
  return { exact: traitsOf(cells, true), near: traitsOf(cells, false) };
}

/** @param isExact whether only equal colours are alike */
export function traitsOf(cells: Image, isExact: boolean): Traits {
  const grid = cellGridOf(cells, isExact);
  const visible = grid.pixels.filter((pixel) => pixel !== 0).length;
  return { visible, ...colourTraitsOf(grid), ...stepTraitsOf(grid), ...patternTraitsOf(grid) };
}

/** With fewer cells than 20 x 20, or fewer borders between colours, traits are no evidence. */
const leastCells = 400;
const leastBorders = 100;

export function areTelling({ exact: { visible, borders } }: TwofoldTraits): boolean {
  return visible >= leastCells && borders >= leastBorders;
}
