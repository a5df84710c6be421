// The training of `pixelcycle start`: a few dozen steps of small networks on the bundled set, as a
// demonstration.

import { join, relative } from "node:path";
import { median } from "../../../median.ts";
import { folderStorage } from "../../../platform/training/storage.node.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../../../train/options/options.ts";
import { defaultRunOptions, type RunOptions } from "../../../train/options/table.ts";
import type { HistoryColumns } from "../../../train/run/history.ts";
import { listSamples, sampleFile } from "../../../train/run/sample-files.ts";
import type { StepReport } from "../../../train/run/surroundings.ts";
import type { LossName } from "../../../train/step/metrics.ts";
import { type SampleLabel } from "../../../train/step/sample-pictures.ts";
import type { ShortTraining } from "../../pages/report-training.ts";
import { formatDuration } from "../../terminal/progress.ts";
import { readConfig } from "../train/config.ts";
import { drawingSteps, TrainingLine } from "../train/line.ts";
import { holdingRun, runFolder, trainFolder } from "../train/train.ts";

/**
 * One epoch of the set. Together with the conversion before it, it should fit into three minutes on
 * two cores.
 */
export const trainingSteps = 48;

const training: TrainingOptions = {
  ...defaultTrainingOptions,
  ...{ netG: "resnet_6blocks", ngf: 8, ndf: 8, loadSize: 64, cropSize: 64 },
  ...{ nEpochs: 1, nEpochsDecay: 0, seed: 1, printFreq: 1 },
};

/** Without a terminal, the log has a line every this many steps. */
const stepsBetweenLines = 6;

export interface StartTraining {
  /** The package's `samples/train`. */
  readonly dataroot: string;
  /** The run is in this folder's subfolder `training`; the run of an earlier start is replaced. */
  readonly out: string;
  readonly adapter?: string | undefined;
  /** Default: `trainingSteps`. */
  readonly steps?: number;
  readonly signal?: AbortSignal;
}

/**
 * Trains, and returns what there is to show; undefined if it was interrupted before there was
 * anything.
 *
 * @throws UserError if training is not possible
 */
export async function trainSamples(job: StartTraining): Promise<ShortTraining | undefined> {
  const { dataroot, out, adapter, steps = trainingSteps, signal } = job;
  const run: RunOptions = {
    ...defaultRunOptions,
    ...{ dataroot: relative("", dataroot) || ".", checkpointsDir: out, name: "training", adapter },
  };
  const line = new TrainingLine();
  signal?.addEventListener("abort", () => line.say("Stopping after this step; press Ctrl-C again to quit at once."));
  const draw = drawingSteps(line);
  const times: number[] = [];
  let last: StepReport | undefined;
  try {
    await holdingRun(run, async () => {
      await removeEarlier(run);
      await trainFolder({
        run,
        training: { ...training, maxSteps: steps },
        tune: "off",
        signal,
        onMessage: (sentence) => line.say(sentence),
        onStep: (report) => {
          const { step } = report.metrics;
          draw({ ...report, logged: step % stepsBetweenLines === 0 || step === steps });
          times.push(performance.now() / 1000);
          last = report;
        },
      });
    });
  } finally {
    line.stop();
  }

  const storage = folderStorage(runFolder(run));
  const [samples] = await listSamples(storage);
  if (!last || times.length < 2 || !samples) return undefined;
  const seconds = median(times.slice(1).map((time, index) => time - times[index]));
  const history = last.view.history.columns();
  const picture = (label: SampleLabel, caption: string) => ({
    caption,
    path: join(storage.place, sampleFile(samples.epoch, label)),
  });
  return {
    introduction:
      `The engine also trains. This CycleGAN started from scratch, on the photos and the pixel art of samples/train. A few dozen ` +
      `steps only show that it learns: ${courseOf(history)}. Results like those above take tens of thousands of steps.`,
    samples: [
      [
        picture("real_A", "a photo"),
        picture("fake_B", "translated to pixel art"),
        picture("rec_A", "and back to a photo"),
      ],
      [
        picture("real_B", "pixel art"),
        picture("fake_A", "translated to a photo"),
        picture("rec_B", "and back to pixel art"),
      ],
    ],
    facts: {
      Steps: `${times.length} of one photo and one piece of pixel art`,
      Networks: `resnet_6blocks, ngf ${training.ngf}, and PatchGAN, ndf ${training.ndf}, at 64 × 64`,
      "Time per step": formatDuration(seconds),
      Speed: `${(last.view.flopsPerStep / seconds / 1e9).toPrecision(2)} GFLOP/s`,
      Adapter: last.view.gpu.adapter.name,
    },
    history,
    command: "npx pixelcycle train --dataroot DIR --name NAME",
    hint:
      "DIR contains two folders of unpaired pictures, trainA and trainB. The run is saved in checkpoints/NAME, with a page " +
      "that shows its progress. --continue_train continues it after any interruption.",
  };
}

/** How the cycle losses developed, from the first quarter of the steps to the last. */
function courseOf({ step, losses }: HistoryColumns): string {
  const quarter = Math.max(1, Math.floor(step.length / 4));
  const mean = (values: readonly (number | null)[]) =>
    values.reduce((sum: number, value) => sum + (value ?? 0), 0) / values.length;
  const course = (name: LossName) =>
    `from ${mean(losses[name].slice(0, quarter)).toFixed(1)} to ${mean(losses[name].slice(-quarter)).toFixed(1)}`;
  return `the cycle loss goes ${course("cycle_A")} for photos, and ${course("cycle_B")} for pixel art`;
}

/**
 * Removes the run of an earlier start. Any other run of that name is kept, and is not overwritten
 * later either.
 */
async function removeEarlier(run: RunOptions): Promise<void> {
  const storage = folderStorage(runFolder(run));
  const options = await readConfig(join(storage.place, "train_opt.txt")).catch(() => undefined);
  if (options?.values.get("name") !== run.name || options.values.get("dataroot") !== run.dataroot) return;
  for (const name of await storage.list()) await storage.remove(name);
}
