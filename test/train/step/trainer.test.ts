// The trainer with every kind of network and objective: steps are finite and repeatable, and a
// restored state continues identically.

import { afterEach, describe, expect, test } from "vitest";
import { toFloat32 } from "../../../src/formats/tensors/tensors.ts";
import {
  checkTrainingOptions,
  defaultTrainingOptions,
  type TrainingOptions,
} from "../../../src/train/options/options.ts";
import { lossNames, type Losses } from "../../../src/train/step/metrics.ts";
import { initialWeights } from "../../../src/train/step/networks.ts";
import { memory, type OptimizerName } from "../../../src/train/step/optimizers.ts";
import { fromTensors, tensorsOf, toTensors } from "../../../src/train/step/snapshot.ts";
import { Trainer } from "../../../src/train/step/trainer.ts";
import { openTestGpu } from "../../gpu.ts";
import { randomPicture } from "../../networks.ts";

const gpu = await openTestGpu();
const open: Trainer[] = [];
afterEach(() => open.splice(0).forEach((trainer) => trainer.release()));

const tiny: TrainingOptions = {
  ...defaultTrainingOptions,
  netG: "resnet_6blocks",
  netD: "pixel",
  ngf: 2,
  ndf: 2,
  loadSize: 16,
  cropSize: 16,
  poolSize: 2,
  initGain: 0.2,
};

const kinds: [string, Partial<TrainingOptions>, number?][] = [
  ["instance norm", {}],
  ["batch norm, two pictures", { norm: "batch", batchSize: 2 }],
  ["no norm, wgangp", { norm: "none", ganMode: "wgangp" }],
  ["vanilla, no identity, no pool", { ganMode: "vanilla", lambdaIdentity: 0, poolSize: 0 }],
  ["grey pictures", { inputNc: 1, outputNc: 1 }],
  ["grey to colour", { inputNc: 1, lambdaIdentity: 0 }],
  ["patches of two layers", { netD: "n_layers", nLayersD: 2, cropSize: 24, loadSize: 24 }, 24],
  ["orthogonal weights", { initType: "orthogonal" }],
  ["xavier weights", { initType: "xavier" }],
  ["kaiming weights", { initType: "kaiming" }],
  ["cells", { preprocess: "crop", cell: 4, lambdaColor: 3, lambdaCell: 10, lambdaChecker: 5 }],
  [
    "cells of the other side, batch norm",
    { preprocess: "crop", cell: 8, lambdaChecker: 5, direction: "BtoA", norm: "batch" },
  ],
];

async function trainer(options: TrainingOptions, side: number): Promise<Trainer> {
  const made = await Trainer.create(gpu, options, { count: options.batchSize, A: [side, side], B: [side, side] });
  open.push(made);
  made.restore(fromTensors(made.layout, tensorsOf(initialWeights(options))));
  return made;
}

async function take(
  trainer: Trainer,
  steps: readonly number[],
  side: number,
  learning: TrainingOptions["learning"] = "both",
): Promise<Losses[]> {
  const { batchSize } = trainer.options;
  const losses: Losses[] = [];
  for (const step of steps) {
    const pictures = Array.from({ length: 2 * batchSize }, (_, i) => {
      const { data, ...rest } = randomPicture(side, side);
      return { ...rest, data: data.map((byte, at) => (at % 4 === 3 ? 255 : (byte * (i + step + 1)) % 256)) };
    });
    const batch = {
      realA: pictures.slice(0, batchSize),
      realB: pictures.slice(batchSize),
      namesA: [],
      namesB: [],
    };
    const begun = await trainer.step(batch, {
      optimizerSteps: { generators: step, discriminators: step },
      pictures: step * batchSize,
      learningRate: 0.001,
      learning,
    });
    losses.push(await begun.losses);
  }
  return losses;
}

describe.each(kinds)("%s", (_name, changes, side = 16) => {
  const options = { ...tiny, ...changes };

  test("trains, and continues from a saved state as if uninterrupted", async () => {
    checkTrainingOptions(options);
    const first = await trainer(options, side);
    const before = toTensors(first.layout, await first.save());
    await take(first, [0, 1], side);
    const saved = await first.save();
    const after = toTensors(first.layout, saved);
    const next = await take(first, [2, 3], side);
    for (const losses of next) {
      for (const name of lossNames) expect(losses[name], name).toSatisfy(Number.isFinite);
      expect(losses.idt_A === 0).toBe(options.lambdaIdentity === 0);
      expect(losses.color !== undefined).toBe(options.lambdaColor > 0);
      expect(losses.cell !== undefined).toBe(options.lambdaCell > 0);
      expect(losses.checker !== undefined).toBe(options.lambdaChecker > 0);
    }

    // Every weight has moved, and every moment with it.
    const name = memory.tensor("G_A", "model.1.weight");
    const values = (tensors: typeof before) => toFloat32(tensors.find((tensor) => tensor.name === name)!);
    expect(values(after)).not.toEqual(values(before));
    expect(after.map(({ name }) => name)).toContain(`second moment of ${name}`);

    // Through named tensors, as through a file, into another trainer.
    const second = await trainer(options, side);
    second.restore(fromTensors(second.layout, after));
    expect(await take(second, [2, 3], side)).toEqual(next);
    expect(toTensors(second.layout, await second.save())).toEqual(toTensors(first.layout, await first.save()));
  });
});

describe.each(["generators", "discriminators"] as const)("where only the %s learn", (learning) => {
  test("the others keep weights and moments byte for byte, and losses are the same in the first step", async () => {
    const options = { ...tiny, norm: "batch" as const, batchSize: 2 };
    const frozen = learning === "generators" ? "discriminators" : "generators";
    const trained = await trainer(options, 16);
    await take(trained, [0, 1], 16); // so that there are moments
    const before = await trained.save();
    const losses = await take(trained, [2, 3], 16, learning);
    const after = await trained.save();
    for (const name of [memory.weights, memory.first, memory.second]) {
      const stays = (optimizer: OptimizerName) =>
        Buffer.from(after.get(name(optimizer))!).equals(Buffer.from(before.get(name(optimizer))!));
      expect([stays(frozen), stays(learning)]).toEqual([true, false]);
    }
    trained.restore(before);
    const [first, second] = await take(trained, [2, 3], 16);
    expect(losses[0]).toEqual(first);
    expect(losses[1]).not.toEqual(second);
  });
});

test("a state of other networks is refused with the name of what does not fit", async () => {
  const small = await trainer(tiny, 16);
  const tensors = toTensors(small.layout, await small.save());
  const large = await trainer({ ...tiny, ngf: 4 }, 16);
  expect(() => fromTensors(large.layout, tensors)).toThrow(/G_A\/model\.1\.weight has shape \[2,3,7,7\].*\[4,3,7,7\]/);
  expect(() => fromTensors(small.layout, tensors.slice(1))).toThrow(/no tensor called G_A\/model\.1\.weight/);
});
