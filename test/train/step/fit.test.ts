// Memory: what a step's plan takes, whether a device agrees, and the message for a run that does
// not fit.

import { describe, expect, test } from "vitest";
import { planJson } from "../../../src/autograd/plan-json.ts";
import { traitsOf } from "../../../src/autograd/program.ts";
import { UserError } from "../../../src/errors.ts";
import type { Image } from "../../../src/picture/image.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../../../src/train/options/options.ts";
import { checkFits } from "../../../src/train/step/fit.ts";
import { planStep, type BatchShape } from "../../../src/train/step/plan.ts";
import { Trainer } from "../../../src/train/step/trainer.ts";
import { largeHardware } from "../../devices.ts";
import { openTestGpu } from "../../gpu.ts";

/** Few launches: this file plans many steps. */
const small: TrainingOptions = {
  ...defaultTrainingOptions,
  netG: "resnet_6blocks",
  netD: "pixel",
  norm: "none",
  ngf: 8,
  ndf: 8,
  lambdaIdentity: 0,
  cropSize: 32,
  loadSize: 32,
  poolSize: 3,
};

function squares(side: number, count = 1): BatchShape {
  return { count, A: [side, side], B: [side, side] };
}

function bytesOf(options: TrainingOptions, shape: BatchShape, device = largeHardware): number {
  const { plan, keptBytes } = planStep(options, shape, device);
  return plan.bytes + keptBytes;
}

describe("the plan of a step", () => {
  test("takes at most 1.8 GB with the reference's defaults, at 256x256", () => {
    expect(bytesOf(defaultTrainingOptions, squares(256))).toBeLessThan(1.8e9);
  });

  test("takes at most 1.8 GB with batch norm too, where nothing can be batched", () => {
    expect(bytesOf({ ...defaultTrainingOptions, norm: "batch" }, squares(256))).toBeLessThan(1.8e9);
  });

  test("wastes little: what slots are larger than the peak in use is less than a twentieth of the step's memory", () => {
    const { plan, keptBytes } = planStep(defaultTrainingOptions, squares(256), largeHardware);
    expect(plan.bytes - planJson(plan).liveBytes).toBeLessThan(0.05 * (plan.bytes + keptBytes));
  });
});

test("a device allocates what the plan says, within a tenth", async () => {
  const gpu = await openTestGpu();
  const before = gpu.buffers.allocated;
  const trainer = await Trainer.create(gpu, small, squares(32, 2));
  const picture: Image = { width: 32, height: 32, data: new Uint8ClampedArray(4 * 32 * 32).fill(90), hasAlpha: false };
  const [pictures, names] = [
    [picture, picture],
    ["1", "2"],
  ];
  const batch = { realA: pictures, realB: pictures, namesA: names, namesB: names };
  const { losses } = await trainer.step(batch, {
    optimizerSteps: { generators: 0, discriminators: 0 },
    pictures: 0,
    learningRate: 2e-4,
    learning: "both",
  });
  await losses;
  const { plan, keptBytes } = planStep(small, squares(32, 2), largeHardware);
  const measured = gpu.buffers.allocated - before;
  expect(Math.abs(measured / (plan.bytes + keptBytes) - 1)).toBeLessThan(0.1);
  expect(gpu.buffers.peak).toBeLessThan(1.1 * (plan.bytes + keptBytes));
  trainer.release();
  expect(gpu.buffers.allocated).toBe(before);
});

describe("a run that does not fit", async () => {
  const needed = bytesOf({ ...small, batchSize: 2 }, squares(64, 2), traitsOf(await openTestGpu()));
  const gpu = await openTestGpu({ memory: 0.85 * needed });
  const options: TrainingOptions = { ...small, cropSize: 64, loadSize: 70, batchSize: 2 };

  /** The message of the refusal, or null. */
  function refusal(options: TrainingOptions, shape: BatchShape, rest?: number): string | null {
    try {
      checkFits(options, shape, gpu, rest);
      return null;
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      return (error as UserError).message;
    }
  }

  test("says how much it needs, how much there is, and what would fit", () => {
    const message = refusal(options, squares(64, 2))!;
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
    expect(message).toContain(
      `needs ${megabytes(needed)} MB of memory, but only ${megabytes(0.85 * needed)} MB may be used`,
    );
    const [, side, ngf, count] = /`cropSize` (\d+), or with `ngf` (\d+), or with `batchSize` (\d+)\./.exec(message)!;
    expect(Number(side)).toBeGreaterThan(24);
    expect(refusal({ ...options, cropSize: Number(side) }, squares(Number(side), 2))).toBeNull();
    expect(refusal({ ...options, cropSize: Number(side) + 4 }, squares(Number(side) + 4, 2))).not.toBeNull();
    expect(Number(ngf)).toBe(4);
    expect(refusal({ ...options, ngf: 4 }, squares(64, 2))).toBeNull();
    expect(Number(count)).toBe(1);
    expect(refusal({ ...options, batchSize: 1 }, squares(64, 1))).toBeNull();
  });

  test("counts the short batch at the end of an epoch, whose program is kept too", () => {
    expect(refusal(options, squares(52, 2))).toBeNull();
    expect(refusal(options, squares(52, 2), 1)).toContain("does not fit");
  });

  test("names a size that goes with the preprocessing", () => {
    expect(refusal({ ...options, preprocess: "resize" }, squares(64, 2))).toMatch(/with `loadSize` \d+,/);
    expect(refusal({ ...options, preprocess: "none" }, squares(64, 2))).toMatch(/`preprocess` crop `cropSize` \d+,/);
    expect(refusal({ ...options, preprocess: "scale_width" }, squares(64, 2))).toMatch(
      /`preprocess` scale_width_and_crop `cropSize` \d+,/,
    );
  });

  test("says so where nothing alone would help", () => {
    const message = refusal({ ...options, ndf: 1024 }, squares(64, 2));
    expect(message).toContain("Reducing only the size, the width or the batch is not enough");
  });

  test("names a tensor that cannot be bound, whatever the memory", async () => {
    const narrow = await openTestGpu({ maximumBindingBytes: 2 ** 20 });
    expect(() => checkFits({ ...small, ndf: 512 }, squares(16), narrow)).toThrow(
      /filters of 2\.1 MB, .* 1\.0 MB at once/,
    );
    expect(() => checkFits(small, squares(16), narrow)).not.toThrow();
  });
});
