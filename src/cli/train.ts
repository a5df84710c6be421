// The work of `pixelcycle train`: where a run begins (anew, from weights, or where it was left), and what surrounds it in Node.

import { join } from "node:path";
import { UserError } from "../errors.ts";
import type { NamedTensor } from "../formats/tensors.ts";
import { networkName, parameterCount, stateDict, type Architecture } from "../nn/architecture.ts";
import { PictureFolders } from "../platform/dataset.node.ts";
import { openGpu } from "../platform/gpu.node.ts";
import { encodePng } from "../platform/images.node.ts";
import { folderStorage } from "../platform/storage.node.ts";
import { Dataset } from "../train/dataset.ts";
import { architecturesOf, initialWeights, mapNetworks, networkNames, type NetworkName } from "../train/networks.ts";
import type { TrainingOptions } from "../train/options.ts";
import { freshRecord, TrainingRun, type RunEnd, type RunSurroundings, type RunView } from "../train/run.ts";
import { batchesTrackedIn, tensorsOf } from "../train/snapshot.ts";
import { loadState, stateFiles, type TrainingState } from "../train/state-file.ts";
import type { Storage } from "../train/storage.ts";
import { readNetworkFile } from "./checkpoint-file.ts";
import { writeRunPage } from "./run-page.ts";
import type { RunOptions } from "./train-option-table.ts";
import { optionsText } from "./train-options-text.ts";

export interface TrainingJob {
  readonly run: RunOptions;
  readonly training: TrainingOptions;
  readonly signal?: AbortSignal;
  readonly onMessage: (sentence: string) => void;
  readonly onStep?: RunSurroundings["onStep"];
}

/** The folder that a run keeps everything in. */
export function runFolder({ checkpointsDir, name }: RunOptions): string {
  return join(checkpointsDir, name);
}

/** The options that a run was begun with; null where it has no state to go on from. @throws UserError where its states are damaged */
export async function optionsOfRun(run: RunOptions): Promise<TrainingOptions | null> {
  return (await loadState(folderStorage(runFolder(run))))?.state.record.options ?? null;
}

/**
 * Trains as the options say.
 *
 * @throws UserError in one sentence for whatever stands in the way, before anything is computed where that can be known
 */
export async function trainFolder({ run, training, signal, onMessage, onStep }: TrainingJob): Promise<RunEnd> {
  const storage = folderStorage(runFolder(run));
  const start = await beginning(run, training, storage, onMessage);
  const source = await PictureFolders.open(run.dataroot, run.phase, training.maxDatasetSize);
  const dataset = await Dataset.open(source, training, { onWarning: onMessage });
  try {
    await storage.write(`${run.phase}_opt.txt`, optionsText({ run, training }));
    return await TrainingRun.train(training, start, {
      storage,
      dataset,
      openGpu: () => openGpu({ adapter: run.adapter }),
      encodePng,
      onMessage,
      onStep,
      onRefresh: (view) =>
        writeRunPage(storage, { name: run.name, ...view, facts: factsOf(run, training, view) }, view.history),
      signal,
    });
  } finally {
    dataset.close();
  }
}

async function beginning(
  run: RunOptions,
  training: TrainingOptions,
  storage: Storage,
  onMessage: (sentence: string) => void,
): Promise<TrainingState> {
  if (run.init !== undefined) {
    await refuseToOverwrite(storage);
    return fromWeights(
      training,
      await readWeights(run.init, [(name) => `${name}.pth`, (name) => `latest_net_${name}.pth`], training),
    );
  }
  if (!run.continueTrain) {
    await refuseToOverwrite(storage);
    return fromWeights(training, initialWeights(training));
  }
  const label = run.loadIter > 0 ? `iter_${run.loadIter}` : run.epoch;
  if (label === "latest") {
    const loaded = await loadState(storage);
    if (loaded) {
      loaded.warnings.forEach(onMessage);
      requireSameNetworks(training, loaded.state.record.options);
      const { record, tensors } = loaded.state;
      onMessage(`Going on from step ${record.step}, epoch ${record.epoch}.`);
      return { record: { ...record, options: training }, tensors };
    }
  }
  const weights = await readWeights(storage.place, [(name) => `${label}_net_${name}.pth`], training);
  onMessage(
    `Going on from the weights ${label}_net_*.pth alone, as the reference does: Adam's moments and the pools begin anew, at epoch ${training.epochCount} (--epoch_count).`,
  );
  return fromWeights(training, weights);
}

/** A run is never written over: whoever wants it gone removes it. */
async function refuseToOverwrite(storage: Storage): Promise<void> {
  const taken = (await storage.list()).filter(
    (name) => name === stateFiles.latest || /^latest_net_\w+\.pth$/.test(name),
  );
  if (taken.length === 0) return;
  throw new UserError(
    `${storage.place} holds a run already (${taken[0]}). Go on with it by --continue_train, or give this one another --name.`,
  );
}

function fromWeights(training: TrainingOptions, weights: Record<NetworkName, readonly NamedTensor[]>): TrainingState {
  const record = freshRecord(training, batchesTrackedIn(architecturesOf(training), weights));
  return { record, tensors: tensorsOf(weights) };
}

/** The four checkpoints of a folder, under the first of the names that it has. */
async function readWeights(
  folder: string,
  names: readonly ((network: NetworkName) => string)[],
  training: TrainingOptions,
): Promise<Record<NetworkName, readonly NamedTensor[]>> {
  const there = new Set(await folderStorage(folder).list());
  const name = names.find((of) => networkNames.every((network) => there.has(of(network))));
  if (!name) {
    const missing = networkNames.map(names[0]).filter((file) => !there.has(file));
    throw new UserError(`${folder} has no ${missing.join(", ")}; training goes on from all four networks.`);
  }
  const architectures = architecturesOf(training);
  const read = async (network: NetworkName) => {
    const path = join(folder, name(network));
    const { architecture, tensors } = await readNetworkFile(path);
    requireArchitecture(path, architectures[network], architecture);
    return [network, tensors as readonly NamedTensor[]] as const;
  };
  const weights = new Map(await Promise.all(networkNames.map(read)));
  return mapNetworks((network) => weights.get(network)!);
}

function requireArchitecture(path: string, wanted: Architecture, found: Architecture): void {
  const shapes = (architecture: Architecture) =>
    JSON.stringify(stateDict(architecture).map(({ name, shape }) => [name, shape]));
  if (shapes(wanted) === shapes(found)) return;
  throw new UserError(
    `${path} holds a ${describe(found)}, and these options make a ${describe(wanted)}. ` +
      "Give the options that it was trained with (--netG, --netD, --ngf, --ndf, --norm, --input_nc, --output_nc).",
  );
}

function describe(architecture: Architecture): string {
  const width = "ngf" in architecture ? `ngf ${architecture.ngf}` : `ndf ${architecture.ndf}`;
  return `${networkName(architecture)} (${width}, ${architecture.norm} norm)`;
}

/** Options that make other networks, or pools of another size, do not fit what was saved. */
function requireSameNetworks(training: TrainingOptions, saved: TrainingOptions): void {
  const fixed = [
    "netG",
    "netD",
    "nLayersD",
    "ngf",
    "ndf",
    "norm",
    "inputNc",
    "outputNc",
    "poolSize",
    "cropSize",
  ] as const;
  const changed = fixed.filter((key) => training[key] !== saved[key]);
  if (changed.length === 0) return;
  const list = changed.map((key) => `${key} was ${saved[key]}, not ${training[key]}`).join("; ");
  throw new UserError(
    `The run that is there was begun with other options: ${list}. Leave them out, or start another --name.`,
  );
}

function factsOf(
  run: RunOptions,
  training: TrainingOptions,
  { gpu, flopsPerStep, longestSubmit }: RunView,
): Record<string, string> {
  const { G_A, D_A } = architecturesOf(training);
  const millions = (architecture: Architecture) => `${(parameterCount(architecture) / 1e6).toFixed(1)} M parameters`;
  return {
    Data: run.dataroot,
    Generators: `${describe(G_A)}, ${millions(G_A)} each`,
    Discriminators: `${describe(D_A)}, ${millions(D_A)} each`,
    Adapter: gpu.adapter.name,
    "Memory on it": `${(gpu.buffers.allocated / 1e9).toFixed(2)} GB`,
    "Work in a step": `${(flopsPerStep / 1e9).toFixed(1)} GFLOP`,
    "Longest submit": `${longestSubmit.toFixed(0)} ms`,
  };
}
