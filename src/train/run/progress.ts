// The place of a run after each step and epoch, from its record alone: nothing here touches a
// device or a file.

import { learningRateFactor, Plateau } from "../step/learning-rate.ts";
import { mapNetworks } from "../step/networks.ts";
import { learns } from "../step/optimizers.ts";
import type { StateRecord } from "./state-file.ts";

/** Whether the last epoch is over, or the maximum number of steps is done. */
export function isOver({ epoch, step, options }: StateRecord): boolean {
  const { nEpochs, nEpochsDecay, maxSteps } = options;
  return epoch > nEpochs + nEpochsDecay || step >= maxSteps;
}

/** The number of the next batch in its epoch, from 0. */
export function batchNumber({ iters, options }: StateRecord): number {
  return Math.ceil(iters / options.batchSize);
}

/**
 * The record after a step.
 *
 * @param pictures of each side in the step: the last batch of an epoch may be smaller
 */
export function afterStep(record: StateRecord, pictures: number, batchesPerEpoch: number): StateRecord {
  const { learning, batchSize, lambdaIdentity } = record.options;
  const number = batchNumber(record) + 1;
  const epochIsOver = number >= batchesPerEpoch;
  const calls = { G: lambdaIdentity > 0 ? 3 : 2, D: 3 };
  const { generators, discriminators } = record.optimizerSteps;
  return {
    ...record,
    step: record.step + 1,
    epoch: epochIsOver ? record.epoch + 1 : record.epoch,
    iters: epochIsOver ? 0 : number * batchSize,
    pictures: record.pictures + pictures,
    optimizerSteps: {
      generators: generators + Number(learns("generators", learning)),
      discriminators: discriminators + Number(learns("discriminators", learning)),
    },
    batchesTracked: mapNetworks((name) => record.batchesTracked[name] + calls[name[0] as "G" | "D"]),
  };
}

/** The epoch of the record's last step: a step that ends an epoch belongs to it. */
export function epochOf({ iters, epoch }: StateRecord): number {
  return iters === 0 ? epoch - 1 : epoch;
}

/** By the policy, the epoch and, for `plateau`, the watched metric. */
export function learningRateOf({ epoch, plateau, options }: StateRecord): number {
  const { lr, lrPolicy, nEpochs, nEpochsDecay, lrDecayIters } = options;
  if (lrPolicy === "plateau") return lr * plateau.factor;
  const schedule = { policy: lrPolicy, epochs: nEpochs, decayEpochs: nEpochsDecay, stepEpochs: lrDecayIters };
  return lr * learningRateFactor(epoch, schedule);
}

/**
 * The record after an epoch in which the generators' losses had this mean, which `plateau` watches.
 */
export function afterEpoch(record: StateRecord, meanLoss: number): StateRecord {
  if (record.options.lrPolicy !== "plateau") return record;
  const plateau = new Plateau(record.plateau);
  plateau.endEpoch(meanLoss);
  return { ...record, plateau: plateau.save() };
}

/**
 * Labels of the networks that are kept permanently after a step, and whether the number of steps
 * requires a save.
 */
export function dueAfter(record: StateRecord, epoch: number): { kept: string[]; isDue: boolean } {
  const { batchSize, saveLatestFreq, saveEpochFreq, saveByIter } = record.options;
  const totalIters = record.step * batchSize;
  const isDue = totalIters % saveLatestFreq === 0;
  const kept = [
    ...(record.epoch > epoch && epoch % saveEpochFreq === 0 ? [String(epoch)] : []),
    ...(saveByIter && isDue ? [`iter_${totalIters}`] : []),
  ];
  return { kept, isDue };
}
