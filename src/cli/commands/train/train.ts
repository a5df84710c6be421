// The work of `pixelcycle train`: where a run starts (from scratch, from weights, or where it
// stopped), and its surroundings in Node.

import { join } from "node:path";
import { otherGrids } from "../../../dataset/grid/one-grid.ts";
import { UserError } from "../../../errors.ts";
import type { Trace } from "../../../gpu/trace.ts";
import { parameterCount, stateDict, type Architecture } from "../../../nn/architecture.ts";
import { cacheStorage } from "../../../platform/files/cache.node.ts";
import { requireWritable } from "../../../platform/files/files.node.ts";
import { openGpu } from "../../../platform/gpu/gpu.node.ts";
import { encodePng } from "../../../platform/pictures/images.node.ts";
import { lockRun } from "../../../platform/training/run-lock.node.ts";
import { folderStorage } from "../../../platform/training/storage.node.ts";
import { PictureFolders } from "../../../platform/training/training-pictures.node.ts";
import { Dataset } from "../../../train/batches/dataset.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../../../train/options/options.ts";
import type { RunOptions } from "../../../train/options/table.ts";
import { optionsText } from "../../../train/options/text.ts";
import {
  changesIn,
  fromSeed,
  fromState,
  fromWeights,
  refuseExchange,
  refuseToOverwrite,
} from "../../../train/run/beginning.ts";
import { isOver } from "../../../train/run/progress.ts";
import { TrainingRun } from "../../../train/run/run.ts";
import { loadState, type TrainingState } from "../../../train/run/state-file.ts";
import type { Storage } from "../../../train/run/storage.ts";
import type { RunEnd, RunSurroundings, RunView } from "../../../train/run/surroundings.ts";
import { architecturesOf, networkNames } from "../../../train/step/networks.ts";
import { chooseKernels } from "../../../tuning/choose.ts";
import type { TuneMode } from "../../../tuning/modes.ts";
import { writeRunPage } from "../../pages/run-page.ts";
import { say } from "../../terminal/print.ts";
import { readConfig } from "./config.ts";
import { completed, describe, readInit, readRun } from "./initial-weights.ts";
import { tracedPictures, tracedStorage } from "./trace.ts";

export interface TrainingJob {
  readonly run: RunOptions;
  readonly training: TrainingOptions;
  /** The state that `continueTrain` continues from; without it, only from the weights. */
  readonly saved?: TrainingState | undefined;
  /** The known options that the run was begun with, if it continues from the weights alone. */
  readonly earlier?: Partial<TrainingOptions> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onMessage: (sentence: string) => void;
  readonly onStep?: RunSurroundings["onStep"];
  readonly trace?: Trace | undefined;
  readonly tune: TuneMode;
}

/** The folder that contains everything of a run. */
export function runFolder({ checkpointsDir, name }: RunOptions): string {
  return join(checkpointsDir, name);
}

/**
 * Runs work that writes into a run's folder, and locks out other processes meanwhile.
 *
 * @throws UserError naming the process that holds the lock
 */
export async function holdingRun<T>(run: RunOptions, work: () => Promise<T>): Promise<T> {
  const lock = await lockRun(runFolder(run), (sentence) => {
    say(sentence);
    process.exit(1); // a run loses nothing by stopping; saving would overwrite another's files
  });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/**
 * The last state of a run; undefined if it has none.
 *
 * @param onMessage receives a sentence about each damaged file that was skipped
 * @throws UserError if none of its states is intact
 */
export async function savedState(
  run: RunOptions,
  onMessage: (sentence: string) => void,
): Promise<TrainingState | undefined> {
  const loaded = await loadState(folderStorage(runFolder(run)));
  loaded?.warnings.forEach(onMessage);
  return loaded?.state;
}

/**
 * The training options in the options file of a run's folder, ours or the reference's; undefined if
 * it cannot be read.
 */
export async function earlierOptions(run: RunOptions): Promise<Partial<TrainingOptions> | undefined> {
  const config = await readConfig(join(runFolder(run), `${run.phase}_opt.txt`)).catch(() => undefined);
  return config && Object.fromEntries([...config.values].filter(([key]) => key in defaultTrainingOptions));
}

/**
 * Trains with the given options.
 *
 * @throws UserError for any obstacle, before anything is computed if it can be known then
 */
export async function trainFolder(job: TrainingJob): Promise<RunEnd> {
  const { run, training, signal, onMessage, onStep, trace, tune } = job;
  const storage = tracedStorage(folderStorage(runFolder(run)), trace);
  if (!run.continueTrain) await refuseToOverwrite(storage);
  await requireWritable(runFolder(run));
  const source = await PictureFolders.open(run.dataroot, run.phase, training.maxDatasetSize);
  source.leftOut.forEach(onMessage);
  const dataset = await Dataset.open(tracedPictures(source, trace), training, { onWarning: onMessage });
  try {
    if (training.cell > 0) {
      const load = (index: number) => source.load("B", index, () => {});
      const remark = await otherGrids(source.count("B"), load, `${run.phase}B`, training.cell);
      if (remark !== undefined) onMessage(remark);
    }
    const start = await beginning(job, storage);
    if (run.verbose) networkLines(training).forEach(onMessage);
    await storage.write(`${run.phase}_opt.txt`, optionsText(run, training));
    onMessage(`The run is in ${storage.place}${training.noHtml ? "" : "; watch it in web/index.html there"}.`);
    return await TrainingRun.train(training, start, {
      storage,
      dataset,
      openGpu: () => openGpu({ adapter: run.adapter, trace }),
      chooseKernels: (gpu, plans) =>
        chooseKernels(gpu, plans, { mode: tune, storage: cacheStorage(), say: onMessage, signal }),
      encodePng,
      onMessage,
      onStep,
      onRefresh: (view) => {
        const status = { name: run.name, ...view, facts: factsOf(run, training, view) };
        return writeRunPage(storage, status, view.history, run.displayWinsize);
      },
      signal,
    });
  } finally {
    dataset.close();
  }
}

async function beginning(
  { run, training, saved, earlier, onMessage }: TrainingJob,
  storage: Storage,
): Promise<TrainingState> {
  if (run.init !== undefined) {
    const found = await readInit(run.init, training);
    return fromWeights(training, completed(found, run, training, onMessage));
  }
  if (!run.continueTrain) return fromSeed(training);
  if (saved) {
    // A state contains its epoch; on the command line, as in the reference, it must be given.
    const start = fromState({ ...training, epochCount: saved.record.options.epochCount }, saved);
    const { step, epoch, options } = start.record;
    onMessage(`Continuing from step ${step}, epoch ${epoch}.`);
    const changes = changesIn(options, saved.record.options).map(
      ({ name, before, now }) => `--${name} was ${before} and is ${now}`,
    );
    if (changes.length > 0) onMessage(`Options changed from here on: ${changes.join("; ")}.`);
    if (training.epochCount !== options.epochCount) {
      onMessage(`--epoch_count ${training.epochCount} is ignored: the saved state is at epoch ${epoch}.`);
    }
    if (isOver(start.record)) {
      onMessage("The run has finished already: raise --n_epochs, --n_epochs_decay or --max_steps to train on.");
    }
    return start;
  }
  const label = run.loadIter > 0 ? `iter_${run.loadIter}` : run.epoch;
  if (!(await storage.list()).some((name) => /_net_\w+\.pth$/.test(name))) {
    throw new UserError(
      `${storage.place} has no run to continue: nothing was saved there yet. Start it without --continue_train.`,
    );
  }
  refuseExchange(training, earlier ?? {});
  const weights = await readRun(storage.place, label, training);
  onMessage(
    `Continuing from the weights ${label}_net_*.pth only, as the reference does: Adam's moments and the image pools start afresh, at epoch ${training.epochCount} (--epoch_count).`,
  );
  return fromWeights(training, weights);
}

/** A list of the networks' tensors, for `--verbose`. */
function networkLines(training: TrainingOptions): string[] {
  const architectures = architecturesOf(training);
  return networkNames.flatMap((name) => {
    const tensors = stateDict(architectures[name]).map(({ name, shape }) => `  ${name} [${shape.join(", ")}]`);
    return [
      `${name}: ${describe(architectures[name])}, ${count(parameterCount(architectures[name]))} parameters`,
      ...tensors,
    ];
  });
}

function factsOf(
  run: RunOptions,
  training: TrainingOptions,
  { gpu, flopsPerStep, longestSubmit, waiting }: RunView,
): Record<string, string> {
  const { G_A, D_A } = architecturesOf(training);
  const size = (architecture: Architecture) => `${count(parameterCount(architecture))} parameters`;
  const bytes = gpu.buffers.allocated;
  return {
    Data: run.dataroot,
    Generators: `${describe(G_A)}, ${size(G_A)} each`,
    Discriminators: `${describe(D_A)}, ${size(D_A)} each`,
    Adapter: gpu.adapter.name,
    "Memory on it": bytes < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(2)} GB`,
    "Work in a step": `${Number((flopsPerStep / 1e9).toPrecision(3))} GFLOP`,
    "Longest submit": `${longestSubmit.toFixed(0)} ms`,
    "Waiting for pictures": `${(1000 * waiting).toFixed(1)} ms a step`,
  };
}

const count = (number: number) => number.toLocaleString("en");
