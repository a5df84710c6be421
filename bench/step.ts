// npm run bench:step: times one training step as in the reference, in three ways: awaited by
// itself; as in a run, where the next step is submitted before the losses of the last one arrive;
// and kernel by kernel, by the GPU's own clock. docs/speed.md explains the results.

import { parseArgs } from "node:util";
import { UserError } from "../src/errors.ts";
import { Gpu } from "../src/gpu/gpu.ts";
import { clockOf } from "../src/gpu/timing.ts";
import { cacheStorage } from "../src/platform/files/cache.node.ts";
import { openWebGpu } from "../src/platform/gpu/gpu.node.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../src/train/options/options.ts";
import { knownChoices } from "../src/tuning/choose.ts";
import { runBench } from "./command.ts";
import { readWhole } from "./options.ts";
import { measureStep, type StepTimes } from "./step-times.ts";
import { duration, giga, kindHead, kindRows, table } from "./text.ts";

const defaults = { size: "256", ngf: "64", ndf: "64", blocks: "9", batch: "1", seconds: "15" } as const;

const usage = `npm run bench:step -- [options]
  --size N         pixels along a side of the pictures (256)
  --ngf N          filters of the generators' first layer (64)
  --ndf N          filters of the discriminators' first layer (64)
  --blocks 6 or 9  residual blocks (9)
  --batch N        pictures of each side in a step (1)
  --seconds N      at most so long for each of the three ways (15)
  --tuned          with the kernels that \`pixelcycle tune\` measured on this adapter
  --fast           without Dawn's robustness checks and validation
  --json           the same as one JSON object`;

async function main(): Promise<void> {
  const flags = {
    tuned: { type: "boolean" },
    fast: { type: "boolean" },
    json: { type: "boolean" },
    help: { type: "boolean" },
  } as const;
  const numbers = mapValues(defaults, (value) => ({ type: "string", default: value }) as const);
  const { values } = parseArgs({ options: { ...numbers, ...flags } });
  if (values.help) return console.log(usage);
  const sizes = mapValues(defaults, (_, name) => readWhole(name, values[name]));
  if (sizes.blocks !== 6 && sizes.blocks !== 9) throw new UserError("--blocks takes 6 or 9.");

  const gpu = await Gpu.open(await openWebGpu({ fast: values.fast }));
  if (values.tuned) {
    const say = (sentence: string) => console.error(sentence);
    gpu.choices = await knownChoices(gpu, { mode: "auto", storage: cacheStorage(), say });
    if (gpu.choices.size === 0)
      throw new UserError(`Nothing was measured on ${gpu.adapter.name}: run pixelcycle tune.`);
  }
  const options: TrainingOptions = {
    ...defaultTrainingOptions,
    netG: sizes.blocks === 6 ? "resnet_6blocks" : "resnet_9blocks",
    ngf: sizes.ngf,
    ndf: sizes.ndf,
    batchSize: sizes.batch,
  };
  const measured = await measureStep(gpu, options, sizes.size, sizes.seconds);
  if (values.json) {
    const { adapter } = gpu;
    console.log(JSON.stringify({ adapter, sizes: { ...sizes, fast: values.fast ?? false }, ...measured }, null, 2));
  } else {
    print(gpu, options, sizes, measured);
  }
  gpu.close();
}

function print(
  gpu: Gpu,
  { netG, ngf, ndf }: TrainingOptions,
  { size, batch }: Record<keyof typeof defaults, number>,
  { flops, bytes, dispatches, first, alone, inARow, processor, kinds }: StepTimes,
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
