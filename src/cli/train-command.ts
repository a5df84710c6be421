// `pixelcycle train`: options in, a line on the terminal while it trains, and how its end is told. The work is in train.ts.

import type { Command } from "commander";
import { TrainingLine, SmoothedLosses } from "./training-line.ts";
import { acceptTrainOptions, parseTrainOptions } from "./train-options.ts";

export function registerTrain(program: Command): void {
  const command = program.command("train").description("train a CycleGAN on two folders of pictures");
  acceptTrainOptions(command).action((_options, { args }: Command) => train(args));
}

async function train(argv: readonly string[]): Promise<void> {
  let { run, training, notes } = await parseTrainOptions(argv);
  const { optionsOfRun, runFolder, trainFolder } = await import("./train.ts");
  if (run.continueTrain && run.epoch === "latest" && run.loadIter === 0) {
    // What the run was begun with need not be said again; what is said anew changes it.
    const begunWith = await optionsOfRun(run);
    if (begunWith) ({ run, training, notes } = await parseTrainOptions(argv, begunWith));
  }

  const controller = new AbortController();
  const line = new TrainingLine();
  const interrupt = () => {
    // A second Ctrl-C finds no handler and ends at once.
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    line.say("Stopping after this step; everything will be saved. Press Ctrl-C again to leave at once.");
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  notes.forEach((note) => line.say(note));
  line.say(`The run is in ${runFolder(run)}${training.noHtml ? "" : "; watch it in web/index.html there"}.`);

  const smoothed = new SmoothedLosses();
  try {
    const { step, finished } = await trainFolder({
      run,
      training,
      signal: controller.signal,
      onMessage: (sentence) => line.say(sentence),
      onStep: ({ metrics, logged, view }) => {
        smoothed.add(metrics);
        const { seconds, batchSize } = metrics;
        line.update(
          {
            ...view,
            losses: smoothed.losses,
            imagesPerSecond: batchSize / seconds,
            gigaflops: view.flopsPerStep / seconds / 1e9,
            memoryBytes: view.gpu.buffers.allocated,
          },
          logged,
        );
      },
    });
    line.stop();
    const again = "the same command with --continue_train goes on from here";
    console.error(finished ? `Done: ${step} steps.` : `Stopped after ${step} steps; ${again}.`);
    if (!finished) process.exitCode = 130;
  } finally {
    line.stop();
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}
