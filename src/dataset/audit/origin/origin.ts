// Classifies the origin of cells: drawn, or shrunk from a photo or painting, with all its colours,
// in a palette, or dithered. A small network weighs named traits jointly: art of many colours is
// still art if it repeats itself. `npm run bench:audit -- --fit` fits the network.

import type { Image } from "../../../data/image.ts";
import { cellGridOf } from "./cell-grid.ts";
import { colourTraitsOf, type ColourTraits } from "./colour-traits.ts";
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

/** One network. The numbers of a layer are stored row by row; the last of each row is its bias. */
export interface Weights {
  /** The mean and standard deviation of each trait over the training data. */
  readonly means: readonly number[];
  readonly spreads: readonly number[];
  readonly hidden: readonly (readonly number[])[];
  readonly output: readonly (readonly number[])[];
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

/**
 * There are two networks: one for intact cells, one for cells that a resize or compression has
 * changed.
 */
export function oddsOf(traits: Traits, isIntact: boolean): Odds {
  if (traits.visible < leastCells || traits.borders < leastBorders)
    return { drawn: 1, photo: 0, palette: 0, dithered: 0 };
  return oddsBy(isIntact ? fitted.intact : fitted.changed, traits);
}

/** Traits are clamped to this many standard deviations from the mean. */
export const farthest = 4;

export function standardized({ means, spreads }: Pick<Weights, "means" | "spreads">, traits: Traits): number[] {
  return traitNames.map((name, i) => {
    return Math.min(Math.max((traits[name] - means[i]) / spreads[i], -farthest), farthest);
  });
}

export function oddsBy(weights: Weights, traits: Traits): Odds {
  const hidden = layer(weights.hidden, standardized(weights, traits)).map(Math.tanh);
  const sums = layer(weights.output, hidden);
  const most = Math.max(...sums);
  const powers = sums.map((sum) => Math.exp(sum - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return Object.fromEntries(origins.map((origin, i) => [origin, powers[i] / total])) as Record<Origin, number>;
}

function layer(rows: readonly (readonly number[])[], inputs: readonly number[]): number[] {
  return rows.map((row) => inputs.reduce((sum, input, i) => sum + row[i] * input, row[inputs.length]));
}
