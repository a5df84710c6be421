// Trains as test/torch/curves.py does, on the same pictures for as many steps, and compares the
// losses with those of PyTorch's seeds.

import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readCurves, unlike, type Run } from "../../bench/curves/curves.mjs";
import { PictureFolders } from "../../src/platform/training/training-pictures.node.ts";
import { Dataset } from "../../src/train/batches/dataset.ts";
import { defaultTrainingOptions } from "../../src/train/options/options.ts";
import { lossNames } from "../../src/train/step/metrics.ts";
import { initialWeights } from "../../src/train/step/networks.ts";
import { fromTensors, tensorsOf } from "../../src/train/step/snapshot.ts";
import { Trainer } from "../../src/train/step/trainer.ts";
import { openTestGpu } from "../gpu.ts";

const gpu = await openTestGpu();
const steps = 300;
const options = {
  ...{ ...defaultTrainingOptions, netG: "resnet_6blocks" as const, ngf: 8, ndf: 8 },
  ...{ loadSize: 64, cropSize: 64, seed: 21 },
};

test(`${steps} steps on the bundled pictures give PyTorch's losses`, { timeout: 3_600_000 }, async () => {
  const source = await PictureFolders.open(fileURLToPath(new URL("../../samples/train", import.meta.url)));
  const dataset = await Dataset.open(source, options);
  const trainer = await Trainer.create(gpu, options, { count: 1, A: [64, 64], B: [64, 64] });
  trainer.restore(fromTensors(trainer.layout, tensorsOf(initialWeights(options))));

  const run = Object.fromEntries(lossNames.map((name) => [name, [] as number[]])) as Run;
  for (let step = 0; step < steps; step++) {
    const epoch = Math.floor(step / dataset.batchesPerEpoch);
    const batch = await dataset.batch(epoch + 1, step - epoch * dataset.batchesPerEpoch);
    const begun = await trainer.step(batch, {
      optimizerSteps: { generators: step, discriminators: step },
      pictures: step,
      learningRate: options.lr,
      learning: "both",
    });
    const losses = await begun.losses;
    lossNames.forEach((name) => run[name].push(losses[name]));
  }
  dataset.close();
  trainer.release();

  const theirs = readCurves(new URL("../../docs/curves/pytorch.json", import.meta.url)).runs;
  expect(
    unlike(
      theirs.map(({ losses }) => losses),
      run,
    ),
  ).toEqual([]);
});
