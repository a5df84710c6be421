// The probability of each kind of picture, given the evidence. Small networks weigh all of it
// jointly: art of many colours is still art if it repeats itself, and a grid of eight pixels means
// little if it may be that of JPEG. Their mean is more reliable than each of them.
// `npm run bench:audit -- --fit` fits them.

import { block } from "../../pixelart/grid/signal/jpeg-blocks.ts";
import { areExact, areWhole, hasCells, type Evidence } from "./evidence.ts";
import { intactShare } from "./intact.ts";
import { meanProbabilities, type Weights } from "./network.ts";
import { areTelling, traitNames, type TwofoldTraits } from "./traits/traits.ts";
import fitted from "./weights.json";

/**
 * Art as it is, and art that was resized or compressed; photos that were shrunk to cells, with all
 * their colours, in a palette, or dithered; two pixel sizes; photos.
 */
export const kinds = ["real", "rescaled", "shrunk", "palette", "dithered", "mixed", "photo"] as const;
export type Kind = (typeof kinds)[number];

export type Odds = Readonly<Record<Kind, number>>;

/** @param weights others than those that `--fit` has written */
export function oddsOf(evidence: Evidence, weights: Weights = fitted): Odds {
  const each = meanProbabilities(weights, inputsOf(evidence));
  const possible = each.map((odds, i) => (isPossible(kinds[i], evidence) ? odds : 0));
  const total = possible.reduce((sum, odds) => sum + odds, 0);
  return Object.fromEntries(kinds.map((kind, i) => [kind, possible[i] / total])) as Record<Kind, number>;
}

/** What the words mean, whatever the networks say. */
function isPossible(kind: Kind, evidence: Evidence): boolean {
  const { grid, cells, pixels } = evidence;
  const isTelling = areTelling(cells);
  switch (kind) {
    case "real":
      return !hasCells(grid) || areExact(evidence);
    case "rescaled":
      return hasCells(grid) ? !areExact(evidence) : isTelling;
    case "mixed":
      return isTelling || grid.verdict === "mixed";
    case "photo":
      return areTelling(pixels);
    case "shrunk":
    case "palette":
    case "dithered":
      return isTelling; // no small icon is taken for a photo
  }
}

/** A grid this close to JPEG's blocks is suspect. */
const nearBlock = 0.035;

/** The order of the networks' inputs. */
export function inputsOf(evidence: Evidence): number[] {
  const { grid, intact, squareness, hasBlocks, cells, pixels, antialiasing } = evidence;
  const [across, down] = grid.cell;
  const areBlocks = grid.cell.map((step) => Math.abs(step / block - 1) < nearBlock);
  return [
    ...(["grid", "mixed", "native", "none"] as const).map((verdict) => +(grid.verdict === verdict)),
    grid.confidence,
    Math.log(across),
    100 * Math.abs(across / down - 1),
    ...[
      intact >= intactShare,
      areWhole(evidence),
      hasBlocks,
      areBlocks[0] && areBlocks[1],
      areBlocks[0] || areBlocks[1],
    ].map(Number),
    intact,
    Math.log(Math.max(1e-3, 1 - intact)),
    squareness,
    Math.log(squareness / Math.max(1e-3, 1 - squareness)),
    ...[cells, pixels].flatMap(traitInputs),
    antialiasing,
  ];
}

function traitInputs({ exact, near }: TwofoldTraits): number[] {
  return [exact, near].flatMap((traits) => traitNames.map((name) => traits[name]));
}
