// The options of `pixelcycle train`, from the command line and from a config file, which the
// command line overrides. Each is checked by its row of the table, then all of them together.

import type { Command } from "commander";
import { UserError } from "../../../errors.ts";
import { checkTrainingOptions, defaultTrainingOptions, type TrainingOptions } from "../../../train/options/options.ts";
import { commandLineTable, defaultOptions, defaultRunOptions, type RunOptions } from "../../../train/options/table.ts";
import { formatSuffix } from "../../../train/options/text.ts";
import type { OptionValue } from "../../../train/options/values.ts";
import type { TuneMode } from "../../../tuning/modes.ts";
import { acceptOptions, parseArguments } from "../../options/table.ts";
import { tuneModeFrom } from "../../options/tune-mode.ts";
import { readConfig, type Config } from "./config.ts";

export interface TrainCommandOptions {
  readonly run: RunOptions;
  readonly training: TrainingOptions;
  /** Remarks about a config file for the user, one sentence each. */
  readonly notes: readonly string[];
  /** The file to write a trace to. */
  readonly trace: string | undefined;
  readonly tune: TuneMode;
}

/**
 * Makes a command accept the options: `parseTrainOptions` reads `command.args`, and `--help` lists
 * them.
 */
export function acceptTrainOptions(command: Command): Command {
  return acceptOptions(command, commandLineTable);
}

/**
 * @param argv the arguments after `train`: `--n_epochs 5`, `--n-epochs 5` or `--n-epochs=5`
 * @param base the values of options that are not given, in place of the defaults: those that a run
 * was begun with
 * @throws UserError for anything unknown, out of range, or contradictory
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
  const tune = (given.get("tune") as TuneMode | undefined) ?? tuneModeFrom(process.env);
  return { run, training, notes: config.note ? [`${path}: ${config.note}`] : [], trace, tune };
}

function checkRun(values: Readonly<Record<string, OptionValue>>): void {
  const { dataroot, phase, epoch, loadIter, continueTrain, init, initMissing } = values;
  if (!dataroot) throw new UserError("--dataroot is missing: the folder that holds trainA and trainB.");
  checkFileNamePart("phase", phase as string);
  checkFileNamePart("epoch", epoch as string);
  if (values.noDropout === false) throw new UserError("--no_dropout is always on: CycleGAN trains without dropout.");
  if (continueTrain && init !== undefined) {
    throw new UserError(
      "--init starts a new run, and --continue_train continues an existing one; give only one of them.",
    );
  }
  if (init === undefined && initMissing !== defaultRunOptions.initMissing) {
    throw new UserError(`--init_missing ${initMissing as string} applies only to --init; give --init too.`);
  }
  if (!continueTrain && (epoch !== defaultRunOptions.epoch || loadIter !== defaultRunOptions.loadIter)) {
    throw new UserError(
      "--epoch and --load_iter choose what --continue_train continues from; give --continue_train too.",
    );
  }
}

/**
 * @param option without dashes
 * @throws UserError if the value is empty or has a separator of folders
 */
export function checkFileNamePart(option: string, value: string): void {
  if (!/^[^\\/]+$/.test(value)) throw new UserError(`--${option} must be usable in a file name, not "${value}".`);
}

/**
 * A name is a folder below `checkpointsDir`, of one part or several.
 *
 * @throws UserError if it leads elsewhere
 */
export function checkRunName(name: string): void {
  const parts = name.split(/[\\/]/);
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    throw new UserError(`--name must name a folder below --checkpoints_dir, not "${name}".`);
  }
}

/** The values of the keys that `model` has too. */
function pick(values: Readonly<Record<string, OptionValue>>, model: object): Record<string, OptionValue> {
  return Object.fromEntries(Object.keys(model).map((key) => [key, values[key]]));
}
