// One forward pass of the ResNet generator in every framework, from the call to the output values.

import type { NamedTensor } from "../src/formats/tensors/tensors.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { elements } from "../src/kernels/core/operation.ts";
import { stateDict, type ResnetGenerator } from "../src/nn/architecture.ts";
import { generatorToOnnx } from "../src/nn/onnx-export.ts";
import { startPeer, type Contender, type Opponents, type Shaped } from "./contenders.ts";
import { prepareForward } from "./forward-pass.ts";
import { randomNumbers } from "./measure.ts";
import type { PageAdapter } from "./page/chromium.ts";
import { pageContenders } from "./page/contenders.ts";
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
  const forward = await prepareForward(gpu, architecture, tensors, picture);
  return {
    name: "pixelcycle",
    async run() {
      const start = performance.now();
      const usage = process.cpuUsage();
      const output = await forward();
      const milliseconds = performance.now() - start;
      const { user, system } = process.cpuUsage(usage);
      return { milliseconds, processorMilliseconds: (user + system) / 1e3, output };
    },
    close: () => gpu.close(),
  };
}

/** What every contender computes: the generator with these weights, of this picture. */
function taskOf(architecture: ResnetGenerator, size: number) {
  const weights = new Map<string, Shaped>(
    stateDict(architecture).map(({ name, shape }) => {
      const data = randomNumbers(elements({ shape })).map((number) => number / 20);
      return [name, { shape, data }];
    }),
  );
  const picture: Shaped = { shape: [1, 3, size, size], data: randomNumbers(3 * size * size) };
  const tensors = tensorsOf(weights);
  return { weights, picture, tensors, onnx: generatorToOnnx(tensors) };
}

/** Ours first. */
export async function forwardContenders(
  gpu: Gpu,
  opponents: Opponents,
  architecture: ResnetGenerator,
  size: number,
): Promise<Contender[]> {
  const task = taskOf(architecture, size);
  const { weights, picture, tensors, onnx } = task;
  const contenders = [await startOurs(gpu, architecture, tensors, picture)];
  const { blocks } = architecture;
  for (const [file, setup] of [
    ["tfjs", { weights, input: picture, blocks }],
    ["onnxruntime", { model: onnx, input: picture }],
  ] as const) {
    if (!opponents.against.includes(file)) continue;
    const { name, ask, close } = await startPeer(`${opponents.folder}${file}.mjs`, setup);
    contenders.push({ name, run: () => ask("run"), close });
  }
  return [...contenders, ...(await torchContenders(opponents, architecture, task))];
}

/** The same in Chromium; ours first. */
export async function forwardInPage(
  opponents: Opponents,
  ours: string,
  architecture: ResnetGenerator,
  size: number,
  adapter: PageAdapter,
) {
  const task = taskOf(architecture, size);
  const { ngf, blocks } = architecture;
  const tensors = [...task.tensors, ...tensorsOf(new Map([["picture", task.picture]]))];
  const page = await pageContenders(opponents, ours, { tensors, onnx: task.onnx, ngf, blocks }, adapter);
  return { ...page, contenders: [...page.contenders, ...(await torchContenders(opponents, architecture, task))] };
}

async function torchContenders(
  { folder, python }: Opponents,
  { blocks }: ResnetGenerator,
  { weights, picture }: Pick<ReturnType<typeof taskOf>, "weights" | "picture">,
): Promise<Contender[]> {
  const contenders: Contender[] = [];
  if (python === undefined) return contenders;
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
