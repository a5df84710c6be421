// One forward pass of the ResNet generator in every framework, from the call to the output values.

import { makePlan } from "../src/autograd/plan.ts";
import { Program, traitsOf } from "../src/autograd/program.ts";
import { input } from "../src/autograd/tensor.ts";
import type { NamedTensor } from "../src/formats/tensors.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { pack, unpack } from "../src/kernels/core/layout.ts";
import { elements, image } from "../src/kernels/core/operation.ts";
import { stateDict, type ResnetGenerator } from "../src/nn/architecture.ts";
import { converting } from "../src/nn/layers.ts";
import { network } from "../src/nn/networks.ts";
import { generatorToOnnx } from "../src/nn/onnx-export.ts";
import { uploadWeights } from "../src/nn/weights.ts";
import { startPeer, type Contender, type Opponents, type Shaped } from "./contenders.ts";
import { randomNumbers } from "./measure.ts";
import { startPytorch, torchLayouts } from "./pytorch.ts";

/**
 * Float32 sums of thousands of terms in a different order differ by a relative error of about 1e-6
 * per layer.
 */
export const forwardTolerance = 1e-4;

function tensorsOf(weights: ReadonlyMap<string, Shaped>): NamedTensor[] {
  return Array.from(weights, ([name, { shape, data }]) => {
    return { name, dtype: "float32", shape: [...shape], data: new Uint8Array(data.buffer) };
  });
}

async function startOurs(
  gpu: Gpu,
  architecture: ResnetGenerator,
  tensors: readonly NamedTensor[],
  picture: Shaped,
): Promise<Contender> {
  const type = image(...(picture.shape as [number, number, number, number]));
  const plan = makePlan(traitsOf(gpu), [network(architecture, input("image", type), converting)]);
  const program = await Program.prepare(gpu, plan, await uploadWeights(gpu, architecture, tensors));
  program.write("image", pack(type, picture.data));
  return {
    name: "pixelcycle",
    async run() {
      const start = performance.now();
      const usage = process.cpuUsage();
      await program.run();
      const bytes = await program.read();
      const milliseconds = performance.now() - start;
      const { user, system } = process.cpuUsage(usage);
      const processorMilliseconds = (user + system) / 1e3;
      return { milliseconds, processorMilliseconds, output: unpack(plan.outputs[0].type!, new Float32Array(bytes)) };
    },
    close: () => gpu.close(),
  };
}

/** Ours first. */
export async function forwardContenders(
  gpu: Gpu,
  { folder, against, python }: Opponents,
  architecture: ResnetGenerator,
  size: number,
): Promise<Contender[]> {
  const weights = new Map<string, Shaped>(
    stateDict(architecture).map(({ name, shape }) => {
      const data = randomNumbers(elements({ shape })).map((number) => number / 20);
      return [name, { shape, data }];
    }),
  );
  const picture: Shaped = { shape: [1, 3, size, size], data: randomNumbers(3 * size * size) };
  const tensors = tensorsOf(weights);
  const contenders = [await startOurs(gpu, architecture, tensors, picture)];
  const { blocks } = architecture;
  for (const [file, setup] of [
    ["tfjs", { weights, input: picture, blocks }],
    ["onnxruntime", { model: generatorToOnnx(tensors), input: picture }],
  ] as const) {
    if (!against.includes(file)) continue;
    const { name, ask, close } = await startPeer(`${folder}${file}.mjs`, setup);
    contenders.push({ name, run: () => ask("run"), close });
  }
  if (python !== undefined)
    for (const layout of torchLayouts) {
      const networks = { G_A: weights };
      const { name, ask, close } = await startPytorch(python, `${folder}pytorch.py`, layout, { networks, blocks });
      contenders.push({ name, run: () => ask({ A: picture }), close });
    }
  return contenders;
}

/** The norm of the difference, relative to the norm of our output. */
export function pictureDifference(picture: Float32Array, ours: Float32Array): number {
  if (picture.length !== ours.length) return Infinity;
  let difference = 0;
  let size = 0;
  for (let i = 0; i < ours.length; i++) {
    difference += (picture[i] - ours[i]) ** 2;
    size += ours[i] ** 2;
  }
  return Math.sqrt(difference / size);
}
