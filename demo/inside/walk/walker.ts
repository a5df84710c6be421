// Runs a picture through a generator with one program that keeps the output of every layer, and
// reads the outputs back.

import { makePlan } from "../../../src/autograd/plan.ts";
import { Program, traitsOf } from "../../../src/autograd/program.ts";
import { apply, input, parameter } from "../../../src/autograd/tensor.ts";
import type { Gpu } from "../../../src/gpu/gpu.ts";
import { clockOf, timeDispatches } from "../../../src/gpu/timing.ts";
import { unpack } from "../../../src/kernels/core/layout.ts";
import { vector, type Launch } from "../../../src/kernels/core/operation.ts";
import { filesOf, shaderFiles } from "../../../src/kernels/core/shader-files.ts";
import { byteLevels, fromPixels, toPixels } from "../../../src/kernels/pixelart/pixels.ts";
import { checkSize, pictureArchitecture } from "../../../src/nn/generator.ts";
import { launchesOf, walk, type WalkStep } from "../../../src/nn/walk.ts";
import { uploadWeights } from "../../../src/nn/weights.ts";
import type { Image } from "../../../src/picture/image.ts";
import type { Model } from "../../parts/model.ts";
import type { LaunchCode, LayerInside, Walk, WalkedLayer } from "../api.ts";
import { channelsOf, spreadOf, thumbnailOf } from "../pictures.ts";

/** The pixels along a thumbnail's longer side. */
const thumbnailSide = 32;

/**
 * The number of timed runs, of which the median counts. A CPU is too slow for more than one, and
 * needs no warm-up.
 */
const timings = 5;

export class Walker {
  private constructor(
    private readonly gpu: Gpu,
    private readonly steps: readonly WalkStep[],
    private readonly activations: readonly Float32Array<ArrayBuffer>[],
    readonly walk: Walk,
  ) {}

  /** @throws UserError if the network does not accept a picture of this size */
  static async run(gpu: Gpu, { tensors, description }: Model, image: Image): Promise<Walker> {
    const architecture = pictureArchitecture(tensors);
    checkSize(architecture, image.width, image.height);
    const pixels = input("pixels", { layout: "pixels", shape: [1, image.height, image.width] });
    const levels = parameter("byte levels", vector(byteLevels.length));
    const numbers = apply(fromPixels, [pixels, levels], { channels: architecture.inputChannels });
    const steps = walk(architecture, numbers);
    const picture = apply(toPixels, [steps.at(-1)!.output], {});
    const plan = makePlan(traitsOf(gpu), [...steps.map(({ output }) => output), picture]);

    const weights = await uploadWeights(gpu, architecture, tensors);
    try {
      weights.set("byte levels", await gpu.buffers.upload(byteLevels, "the table of byte levels"));
      const program = await Program.prepare(gpu, plan, weights);
      try {
        program.write("pixels", image.data);
        const times = await nanosecondsOf(gpu, program);
        const activations: Float32Array<ArrayBuffer>[] = [];
        for (const [index, { output }] of steps.entries()) {
          activations.push(
            unpack(output.type, new Float32Array(await program.read(index))) as Float32Array<ArrayBuffer>,
          );
        }
        const [, height, width] = picture.shape;
        const result = { width, height, data: new Uint8ClampedArray(await program.read(steps.length)) };
        const layers = steps.map((step, index): WalkedLayer => {
          const computed = plan.nodes.filter(({ traced }) => step.tensors.includes(traced));
          const channels = channelsOf(activations[index], step.output.shape);
          return {
            name: step.name,
            operation: step.operation,
            attributes: step.attributes as Record<string, unknown>,
            kernel: kernelOf(step),
            inputShapes: step.inputs.map(({ shape }) => shape),
            outputShape: step.output.shape,
            parameters: step.parameters,
            flops: step.flops,
            nanoseconds: computed.reduce((sum, { first, end }) => sum + sumOf(times.slice(first, end)), 0),
            spread: spreadOf(activations[index]),
            thumbnail: thumbnailOf(channels, thumbnailSide),
          };
        });
        const { name, network, parameters, networks } = description;
        const source = { width: image.width, height: image.height, data: image.data };
        const told = { model: { name, network, parameters, networks }, source, result, layers, clock: clockOf(gpu) };
        return new Walker(gpu, steps, activations, told);
      } finally {
        program.release();
      }
    } finally {
      weights.forEach((buffer) => gpu.buffers.release(buffer));
      gpu.buffers.trim();
    }
  }

  layer(index: number): LayerInside {
    const step = this.steps[index];
    const channels = channelsOf(this.activations[index], step.output.shape);
    const { forward, backward } = launchesOf(traitsOf(this.gpu), step);
    return {
      channels: channels.map((field) => ({ ...field, ...spreadOf(field.values) })),
      forward: forward.map(codeOf),
      backward: backward.map(codeOf),
    };
  }
}

/** The median time of each dispatch. */
async function nanosecondsOf(gpu: Gpu, { dispatches }: Program): Promise<number[]> {
  const all: number[][] = [];
  for (let i = 0; i < (gpu.adapter.software ? 1 : timings); i++) all.push(await timeDispatches(gpu, dispatches));
  return dispatches.map((_, i) => all.map((times) => times[i]).sort((a, b) => a - b)[all.length >> 1]);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function kernelOf({ tensors }: WalkStep): number | null {
  const { origin } = tensors[0];
  const filter = origin.kind === "computed" ? origin.inputs.find(({ type }) => /filter/i.test(type.layout)) : undefined;
  return filter ? filter.shape[2] : null;
}

function codeOf({ label, shader }: Launch): LaunchCode {
  return { label, files: filesOf(shader).map((name) => ({ name, text: shaderFiles[name] })), composed: shader };
}
