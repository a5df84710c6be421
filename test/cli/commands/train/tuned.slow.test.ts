// Kernels chosen by measurement, from the cache on the disk to the bytes of a run.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { traitsOf } from "../../../../src/autograd/program.ts";
import { savedState, trainFolder } from "../../../../src/cli/commands/train/train.ts";
import { Gpu } from "../../../../src/gpu/gpu.ts";
import { cacheFolder, cacheStorage } from "../../../../src/platform/files/cache.node.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../../../../src/train/options/options.ts";
import { defaultRunOptions } from "../../../../src/train/options/table.ts";
import { planStep } from "../../../../src/train/step/plan.ts";
import { ChoiceCache } from "../../../../src/tuning/cache.ts";
import { layersOf } from "../../../../src/tuning/layers.ts";
import type { TuneMode } from "../../../../src/tuning/modes.ts";
import { testFolder } from "../../../folder.ts";
import { webGpu } from "../../../gpu.ts";

const folder = testFolder("tuned");
const { XDG_CACHE_HOME } = process.env;
process.env.XDG_CACHE_HOME = join(folder, "cache");
afterAll(() => {
  if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
});

const training: TrainingOptions = {
  ...defaultTrainingOptions,
  ...{ netG: "resnet_6blocks", netD: "pixel", ngf: 2, ndf: 2, loadSize: 18, cropSize: 16, noHtml: true, seed: 3 },
};

/** As if another kernel had been the fastest for every layer on this adapter. */
async function plantCache(chosen: string): Promise<void> {
  const gpu = await Gpu.open(webGpu);
  const shape = { count: 1, A: [16, 16], B: [16, 16] } as const;
  const layers = layersOf([planStep(training, shape, traitsOf(gpu)).plan], traitsOf(gpu));
  const cache = await ChoiceCache.of(gpu, cacheStorage());
  gpu.close();
  await cache.add(layers.map(({ name }) => ({ layer: name, byRule: "", chosen, seconds: {}, refused: {} })));
}

async function train(name: string, maxSteps: number, tune: TuneMode, continueTrain = false): Promise<Buffer> {
  const run = { ...defaultRunOptions, dataroot: "samples/train", name, checkpointsDir: folder, continueTrain };
  const saved = continueTrain ? await savedState(run, () => {}) : undefined;
  await trainFolder({ run, training: { ...training, maxSteps }, saved, tune, onMessage: () => {} });
  return readFileSync(join(folder, name, "latest_net_G_A.pth"));
}

test("a run begins with what the cache knows, and continues with it when the cache is gone", async () => {
  const ruled = await train("ruled", 3, "auto");
  await plantCache("registers 1x1 in 8x8");
  const tuned = await train("tuned", 3, "auto");
  expect(tuned.equals(ruled)).toBe(false);
  expect((await train("off", 3, "off")).equals(ruled)).toBe(true);

  await train("stopped", 1, "auto");
  rmSync(cacheFolder(), { recursive: true });
  await plantCache("registers 8x1 in 8x8");
  expect((await train("stopped", 3, "auto", true)).equals(tuned)).toBe(true);
});
