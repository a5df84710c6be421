// Decides between variants that were timed in turns. Noise must not decide: a variant replaces that
// of the rules only if it saves a margin, and if it wins nearly every turn.

import { median } from "../median.ts";

/** The share of the time that a variant must save. */
export const margin = 0.05;

/** Of two equal variants, one wins all of these turns but one in 12 of 2048 cases. */
export const turns = 11;

/**
 * The name of the fastest variant, or that of the rules if none is clearly faster. Times are
 * compared within a turn, since other work on the machine slows down neighbours alike.
 *
 * @param times of each variant, one for each turn
 */
export function decide(byRule: string, times: ReadonlyMap<string, readonly number[]>): string {
  const rule = times.get(byRule)!;
  let [chosen, best] = [byRule, 1 - margin];
  for (const [name, own] of times) {
    const ratios = own.map((time, turn) => time / rule[turn]);
    const lost = ratios.filter((ratio) => ratio >= 1).length;
    if (lost <= 1 && median(ratios) <= best) [chosen, best] = [name, median(ratios)];
  }
  return chosen;
}
