// Estimates the cost of a step before the run starts: work and memory from the plan, time from
// earlier steps on this adapter.

import { traitsOf } from "../../../src/autograd/program.ts";
import { UserError } from "../../../src/errors.ts";
import type { AdapterDescription } from "../../../src/gpu/adapter.ts";
import type { Gpu } from "../../../src/gpu/gpu.ts";
import { parameterCount } from "../../../src/nn/architecture.ts";
import { blankImage } from "../../../src/picture/image.ts";
import { openGpu } from "../../../src/platform/gpu/gpu.browser.ts";
import { browserStorage } from "../../../src/platform/training/storage.browser.ts";
import {
  checkTrainingOptions,
  defaultTrainingOptions,
  type TrainingOptions,
} from "../../../src/train/options/options.ts";
import { checkFits } from "../../../src/train/step/fit.ts";
import { architecturesOf, initialWeights, networkNames } from "../../../src/train/step/networks.ts";
import { planStep, type BatchShape } from "../../../src/train/step/plan.ts";
import { fromTensors, tensorsOf } from "../../../src/train/step/snapshot.ts";
import { Trainer, type StepPlace } from "../../../src/train/step/trainer.ts";
import type { StepCost } from "../api.ts";
import { rateFor, withRate, type Rates } from "./rates.ts";

let opened: Promise<Gpu> | undefined;

/** The device that plans are made for. Each run opens its own. */
function planningGpu(): Promise<Gpu> {
  opened ??= openGpu().then(
    (gpu) => {
      void gpu.lost.then(() => (opened = undefined));
      return gpu;
    },
    (error: unknown) => {
      opened = undefined; // after a failure the next call tries again
      throw error;
    },
  );
  return opened;
}

export async function adapterHere(): Promise<AdapterDescription> {
  return (await planningGpu()).adapter;
}

/**
 * The cost of a step with a full batch. If the pictures determine the shape, it assumes square
 * ones.
 */
export async function costOf(options: TrainingOptions): Promise<StepCost> {
  const parameters = () => {
    const architectures = architecturesOf(options);
    return networkNames.reduce((sum, name) => sum + parameterCount(architectures[name]), 0);
  };
  try {
    checkTrainingOptions(options);
    const gpu = await planningGpu();
    const shape = shapeOf(options);
    const { plan, keptBytes } = planStep(options, shape, traitsOf(gpu));
    const rate = await rateOf(gpu, plan.flops);
    return {
      flops: plan.flops,
      memoryBytes: plan.bytes + keptBytes,
      parameters: parameters(),
      seconds: rate === undefined ? null : plan.flops / rate,
      refusal: refusalOf(() => checkFits(options, shape, gpu)),
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { flops: 0, memoryBytes: 0, parameters: 0, seconds: null, refusal: error.message };
  }
}

function refusalOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

function shapeOf({ preprocess, cropSize, loadSize, batchSize }: TrainingOptions): BatchShape {
  const side = preprocess.includes("crop") ? cropSize : loadSize;
  return { count: batchSize, A: [side, side], B: [side, side] };
}

/** The file with each adapter's rates, from runs or from a short measurement. */
const ratesFile = "rates.json";
let rates: Promise<Record<string, Rates>> | undefined;
let measuring: Promise<void> | undefined;

/** FLOPs per second; undefined if nothing is known yet, in which case a measurement starts. */
async function rateOf(gpu: Gpu, flops: number): Promise<number | undefined> {
  const rate = rateFor((await readRates())[gpu.adapter.name] ?? {}, flops);
  if (rate === undefined) measuring ??= measure(gpu).catch(() => {});
  return rate;
}

/** Waits for a running measurement, which other work would disturb. */
export async function untilMeasured(): Promise<void> {
  await measuring;
}

function readRates(): Promise<Record<string, Rates>> {
  return (rates ??= browserStorage("adapters")
    .read(ratesFile)
    .then((bytes) => (bytes ? JSON.parse(new TextDecoder().decode(bytes)) : {}))
    .catch(() => ({})));
}

let written = 0;

/**
 * Records an adapter's rate, also for the next visit.
 *
 * @param flops of a step that took `seconds`
 */
export async function rememberStep({ adapter }: Gpu, flops: number, seconds: number): Promise<void> {
  const known = await readRates();
  known[adapter.name] = withRate(known[adapter.name] ?? {}, flops, seconds);
  if (performance.now() - written < 10_000) return;
  written = performance.now();
  // A full disk is reported when a state cannot be saved.
  await browserStorage("adapters")
    .write(ratesFile, JSON.stringify(known))
    .catch(() => {});
}

/** A small training step with the usual kernels; even smaller on a CPU. */
function probeFor({ adapter }: Gpu): TrainingOptions {
  const [side, filters] = adapter.software ? [32, 4] : [64, 16];
  return {
    ...defaultTrainingOptions,
    netG: "resnet_6blocks",
    netD: "pixel",
    ngf: filters,
    ndf: filters,
    loadSize: side,
    cropSize: side,
    poolSize: 0,
  };
}

const shortest = 300;

/**
 * Runs steps for `shortest` milliseconds. The first step does not count, since it includes
 * compiling.
 */
async function measure(gpu: Gpu): Promise<void> {
  const probe = probeFor(gpu);
  const trainer = await Trainer.create(gpu, probe, shapeOf(probe));
  try {
    trainer.restore(fromTensors(trainer.layout, tensorsOf(initialWeights(probe))));
    const picture = blankImage(probe.cropSize, probe.cropSize);
    const batch = { realA: [picture], realB: [picture], namesA: [""], namesB: [""] };
    const place = {
      pictures: 0,
      learningRate: 0,
      learning: "both" as const,
      optimizerSteps: { generators: 0, discriminators: 0 },
    };
    const step = async () => (await trainer.step(batch, place satisfies StepPlace)).losses;
    await step();
    const start = performance.now();
    let steps = 0;
    while (performance.now() - start < shortest) {
      await step();
      steps++;
    }
    await rememberStep(gpu, trainer.plan!.flops, (performance.now() - start) / 1000 / steps);
  } finally {
    trainer.release();
  }
}
