// A pool of earlier fakes, so that a discriminator sees more than the generator's latest ones
// (Shrivastava et al. 2017, "Learning from Simulated and Unsupervised Images", section 2.3), by the
// rule of the reference's ImagePool. The images stay on the device (src/kernels/training/pool.ts);
// this file decides at random what happens to each.

import type { Random } from "../../random.ts";

/** The decision about one new image. */
export interface PoolDecision {
  /** The slot that it is stored in, or -1 for none. */
  readonly slot: number;
  /** Whether the image stored in that slot is shown instead. */
  readonly showsStored: boolean;
}

/**
 * While the pool fills, the new image is stored and shown. Later, with probability one half it is
 * shown and not stored; otherwise it replaces a random image of the pool, and that image is shown.
 *
 * @param size the pool's capacity; with 0 every image is shown and none stored
 * @param seen the number of earlier decisions
 */
export function decide(size: number, seen: number, random: Random): PoolDecision {
  if (size === 0) return { slot: -1, showsStored: false };
  if (seen < size) return { slot: seen, showsStored: false };
  if (random.uniform() <= 0.5) return { slot: -1, showsStored: false };
  return { slot: random.below(size), showsStored: true };
}
