// One CycleGAN step as in the reference, with both generators and both discriminators, in every
// framework: the same weights and pictures, least squares, the identity loss, Adam. There are no
// image pools, since the peers do not have them.

import { toFloat32 } from "../src/formats/tensors/tensors.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import type { Image } from "../src/picture/image.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../src/train/options/options.ts";
import { lossNames } from "../src/train/step/metrics.ts";
import { initialWeights, mapNetworks } from "../src/train/step/networks.ts";
import { fromTensors, tensorsOf } from "../src/train/step/snapshot.ts";
import { Trainer } from "../src/train/step/trainer.ts";
import { startPeer, type Contender, type Opponents } from "./contenders.ts";
import { randomNumbers } from "./measure.ts";
import { startPytorch, torchLayouts } from "./pytorch.ts";

export interface StepSizes {
  size: number;
  ngf: number;
  ndf: number;
}

/** The largest allowed relative difference of each loss of the first step. */
export const stepTolerance = 1e-3;

/** A random picture, since the cost of a step does not depend on its contents. */
export function randomImage(size: number): Image {
  const data = Uint8ClampedArray.from(randomNumbers(4 * size * size), (number) => 127.5 * (number + 1));
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { width: size, height: size, data, hasAlpha: false };
}

/** The picture as the networks' input, in -1..1, [1, 3, H, W]. */
function samplesOf({ width, height, data }: Image) {
  const pixels = width * height;
  const samples = Float32Array.from({ length: 3 * pixels }, (_, i) => data[4 * (i % pixels) + Math.floor(i / pixels)]);
  return { shape: [1, 3, height, width], data: samples.map((sample) => sample / 127.5 - 1) };
}

async function startOurs(gpu: Gpu, options: TrainingOptions, A: Image, B: Image): Promise<Contender> {
  const shape = (image: Image) => [image.height, image.width] as const;
  const trainer = await Trainer.create(gpu, options, { count: 1, A: shape(A), B: shape(B) });
  trainer.restore(fromTensors(trainer.layout, tensorsOf(initialWeights(options))));
  const batch = { realA: [A], realB: [B], namesA: ["A"], namesB: ["B"] };
  let step = 0;
  return {
    name: "pixelcycle",
    async run() {
      const start = performance.now();
      const usage = process.cpuUsage();
      const begun = await trainer.step(batch, {
        optimizerSteps: { generators: step, discriminators: step },
        pictures: step,
        learningRate: options.lr,
        learning: "both",
      });
      const losses = await begun.losses;
      const milliseconds = performance.now() - start;
      const { user, system } = process.cpuUsage(usage);
      step++;
      const output = Float32Array.from(lossNames, (name) => losses[name]);
      return { milliseconds, processorMilliseconds: (user + system) / 1e3, output };
    },
    close: () => gpu.close(),
  };
}

/** Ours first. Every run of a contender is its next step, on the same pictures. */
export async function stepContenders(
  gpu: Gpu,
  { folder, against, python }: Opponents,
  { size, ngf, ndf }: StepSizes,
): Promise<Contender[]> {
  const options: TrainingOptions = { ...defaultTrainingOptions, netG: "resnet_6blocks", ngf, ndf, poolSize: 0 };
  const [A, B] = [randomImage(size), randomImage(size)];
  const weights = initialWeights(options);
  const networks = mapNetworks((name) => {
    return new Map(weights[name].map((tensor) => [tensor.name, { shape: tensor.shape, data: toFloat32(tensor) }]));
  });
  const pictures = { A: samplesOf(A), B: samplesOf(B) };

  const contenders = [await startOurs(gpu, options, A, B)];
  const setup = { networks, blocks: 6 };
  for (const file of ["tfjs", "jax"] as const) {
    if (!against.includes(file)) continue;
    const { name, ask, close } = await startPeer(`${folder}${file}-step.mjs`, setup);
    contenders.push({ name, run: () => ask(pictures), close });
  }
  if (python !== undefined)
    for (const layout of torchLayouts) {
      const { name, ask, close } = await startPytorch(python, `${folder}pytorch.py`, layout, setup);
      contenders.push({ name, run: () => ask(pictures), close });
    }
  return contenders;
}

/** The largest relative difference of a loss. */
export function lossDifference(losses: Float32Array, ours: Float32Array): number {
  return Math.max(...losses.map((loss, i) => Math.abs(loss / ours[i] - 1)));
}
