// The options of `pixelcycle train`: read from the command line and from a config file, which it overrides, each checked by its row of
// the table, and then all together.

import type { Command } from "commander";
import { UserError } from "../../../errors.ts";
import { checkTrainingOptions, defaultTrainingOptions, type TrainingOptions } from "../../../train/options/options.ts";
import { commandLineTable, defaultOptions, defaultRunOptions, type RunOptions } from "../../../train/options/table.ts";
import { formatSuffix } from "../../../train/options/text.ts";
import type { OptionValue } from "../../../train/options/values.ts";
import { acceptOptions, parseArguments } from "../../options/table.ts";
import { readConfig, type Config } from "./config.ts";

export interface TrainCommandOptions {
  readonly run: RunOptions;
  readonly training: TrainingOptions;
  /** What to tell the user of a config file, a sentence each. */
  readonly notes: readonly string[];
  /** The file that a trace goes to. */
  readonly trace: string | undefined;
}

/** Lets a command take the options: `command.args` is then what `parseTrainOptions` reads, and `--help` lists them. */
export function acceptTrainOptions(command: Command): Command {
  return acceptOptions(command, commandLineTable);
}

/**
 * @param argv what follows `train`: `--n_epochs 5`, `--n-epochs 5` or `--n-epochs=5`
 * @param base what holds where nothing is said, in place of the defaults: the options that a run was begun with
 * @throws UserError for whatever is not known, out of range, or does not go with the rest
 */
export async function parseTrainOptions(
  argv: readonly string[],
  base: Partial<TrainingOptions> = {},
): Promise<TrainCommandOptions> {
  const given = parseArguments(commandLineTable, argv);
  const path = given.get("config") as string | undefined;
  const config: Config = path === undefined ? { values: new Map() } : await readConfig(path);
  const values: Record<string, OptionValue> = {
    ...defaultOptions,
    ...base,
    ...Object.fromEntries(config.values),
    ...Object.fromEntries(given),
  };
  checkRun(values);
  const suffix = formatSuffix(values.suffix as string, values);
  if (suffix) values.name = `${values.name as string}_${suffix}`;
  checkRunName(values.name as string);
  const training = pick(values, defaultTrainingOptions) as unknown as TrainingOptions;
  checkTrainingOptions(training);
  const run = pick(values, defaultRunOptions) as unknown as RunOptions;
  const trace = given.get("trace") as string | undefined;
  return { run, training, notes: config.note ? [`${path}: ${config.note}`] : [], trace };
}

function checkRun(values: Readonly<Record<string, OptionValue>>): void {
  const { dataroot, phase, epoch, loadIter, continueTrain, init, initMissing } = values;
  if (!dataroot) throw new UserError("--dataroot is missing: the folder that holds trainA and trainB.");
  checkFileNamePart("phase", phase as string);
  checkFileNamePart("epoch", epoch as string);
  if (values.noDropout === false) throw new UserError("--no_dropout is always on: CycleGAN trains without dropout.");
  if (continueTrain && init !== undefined) {
    throw new UserError(
      "--init starts a new run, and --continue_train goes on with one that is there; give one of them.",
    );
  }
  if (init === undefined && initMissing !== defaultRunOptions.initMissing) {
    throw new UserError(
      `--init_missing ${initMissing as string} says what to do where --init lacks networks; give it too.`,
    );
  }
  if (!continueTrain && (epoch !== defaultRunOptions.epoch || loadIter !== defaultRunOptions.loadIter)) {
    throw new UserError("--epoch and --load_iter say what --continue_train goes on from; give it too.");
  }
}

/** @param option without dashes @throws UserError */
export function checkFileNamePart(option: string, value: string): void {
  if (!/^[^\\/]+$/.test(value)) throw new UserError(`--${option} must be a part of a file's name, not "${value}".`);
}

/** A name is a folder below `checkpointsDir`, of one part or several. @throws UserError */
export function checkRunName(name: string): void {
  const parts = name.split(/[\\/]/);
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    throw new UserError(`--name must name a folder below --checkpoints_dir, not "${name}".`);
  }
}

/** The values that `model` has too. */
function pick(values: Readonly<Record<string, OptionValue>>, model: object): Record<string, OptionValue> {
  return Object.fromEntries(Object.keys(model).map((key) => [key, values[key]]));
}
