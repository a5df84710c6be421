// Where a run begins: anew, from its seed or from given weights, or where an earlier one left off.

import { UserError } from "../errors.ts";
import type { NamedTensor } from "../formats/tensors.ts";
import { Plateau } from "./learning-rate.ts";
import { architecturesOf, initialWeights, type NetworkName } from "./networks.ts";
import type { TrainingOptions } from "./options.ts";
import { batchesTrackedIn, tensorsOf } from "./snapshot.ts";
import { stateFiles, type StateRecord, type TrainingState } from "./state-file.ts";
import type { Storage } from "./storage.ts";

/** The beginning of a run that has no past. */
export function fromSeed(options: TrainingOptions): TrainingState {
  return fromWeights(options, initialWeights(options));
}

/** The same with networks that somebody trained before: Adam's moments and the pools begin anew. */
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
 * A saved state to go on from with options that may be others.
 *
 * @throws UserError where these make other networks, or pools of another size, than were saved
 */
export function fromState(options: TrainingOptions, { record, tensors }: TrainingState): TrainingState {
  const changed = fixedOptions.filter((key) => options[key] !== record.options[key]);
  if (changed.length > 0) {
    const list = changed.map((key) => `${key} was ${record.options[key]}, not ${options[key]}`).join("; ");
    throw new UserError(
      `The run that is there was begun with other options: ${list}. Leave them out, or start another --name.`,
    );
  }
  return { record: { ...record, options }, tensors };
}

const fixedOptions = [
  ...["netG", "netD", "nLayersD", "ngf", "ndf", "norm", "inputNc", "outputNc"],
  ...["poolSize", "cropSize"],
] as readonly (keyof TrainingOptions)[];

/** A run is never written over: whoever wants it gone removes it. @throws UserError where there is one */
export async function refuseToOverwrite(storage: Storage): Promise<void> {
  const taken = (await storage.list()).filter(
    (name) => name === stateFiles.latest || /^latest_net_\w+\.pth$/.test(name),
  );
  if (taken.length === 0) return;
  throw new UserError(
    `${storage.place} holds a run already (${taken[0]}). Go on with it by --continue_train, or give this one another --name.`,
  );
}
