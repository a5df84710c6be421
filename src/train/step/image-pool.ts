// A pool of earlier fakes, so that a discriminator is not shown the generator's latest alone (Shrivastava et al. 2017,
// "Learning from Simulated and Unsupervised Images", section 2.3), by the rule of the reference's ImagePool. The images stay on the device
// (src/kernels/training/pool.ts); what happens to each is decided here, by chance alone.

import type { Random } from "../../data/random.ts";

/** What becomes of one new image. */
export interface PoolDecision {
  /** Where it is stored, or -1: nowhere. */
  readonly slot: number;
  /** Whether what was in that slot is shown in its place. */
  readonly showsStored: boolean;
}

/**
 * While the pool fills: the new image is stored and shown. Later, one time in two: it is shown and not stored; else it takes the place of
 * one of the pool by chance, which is shown.
 *
 * @param size the most images that are kept; with 0 every image passes straight through
 * @param seen images that the pool has been asked about so far
 */
export function decide(size: number, seen: number, random: Random): PoolDecision {
  if (size === 0) return { slot: -1, showsStored: false };
  if (seen < size) return { slot: seen, showsStored: false };
  if (random.uniform() <= 0.5) return { slot: -1, showsStored: false };
  return { slot: random.below(size), showsStored: true };
}
