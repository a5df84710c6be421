// `pixelcycle train`: options in, a line on the terminal while it trains, and how its end is told. The work is in train.ts.

import type { Command } from "commander";
import { drawingSteps, TrainingLine } from "./training-line.ts";
import { acceptTrainOptions, parseTrainOptions } from "./train-options.ts";

export function registerTrain(program: Command): void {
  const command = program.command("train").description("train a CycleGAN on two folders of pictures");
  acceptTrainOptions(command).action((_options, { args }: Command) => train(args));
}

async function train(argv: readonly string[]): Promise<void> {
  let { run, training, notes } = await parseTrainOptions(argv);
  const { savedState, trainFolder } = await import("./train.ts");
  const line = new TrainingLine();
  const onMessage = (sentence: string) => line.say(sentence);
  const goesOn = run.continueTrain && run.epoch === "latest" && run.loadIter === 0;
  const saved = goesOn ? await savedState(run, onMessage) : undefined;
  // What the run was begun with need not be said again; what is said anew changes it.
  if (saved) ({ run, training, notes } = await parseTrainOptions(argv, saved.record.options));

  const controller = new AbortController();
  const interrupt = () => {
    // A second Ctrl-C finds no handler and ends at once.
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    line.say("Stopping after this step; everything will be saved. Press Ctrl-C again to leave at once.");
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  notes.forEach(onMessage);
  try {
    const { step, finished } = await trainFolder({
      run,
      training,
      saved,
      signal: controller.signal,
      onMessage,
      onStep: drawingSteps(line),
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
