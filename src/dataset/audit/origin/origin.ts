// Where cells come from: drawn, or shrunk from a photo or painting, with all its colours, in a palette, or dithered. A small network weighs traits that
// are told in words, each beside the others: art of many colours is still art where it repeats itself. It is fitted by `npm run bench:audit -- --fit`.

import type { Image } from "../../../data/image.ts";
import { cellGridOf } from "./cell-grid.ts";
import { colourTraitsOf, type ColourTraits } from "./colour-traits.ts";
import { patternTraitsOf, type PatternTraits } from "./pattern-traits.ts";
import { stepTraitsOf, type StepTraits } from "./step-traits.ts";
import fitted from "./weights.json";

export const origins = ["drawn", "photo", "palette", "dithered"] as const;
export type Origin = (typeof origins)[number];

/** What is known of cells before they are weighed. */
export interface Traits extends ColourTraits, StepTraits, PatternTraits {
  /** How many cells can be seen; it has no weight, so that no size says what a picture is. */
  readonly visible: number;
}

/** One network; numbers of a layer come row by row, the last of each row is its constant. */
export interface Weights {
  /** Of each trait over what it was fitted to: the mean, and the standard deviation. */
  readonly means: readonly number[];
  readonly spreads: readonly number[];
  readonly hidden: readonly (readonly number[])[];
  readonly output: readonly (readonly number[])[];
}

/** The order in which the network is given them. */
export const traitNames: readonly Exclude<keyof Traits, "visible" | "borders">[] = [
  ...(["colours", "evenness", "rank"] as const),
  ...(["runs", "singles", "edge", "strong", "tails", "near", "nearly", "glints"] as const),
  ...(["plain", "corners", "checkers", "fours", "lines", "darkLines", "repeats"] as const),
];

/** @param isIntact whether each cell has exactly its colour, as after enlarging by nearest neighbour */
export function traitsOf(cells: Image, isIntact: boolean): Traits {
  const grid = cellGridOf(cells, isIntact);
  const visible = grid.pixels.filter((pixel) => pixel !== 0).length;
  return { visible, ...colourTraitsOf(grid), ...stepTraitsOf(grid), ...patternTraitsOf(grid) };
}

/** The probability of each origin. */
export type Odds = Readonly<Record<Origin, number>>;

/** So few cells, 20 x 20, or borders between colours say nothing: they are taken for drawn. */
const leastCells = 400;
const leastBorders = 100;

/** There are two networks, for cells that are intact and for those that a resize or compression has changed. */
export function oddsOf(traits: Traits, isIntact: boolean): Odds {
  if (traits.visible < leastCells || traits.borders < leastBorders)
    return { drawn: 1, photo: 0, palette: 0, dithered: 0 };
  return oddsBy(isIntact ? fitted.intact : fitted.changed, traits);
}

/** Traits further from the mean than so many standard deviations are no further. */
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
