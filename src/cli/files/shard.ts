// Divides one run among many machines: each takes every N-th picture of the same list.
//
// --shard I/N sets the part explicitly, counted from 1. Without it, the part comes from the
// cluster: from a Slurm array task, or from a pod of a Kubernetes indexed Job together with
// PIXELCYCLE_SHARDS, since Kubernetes tells a pod its number but not how many there are. Incomplete
// information is an error. A wrong guess would convert the whole dataset N times over, or leave out
// a part of it, and nobody would notice.

import { UserError } from "../../errors.ts";

export interface Shard {
  /** Counted from 1. */
  readonly index: number;
  readonly count: number;
  /** The option or variable that it came from, for messages. */
  readonly origin: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param option the value of --shard, which overrides the environment; `1/1` converts everything,
 * whatever the environment says
 * @returns undefined if the run is not divided
 * @throws UserError for anything that does not name one of N parts
 */
export function resolveShard(option: string | undefined, environment: Environment): Shard | undefined {
  if (option !== undefined) {
    const match = /^(\d{1,9})\/(\d{1,9})$/.exec(option);
    if (!match) throw new UserError(`--shard must be I/N, such as 1/4 for the first of four, not "${option}".`);
    return checked(Number(match[1]), Number(match[2]), "--shard");
  }
  const total = wholeNumber(environment, "PIXELCYCLE_SHARDS");
  for (const variable of ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"]) {
    const task = wholeNumber(environment, variable);
    if (task === undefined) continue;
    if (total !== undefined) return checked(task + 1, total, `${variable} and PIXELCYCLE_SHARDS`);
    if (variable === "SLURM_ARRAY_TASK_ID") return slurmShard(task, environment);
    throw new UserError(
      `${variable} is set, but the number of parts is not: ` +
        `set PIXELCYCLE_SHARDS to the Job's completions, or give --shard 1/1 to convert everything here.`,
    );
  }
  if (total !== undefined) {
    throw new UserError(
      "PIXELCYCLE_SHARDS is set, but neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX says which part this is; give --shard I/N.",
    );
  }
  return undefined;
}

/** The shard's part of `items`: every N-th, so that parts differ in length by at most one. */
export function takeShard<T>(items: readonly T[], { index, count }: Shard): T[] {
  return items.filter((_, i) => i % count === index - 1);
}

/**
 * A Slurm array may count from any number in any step: --array=10-40:10 has the tasks 10, 20, 30,
 * 40.
 */
function slurmShard(task: number, environment: Environment): Shard {
  const first = wholeNumber(environment, "SLURM_ARRAY_TASK_MIN");
  const last = wholeNumber(environment, "SLURM_ARRAY_TASK_MAX");
  const count = wholeNumber(environment, "SLURM_ARRAY_TASK_COUNT");
  const step = wholeNumber(environment, "SLURM_ARRAY_TASK_STEP") ?? 1;
  const regular =
    first !== undefined &&
    last !== undefined &&
    step > 0 &&
    count === Math.floor((last - first) / step) + 1 &&
    (task - first) % step === 0;
  if (!regular) {
    throw new UserError(
      `The Slurm array's tasks are not evenly spaced, so task ${task} cannot tell its part: ` +
        `submit a plain range such as --array=0-99, set PIXELCYCLE_SHARDS=100 for a range from 0, or give --shard I/N.`,
    );
  }
  return checked((task - first) / step + 1, count, "SLURM_ARRAY_TASK_ID");
}

function checked(index: number, count: number, origin: string): Shard {
  if (count < 1 || index < 1 || index > count) {
    throw new UserError(`${origin} asks for part ${index} of ${count}; parts are counted from 1 to N.`);
  }
  return { index, count, origin };
}

function wholeNumber(environment: Environment, variable: string): number | undefined {
  const text = environment[variable];
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UserError(`${variable} must be a whole number, not "${text}".`);
  return Number(text);
}
