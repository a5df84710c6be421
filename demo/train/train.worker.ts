// The Train view's worker: one run at a time, in this browser's storage and on its GPU.

import { expose, transfer } from "comlink";
import { UserError } from "../../src/errors.ts";
import { browserStorage, removeFolder } from "../../src/platform/training/storage.browser.ts";
import { checkTrainingOptions } from "../../src/train/options/options.ts";
import { fromSeed, fromState } from "../../src/train/run/beginning.ts";
import { loadState, type TrainingState } from "../../src/train/run/state-file.ts";
import type { TuneMode } from "../../src/tuning/modes.ts";
import type { ChosenPictures, TrainingApi, TrainingEvent } from "./api.ts";
import { adapterHere, costOf, rememberStep, untilMeasured } from "./start/cost.ts";
import { generatorFile } from "./storage/generator-file.ts";
import { copyPictures, planCopies } from "./storage/picture-copy.ts";
import { exportRun, importRun } from "./storage/run-archive.ts";
import {
  checkRunName,
  listRuns,
  missingPictures,
  picturesOf,
  removeUnsaved,
  runExists,
  runPath,
  sidePath,
} from "./storage/run-folder.ts";
import { withRun } from "./storage/run-lock.ts";
import { TrainingJob, type Send } from "./training-job.ts";

/** This script is served as workers/train.js. */
const samples = new URL("../samples/train/", self.location.href);

let current: { readonly job: TrainingJob; readonly ended: Promise<void> } | undefined;

function underWay(): TrainingJob {
  if (!current) throw new UserError("No run is active. Start or continue one.");
  return current.job;
}

/** Trains a run from the state that `prepare` returns, and reports how it ended. */
async function follow(
  name: string,
  onEvent: (event: TrainingEvent) => void,
  prepare: (send: Send, signal: AbortSignal) => Promise<TrainingState>,
  tune: TuneMode = "auto",
): Promise<void> {
  if (current) throw new UserError(`The run ${current.job.name} is active. Stop it first.`);
  // The listener may be gone; the run continues.
  const send: Send = (event, buffers = []) => void Promise.resolve(onEvent(transfer(event, buffers))).catch(() => {});
  const job = new TrainingJob(name, send, (...pace) => void rememberStep(...pace));
  const work = withRun(name, async () => {
    send({ kind: "activity", activity: "opening" });
    try {
      await untilMeasured();
      await job.train(await prepare(send, job.signal), tune);
    } finally {
      await removeUnsaved(name);
    }
  });
  const ended = work.then(
    () => {},
    () => {},
  );
  current = { job, ended };
  try {
    await work;
  } catch (error) {
    send({ kind: "activity", activity: "failed", sentence: (error as Error).message });
    throw error;
  } finally {
    current = undefined;
  }
}

/** Copies the pictures into a run's folder, replacing its own. */
async function takePictures(name: string, pictures: ChosenPictures, send: Send, signal: AbortSignal): Promise<void> {
  const copies = await planCopies(pictures, samples);
  for (const side of ["A", "B"] as const) await removeFolder(`${runPath(name)}/${sidePath(side)}`);
  let told = -Infinity;
  await copyPictures(browserStorage(runPath(name)), copies, signal, (done) => {
    if (performance.now() - told < 100 && done < copies.length) return;
    told = performance.now();
    send({ kind: "copying", done, of: copies.length });
  });
}

const api: TrainingApi = {
  adapter: adapterHere,
  cost: costOf,
  runs: listRuns,

  async begin(name, options, pictures, onEvent, tune) {
    checkRunName(name);
    checkTrainingOptions(options);
    const prepare = async (send: Send, signal: AbortSignal) => {
      if (await runExists(name)) {
        throw new UserError(`A run called ${name} already exists. Continue it, or choose another name.`);
      }
      await takePictures(name, pictures, send, signal);
      return fromSeed(options);
    };
    await follow(name, onEvent, prepare, tune);
  },

  continue: (name, onEvent) =>
    follow(name, onEvent, async (send) => {
      const loaded = await loadState(browserStorage(runPath(name)));
      if (!loaded) throw new UserError(`There is no run called ${name} in this browser.`);
      for (const sentence of loaded.warnings) send({ kind: "message", sentence });
      return fromState(loaded.state.record.options, loaded.state);
    }),

  pause: async () => underWay().pause(),
  resume: async () => underWay().resume(),
  stepOnce: async () => underWay().stepOnce(),
  async stop() {
    underWay().stop();
    await current?.ended;
  },
  adjust: async (adjustment) => underWay().adjust(adjustment),
  loseDevice: async () => underWay().loseDevice(),

  givePictures: (name, pictures, onEvent) =>
    withRun(name, async () => {
      if (!(await runExists(name))) throw new UserError(`There is no run called ${name} in this browser.`);
      await takePictures(name, pictures, (event) => onEvent(event), new AbortController().signal);
      const missing = missingPictures(await picturesOf(name));
      if (missing) throw new UserError(missing);
    }),

  exportRun,
  importRun,
  exportGenerator: generatorFile,

  removeRun: (name) => withRun(name, () => removeFolder(runPath(name))),
};

expose(api);
