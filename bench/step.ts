// npm run bench:step: one training step as in the reference, measured in three ways: waited for by
// itself; as in a run, where the next one is submitted before the losses of the last are there; and
// kernel by kernel, by the GPU's own clock. docs/speed.md says how to read it.

import { parseArgs } from "node:util";
import { UserError } from "../src/errors.ts";
import { Gpu } from "../src/gpu/gpu.ts";
import { clockOf, timeDispatches } from "../src/gpu/timing.ts";
import { openWebGpu } from "../src/platform/gpu.node.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../src/train/options/options.ts";
import { initialWeights } from "../src/train/step/networks.ts";
import { fromTensors, tensorsOf } from "../src/train/step/snapshot.ts";
import { Trainer } from "../src/train/step/trainer.ts";
import { runBench } from "./command.ts";
import { median } from "./measure.ts";
import { readWhole } from "./options.ts";
import { duration, giga, kindHead, kindRows, table } from "./text.ts";
import { randomImage } from "./training-step.ts";

const defaults = { size: "256", ngf: "64", ndf: "64", blocks: "9", batch: "1", seconds: "15" } as const;

const usage = `npm run bench:step -- [options]
  --size N         pixels along a side of the pictures (256)
  --ngf N          filters of the generators' first layer (64)
  --ndf N          filters of the discriminators' first layer (64)
  --blocks 6 or 9  residual blocks (9)
  --batch N        pictures of each side in a step (1)
  --seconds N      at most so long for each of the three ways (15)
  --fast           without Dawn's robustness checks and validation
  --json           the same as one JSON object`;

/** Untimed steps at the start: pools fill, and everything gets compiled. */
const warmUp = 3;
const mostSteps = 30;
/** The best of this many steps counts for each kernel. */
const rounds = 3;

async function main(): Promise<void> {
  const flags = { fast: { type: "boolean" }, json: { type: "boolean" }, help: { type: "boolean" } } as const;
  const numbers = mapValues(defaults, (value) => ({ type: "string", default: value }) as const);
  const { values } = parseArgs({ options: { ...numbers, ...flags } });
  if (values.help) return console.log(usage);
  const sizes = mapValues(defaults, (_, name) => readWhole(name, values[name]));
  if (sizes.blocks !== 6 && sizes.blocks !== 9) throw new UserError("--blocks takes 6 or 9.");

  const gpu = await Gpu.open(await openWebGpu({ fast: values.fast }));
  const options: TrainingOptions = {
    ...defaultTrainingOptions,
    netG: sizes.blocks === 6 ? "resnet_6blocks" : "resnet_9blocks",
    ngf: sizes.ngf,
    ndf: sizes.ndf,
    batchSize: sizes.batch,
  };
  const measured = await measure(gpu, options, sizes);
  if (values.json) {
    const { adapter } = gpu;
    console.log(JSON.stringify({ adapter, sizes: { ...sizes, fast: values.fast ?? false }, ...measured }, null, 2));
  } else {
    print(gpu, options, sizes, measured);
  }
  gpu.close();
}

/** In seconds, unless the name says otherwise. */
interface Measured {
  flops: number;
  bytes: number;
  dispatches: number;
  /** Including compilation. */
  first: number;
  /** The median of steps that were waited for one by one. */
  alone: number;
  /** The average over steps that were submitted before the losses of the last one were there. */
  inARow: number;
  /** The processor time of this process in it, over all threads. */
  processor: number;
  /** By the GPU's clock, in one step; the longest first. */
  kinds: { kind: string; dispatches: number; seconds: number; flops: number }[];
}

async function measure(
  gpu: Gpu,
  options: TrainingOptions,
  { size, batch: count, seconds: limit }: Record<keyof typeof defaults, number>,
): Promise<Measured> {
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
    await (
      await begin()
    ).losses;
    return (performance.now() - start) / 1e3;
  };

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
  const kinds = new Map<string, Measured["kinds"][number]>();
  for (const [i, { label, flops }] of dispatches.entries()) {
    const kind = label.replace(/ (\[|of ).*/, "");
    const sum = kinds.get(kind) ?? { kind, dispatches: 0, seconds: 0, flops: 0 };
    sum.dispatches++;
    sum.seconds += Math.min(...times.map((round) => round[i])) / 1e9;
    sum.flops += flops;
    kinds.set(kind, sum);
  }
  return {
    flops: trainer.plan!.flops,
    bytes: gpu.buffers.allocated,
    dispatches: dispatches.length,
    first,
    alone,
    inARow,
    processor,
    kinds: [...kinds.values()].sort((a, b) => b.seconds - a.seconds),
  };
}

/** Repeats it, at most this often and until this many seconds are over, but at least once. */
async function until<T>(seconds: number, most: number, work: () => Promise<T>): Promise<T[]> {
  const start = performance.now();
  const results: T[] = [];
  do results.push(await work());
  while (results.length < most && performance.now() - start < 1e3 * seconds);
  return results;
}

function print(
  gpu: Gpu,
  { netG, ngf, ndf }: TrainingOptions,
  { size, batch }: Record<keyof typeof defaults, number>,
  { flops, bytes, dispatches, first, alone, inARow, processor, kinds }: Measured,
): void {
  const rate = (seconds: number) => `${giga(flops / seconds)} GFLOP/s`;
  const kernels = kinds.reduce((sum, { seconds }) => sum + seconds, 0);
  console.log(`adapter   ${gpu.adapter.name}, ${gpu.adapter.driver}`);
  console.log(
    `step      ${netG}, ngf ${ngf}, ndf ${ndf}, ${size}x${size}, batch ${batch}: ${giga(flops)} GFLOP in ${dispatches} dispatches, ` +
      `${(bytes / 2 ** 20).toFixed(0)} MiB`,
  );
  console.log(`first     ${duration(first)}, with all that is compiled`);
  console.log(`alone     ${duration(alone)}, ${rate(alone)}`);
  console.log(`in a row  ${duration(inARow)}, ${rate(inARow)}; ${duration(processor)} of processor time`);
  console.log(`kernels   ${duration(kernels)} by the ${clockOf(gpu)}'s clock, one by one, ${rate(kernels)}\n`);
  const rates = kinds.map(({ flops, seconds }) => (flops > 0 ? giga(flops / seconds) : ""));
  console.log(
    table([
      ["kernels of the step", ...kindHead.slice(1), "GFLOP/s"],
      ...kindRows(kinds).map((row, i) => [...row, rates[i]]),
    ]),
  );
}

function mapValues<Key extends string, A, B>(object: Readonly<Record<Key, A>>, map: (value: A, key: Key) => B) {
  return Object.fromEntries(
    (Object.entries(object) as [Key, A][]).map(([key, value]) => [key, map(value, key)]),
  ) as Record<Key, B>;
}

await runBench(main);
