// Every random choice of a run comes from its own stream, identified by purpose and number: the
// order of an epoch, the crop of a picture, a pool's decision at a step. So a run resumes exactly
// from its seed and step, with no generator state saved, and pictures can be prepared ahead in any
// order.

import { Random } from "../../random.ts";

const purposes = { weights: 1, order: 2, partner: 3, picture: 4, pool: 5, dropout: 6 } as const;

/**
 * @param seed the run's seed
 * @param purpose what is drawn
 * @param numbers the instance: an epoch, a step, a side
 */
export function streamOf(seed: number, purpose: keyof typeof purposes, ...numbers: readonly number[]): Random {
  let random = new Random(seed);
  for (const number of [purposes[purpose], ...numbers]) random = new Random(random.bits() * 2 ** 21 + number);
  return random;
}
