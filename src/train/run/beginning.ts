// The initial state of a run: new, from its seed or from given weights, or the saved state of an
// earlier run.

import { UserError } from "../../errors.ts";
import type { NamedTensor } from "../../formats/tensors/tensors.ts";
import { option } from "../options/option.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../options/options.ts";
import { optionRows } from "../options/table.ts";
import { pythonText } from "../options/values.ts";
import { Plateau } from "../step/learning-rate.ts";
import { architecturesOf, initialWeights, type NetworkName } from "../step/networks.ts";
import { batchesTrackedIn, tensorsOf } from "../step/snapshot.ts";
import { stateFiles, type StateRecord, type TrainingState } from "./state-file.ts";
import type { Storage } from "./storage.ts";

/** The initial state of a new run. */
export function fromSeed(options: TrainingOptions): TrainingState {
  return fromWeights(options, initialWeights(options));
}

/** The same with given weights: Adam's moments and the pools start empty. */
export function fromWeights(
  options: TrainingOptions,
  weights: Readonly<Record<NetworkName, readonly NamedTensor[]>>,
): TrainingState {
  const record: StateRecord = {
    step: 0,
    epoch: options.epochCount,
    iters: 0,
    pictures: 0,
    plateau: new Plateau().save(),
    epochLoss: { steps: 0, sum: 0 },
    batchesTracked: batchesTrackedIn(architecturesOf(options), weights),
    dataset: "",
    optimizerSteps: { generators: 0, discriminators: 0 },
    options,
  };
  return { record, tensors: tensorsOf(weights) };
}

/**
 * A saved state to continue from, with options that may differ.
 *
 * @throws UserError if the options describe other networks, or pools of another size, than were
 * saved, or change what is fixed
 */
export function fromState(options: TrainingOptions, { record, tensors }: TrainingState): TrainingState {
  refuseExchange(options, record.options);
  const changed = changesIn(options, record.options).filter(({ key }) => fixedOptions.includes(key));
  if (changed.length > 0) {
    const list = changed.map(({ key, before, now }) => `${option(key)} was ${before}, not ${now}`).join("; ");
    throw new UserError(
      `The existing run was started with other options: ${list}. Leave them out, or start another ${option("name")}.`,
    );
  }
  return { record: { ...record, options }, tensors };
}

/**
 * @param earlier the known options that the run was begun with
 * @throws UserError if the direction has changed, which would show each network the other's
 * pictures
 */
export function refuseExchange({ direction }: TrainingOptions, earlier: Partial<TrainingOptions>): void {
  if (earlier.direction === undefined || earlier.direction === direction) return;
  throw new UserError(
    `The existing run was started with ${option("direction", earlier.direction)}: with ${direction} each network would be shown the other ` +
      `side's pictures. Leave ${option("direction")} out. To swap them on purpose, start another ${option("name")} with the run's ` +
      `folder as its ${option("init")}.`,
  );
}

/** The options that differ from those that the run was begun with, as users type them. */
export function changesIn(options: TrainingOptions, earlier: TrainingOptions) {
  return [...optionRows.values()].flatMap(({ name, key, kind }) => {
    if (!isTrainingKey(key) || options[key] === earlier[key]) return [];
    return [{ name, key, before: pythonText(kind, earlier[key]), now: pythonText(kind, options[key]) }];
  });
}

function isTrainingKey(key: string): key is keyof TrainingOptions {
  return Object.hasOwn(defaultTrainingOptions, key);
}

/** The tensors of a state, and how they were initialised. */
const fixedOptions: readonly (keyof TrainingOptions)[] = [
  ...(["netG", "netD", "nLayersD", "ngf", "ndf", "norm", "inputNc", "outputNc"] as const),
  ...(["initType", "initGain", "poolSize", "cropSize"] as const),
];

/**
 * A run is never overwritten: the user must remove it.
 *
 * @throws UserError if there is one
 */
export async function refuseToOverwrite(storage: Storage): Promise<void> {
  const taken = (await storage.list()).filter(
    (name) => name === stateFiles.latest || /^latest_net_\w+\.pth$/.test(name),
  );
  if (taken.length === 0) return;
  throw new UserError(
    `${storage.place} already holds a run (${taken[0]}). Continue it with ${option("continueTrain")}, or give this one another ${option("name")}.`,
  );
}
