// `pixelcycle train`: reads the options, shows a line on the terminal during training, and reports
// how it ended. train.ts does the work.

import type { Command } from "commander";
import { withTrace } from "../../../platform/files/trace-file.node.ts";
import type { RunOptions } from "../../../train/options/table.ts";
import type { RunEnd } from "../../../train/run/surroundings.ts";
import { untilInterrupted } from "../../terminal/ending.ts";
import { say } from "../../terminal/print.ts";
import { drawingSteps, TrainingLine } from "./line.ts";
import { acceptTrainOptions, parseTrainOptions } from "./options.ts";
import type { TrainingJob } from "./train.ts";

export function registerTrain(program: Command): void {
  const command = program.command("train").description("train a CycleGAN on two folders of pictures");
  acceptTrainOptions(command).action((_options, { args }: Command) => train(args));
}

async function train(argv: readonly string[]): Promise<void> {
  const { run, trace: traceFile, tune } = await parseTrainOptions(argv);
  const { holdingRun } = await import("./train.ts");
  const line = new TrainingLine();
  try {
    const { step, finished } = await untilInterrupted((signal) => {
      signal.addEventListener("abort", () =>
        line.say("Stopping after this step; everything will be saved. Press Ctrl-C again to quit at once."),
      );
      const say = (sentence: string) => line.say(sentence);
      return withTrace(traceFile, say, (trace) =>
        holdingRun(run, () => trainHeld(run, argv, { line, tune, signal, trace })),
      );
    });
    line.stop();
    const again = "run the same command with --continue_train to continue";
    const steps = step === 1 ? "1 step" : `${step} steps`;
    say(finished ? `Done: ${steps}.` : `Stopped after ${steps}; ${again}.`);
    if (!finished) process.exitCode = 130;
  } finally {
    line.stop();
  }
}

/** Trains while this process holds the folder's lock. */
async function trainHeld(
  run: RunOptions,
  argv: readonly string[],
  { line, ...rest }: { line: TrainingLine } & Pick<TrainingJob, "tune" | "signal" | "trace">,
): Promise<RunEnd> {
  const { earlierOptions, savedState, trainFolder } = await import("./train.ts");
  const onMessage = (sentence: string) => line.say(sentence);
  const goesOn = run.continueTrain && run.epoch === "latest" && run.loadIter === 0;
  const saved = goesOn ? await savedState(run, onMessage) : undefined;
  const earlier = saved?.record.options ?? (run.continueTrain ? await earlierOptions(run) : undefined);
  // A continued run keeps its options; those given now override them.
  const { training, notes } = await parseTrainOptions(argv, earlier);
  notes.forEach(onMessage);
  return trainFolder({ run, training, saved, earlier, onMessage, onStep: drawingSteps(line), ...rest });
}
