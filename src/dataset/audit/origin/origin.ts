// Classifies the origin of cells: drawn, or shrunk from a photo or painting, with all its colours,
// in a palette, or dithered. A small network weighs named traits jointly: art of many colours is
// still art if it repeats itself. `npm run bench:audit -- --fit` fits the network.

import type { Image } from "../../../picture/image.ts";
import { cellGridOf } from "./cell-grid.ts";
import { colourTraitsOf, type ColourTraits } from "./colour-traits.ts";
import { probabilities, type Weights } from "./network.ts";
import { patternTraitsOf, type PatternTraits } from "./pattern-traits.ts";
import { stepTraitsOf, type StepTraits } from "./step-traits.ts";
import fitted from "./weights.json";

export const origins = ["drawn", "photo", "palette", "dithered"] as const;
export type Origin = (typeof origins)[number];

/** The traits of cells, before they are weighed. */
export interface Traits extends ColourTraits, StepTraits, PatternTraits {
  /**
   * The number of visible cells. It has no weight, so that the size of a picture does not decide
   * its origin.
   */
  readonly visible: number;
}

/** The order of the network's inputs. */
export const traitNames: readonly Exclude<keyof Traits, "visible" | "borders">[] = [
  ...(["colours", "evenness", "rank"] as const),
  ...(["runs", "singles", "edge", "strong", "tails", "near", "nearly", "glints"] as const),
  ...(["plain", "corners", "checkers", "fours", "lines", "darkLines", "repeats"] as const),
];

/**
 * @param isIntact whether each cell has exactly its original colour, as after nearest-neighbour
 * enlargement
 */
export function traitsOf(cells: Image, isIntact: boolean): Traits {
  const grid = cellGridOf(cells, isIntact);
  const visible = grid.pixels.filter((pixel) => pixel !== 0).length;
  return { visible, ...colourTraitsOf(grid), ...stepTraitsOf(grid), ...patternTraitsOf(grid) };
}

/** The probability of each origin. */
export type Odds = Readonly<Record<Origin, number>>;

/**
 * With fewer cells than 20 x 20, or fewer borders between colours, there is no evidence, and cells
 * count as drawn.
 */
const leastCells = 400;
const leastBorders = 100;

export function hasEvidence({ visible, borders }: Traits): boolean {
  return visible >= leastCells && borders >= leastBorders;
}

/**
 * There are two networks: one for intact cells, one for cells that a resize or compression has
 * changed.
 */
export function oddsOf(traits: Traits, isIntact: boolean): Odds {
  if (!hasEvidence(traits)) return { drawn: 1, photo: 0, palette: 0, dithered: 0 };
  return oddsBy(isIntact ? fitted.intact : fitted.changed, traits);
}

export function traitInputs(traits: Traits): number[] {
  return traitNames.map((name) => traits[name]);
}

export function oddsBy(weights: Weights, traits: Traits): Odds {
  const [drawn, photo, palette, dithered] = probabilities(weights, traitInputs(traits));
  return { drawn, photo, palette, dithered };
}
