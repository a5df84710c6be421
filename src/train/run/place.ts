// The position of a run, for display.

import type { StateRecord } from "./state-file.ts";

export interface Place {
  /** Completed steps, and the steps of the whole run. */
  readonly step: number;
  readonly steps: number;
  /** The current epoch, or the one that has just ended. */
  readonly epoch: number;
  readonly epochs: number;
}

export function placeOf({ step, epoch, iters, options }: StateRecord, batchesPerEpoch: number): Place {
  const { nEpochs, nEpochsDecay, epochCount, batchSize, maxSteps } = options;
  const epochs = nEpochs + nEpochsDecay;
  const left = Math.max(0, (epochs - epoch + 1) * batchesPerEpoch - Math.ceil(iters / batchSize));
  return {
    step,
    steps: Math.min(step + left, maxSteps),
    epoch: Math.max(epochCount, iters === 0 && step > 0 ? epoch - 1 : epoch),
    epochs,
  };
}
