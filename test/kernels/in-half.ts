// An operation in half precision, with the trials that it is declared with.

import type { Operation, TensorType, Trial } from "../../src/kernels/core/operation.ts";

/** The same operation on images that are stored as halves. */
export function inHalf(operation: Operation): Operation {
  const { readsHalf = [], writesHalf } = operation;
  return {
    ...operation,
    infer: (inputs, attributes) => ({ ...operation.infer(inputs, attributes), half: writesHalf ?? false }),
    trials: operation.trials.map((trial) => inHalves(trial, readsHalf)),
  };
}

/** Kept, since the forms of an operation share what the twin computes of a trial. */
const trials = new Map<Trial<unknown>, Trial<unknown>>();

function inHalves(trial: Trial<unknown>, readsHalf: readonly number[]): Trial<unknown> {
  const inputs = trial.inputs.map((type, i): TensorType => ({ ...type, half: readsHalf.includes(i) }));
  const known = trials.get(trial) ?? { ...trial, inputs };
  trials.set(trial, known);
  return known;
}
