// Times one training step, as the reference takes it, in three ways: awaited by itself; as in a
// run, where the next step is submitted before the losses of the last one arrive; and kernel by
// kernel, by the GPU's own clock.

import type { Gpu } from "../src/gpu/gpu.ts";
import { timeDispatches } from "../src/gpu/timing.ts";
import { median } from "../src/median.ts";
import type { TrainingOptions } from "../src/train/options/options.ts";
import { initialWeights } from "../src/train/step/networks.ts";
import { fromTensors, tensorsOf } from "../src/train/step/snapshot.ts";
import { Trainer } from "../src/train/step/trainer.ts";
import { randomImage } from "./training-step.ts";

/** Untimed steps at the start, which fill the pools and compile everything. */
const warmUp = 3;
const mostSteps = 30;
/** For each kernel, the best of this many steps counts. */
const rounds = 3;

/** In seconds, unless the name says otherwise. */
export interface StepTimes {
  flops: number;
  bytes: number;
  dispatches: number;
  /** Including compilation. */
  first: number;
  /** The median of steps that were awaited one by one. */
  alone: number;
  /** The average over steps submitted before the losses of the previous one arrived. */
  inARow: number;
  /** The process's processor time in such a step, over all threads. */
  processor: number;
  /** By the GPU's clock, in one step, the longest first. */
  kinds: { kind: string; dispatches: number; seconds: number; flops: number }[];
}

/**
 * @param size pixels along a side of the pictures
 * @param limit the most seconds for each of the three ways
 */
export async function measureStep(gpu: Gpu, options: TrainingOptions, size: number, limit: number): Promise<StepTimes> {
  const { trainer, begin, waitedFor } = await startSteps(gpu, options, size);
  const first = await waitedFor();
  await until(0.5 * limit, warmUp, waitedFor);
  const alone = median(await until(limit, mostSteps, waitedFor));

  const start = performance.now();
  const usage = process.cpuUsage();
  let losses: Promise<unknown> = Promise.resolve();
  const steps = await until(limit, mostSteps, async () => ({ losses } = await begin()));
  await losses;
  const inARow = (performance.now() - start) / 1e3 / steps.length;
  const { user, system } = process.cpuUsage(usage);
  const processor = (user + system) / 1e6 / steps.length;

  const { dispatches } = trainer;
  const times = await until(limit, rounds, () => timeDispatches(gpu, dispatches));
  const kinds = new Map<string, StepTimes["kinds"][number]>();
  for (const [i, { label, flops }] of dispatches.entries()) {
    const kind = label.replace(/ (\[|of ).*/, "");
    const sum = kinds.get(kind) ?? { kind, dispatches: 0, seconds: 0, flops: 0 };
    sum.dispatches++;
    sum.seconds += Math.min(...times.map((round) => round[i])) / 1e9;
    sum.flops += flops;
    kinds.set(kind, sum);
  }
  const [{ flops }, bytes] = [trainer.plan!, gpu.buffers.allocated];
  trainer.release();
  return {
    flops,
    bytes,
    dispatches: dispatches.length,
    first,
    alone,
    inARow,
    processor,
    kinds: [...kinds.values()].sort((a, b) => b.seconds - a.seconds),
  };
}

/** Repeats `work` at most `most` times and until `seconds` have passed, but at least once. */
async function until<T>(seconds: number, most: number, work: () => Promise<T>): Promise<T[]> {
  const start = performance.now();
  const results: T[] = [];
  do results.push(await work());
  while (results.length < most && performance.now() - start < 1e3 * seconds);
  return results;
}

/** The median of a few awaited steps, after one that compiles. */
export async function secondsOfStep(
  gpu: Gpu,
  options: TrainingOptions,
  size: number,
  repeats: number,
): Promise<number> {
  const { trainer, waitedFor } = await startSteps(gpu, options, size);
  try {
    await waitedFor();
    const times: number[] = [];
    for (let i = 0; i < repeats; i++) times.push(await waitedFor());
    return median(times);
  } finally {
    trainer.release();
  }
}

/** A trainer on random pictures, and functions to take its steps. */
async function startSteps(gpu: Gpu, options: TrainingOptions, size: number) {
  const count = options.batchSize;
  const images = () => Array.from({ length: count }, () => randomImage(size));
  const names = Array.from({ length: count }, (_, i) => `${i}`);
  const batch = { realA: images(), realB: images(), namesA: names, namesB: names };
  const trainer = await Trainer.create(gpu, options, { count, A: [size, size], B: [size, size] });
  trainer.restore(fromTensors(trainer.layout, tensorsOf(initialWeights(options))));
  let done = 0;
  const begin = () => {
    const optimizerSteps = { generators: done, discriminators: done };
    const pictures = count * done++;
    return trainer.step(batch, { optimizerSteps, pictures, learningRate: options.lr, learning: "both" });
  };
  const waitedFor = async () => {
    const start = performance.now();
    const { losses } = await begin();
    await losses;
    return (performance.now() - start) / 1e3;
  };
  return { trainer, begin, waitedFor };
}
