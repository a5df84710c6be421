// What a training step consists of and what it keeps between steps, derived from only its options
// and the sizes of its pictures. Planning touches no device, so it works for hardware that is not
// present, and for settings that would not fit.

import { makePlan, type Plan } from "../../autograd/plan.ts";
import { apply, input, parameter } from "../../autograd/tensor.ts";
import { byteLength, image, vector, type TensorType, type Traits } from "../../kernels/core/operation.ts";
import { byteLevels, fromPixels, toPixels } from "../../kernels/pixelart/pixels.ts";
import { stateDict } from "../../nn/architecture.ts";
import { Arena } from "../../nn/arena.ts";
import { deviceType } from "../../nn/layers.ts";
import type { Batch } from "../batches/dataset.ts";
import type { TrainingOptions } from "../options/options.ts";
import { lossOrder } from "./loss-order.ts";
import { architecturesOf, type Architectures } from "./networks.ts";
import { memory, optimizerNames, optimizers, type OptimizerName } from "./optimizers.ts";
import { sampleLabels, type SampleLabel } from "./sample-pictures.ts";
import { inHalves, traceStep } from "./step.ts";

/** The plan of a step for these sizes, and the memory that outlives it. */
export interface StepPlan {
  readonly plan: Plan;
  /** Bytes that outlive the step: weights, gradients, moments, pools. */
  readonly keptBytes: number;
  /** The index of the output for each picture. */
  readonly pictureOutputs: Readonly<Partial<Record<SampleLabel, number>>>;
}

/** The number of a batch's pictures, and their height and width on each side. */
export interface BatchShape {
  readonly count: number;
  readonly A: readonly [height: number, width: number];
  readonly B: readonly [height: number, width: number];
}

/** What outlives a step, by the names of `memory`. */
export interface TrainerMemory {
  /** Where the trained tensors of each optimiser lie in its weights, gradients and moments. */
  readonly arenas: Readonly<Record<OptimizerName, Arena>>;
  /** Running statistics and pools, each with its own buffer. */
  readonly others: ReadonlyMap<string, { readonly type: TensorType; readonly bytes: number }>;
}

/** The memory layout of everything that a step of these sizes keeps. */
export function layOut(
  options: TrainingOptions,
  architectures: Architectures,
  { A, B }: BatchShape,
  { offsetAlignment }: Traits,
): TrainerMemory {
  const others = new Map<string, { type: TensorType; bytes: number }>();
  const own = (name: string, type: TensorType) => others.set(name, { type, bytes: byteLength(type) });
  const arena = (optimizer: OptimizerName) => {
    const types = new Map<string, TensorType>();
    for (const network of optimizers[optimizer]) {
      for (const tensor of stateDict(architectures[network])) {
        const type = deviceType(tensor);
        const name = memory.tensor(network, tensor.name);
        if (!type) continue;
        if (tensor.role === "running mean" || tensor.role === "running variance") own(name, type);
        else types.set(name, type);
      }
    }
    return new Arena(types, offsetAlignment);
  };
  const arenas = { generators: arena("generators"), discriminators: arena("discriminators") };
  if (options.poolSize > 0) {
    // Fakes of B are translated from As, and have their size.
    own(memory.pool("B"), image(options.poolSize, options.outputNc, ...A));
    own(memory.pool("A"), image(options.poolSize, options.inputNc, ...B));
  }
  return { arenas, others };
}

/** The bytes of each buffer that outlives a step. */
export function bufferBytes(options: TrainingOptions, { arenas, others }: TrainerMemory): Map<string, number> {
  const buffers = new Map([...others].map(([name, { bytes }]) => [name, bytes]));
  for (const optimizer of optimizerNames) {
    for (const name of [memory.weights, memory.gradients, memory.first, memory.second]) {
      buffers.set(name(optimizer), arenas[optimizer].bytes);
    }
    buffers.set(memory.losses(optimizer), byteLength(vector(lossOrder(options)[optimizer].length)));
  }
  if (inHalves(options)) buffers.set(memory.laterGradients, arenas.generators.bytes);
  return buffers;
}

/** Traces the step from the bytes of a batch's pictures on. */
export function tracePictures(
  options: TrainingOptions,
  architectures: Architectures,
  arenas: TrainerMemory["arenas"],
  shape: BatchShape,
) {
  const levels = parameter(memory.levels, vector(byteLevels.length));
  const real = (side: "A" | "B", channels: number) => {
    const [height, width] = shape[side];
    const pixels = input(memory.pixels(side), { layout: "pixels", shape: [shape.count, height, width] });
    return apply(fromPixels, [pixels, levels], { channels: channels as 1 | 3 });
  };
  return traceStep(options, architectures, arenas, real("A", options.inputNc), real("B", options.outputNc));
}

/** The cost of a step, without a device. */
export function planStep(options: TrainingOptions, shape: BatchShape, traits: Traits): StepPlan {
  const architectures = architecturesOf(options);
  const layout = layOut(options, architectures, shape, traits);
  const { wanted, named, pictures } = tracePictures(options, architectures, layout.arenas, shape);
  const shown = sampleLabels.filter((name) => pictures[name]);
  const plan = makePlan(traits, [...wanted, ...shown.map((name) => apply(toPixels, [pictures[name]!], {}))], named);
  const pictureOutputs = Object.fromEntries(shown.map((name, index) => [name, wanted.length + index]));
  return {
    plan,
    pictureOutputs,
    keptBytes: [...bufferBytes(options, layout).values()].reduce((sum, bytes) => sum + bytes, 0),
  };
}

export function shapeOf({ realA, realB }: Batch): BatchShape {
  return { count: realA.length, A: [realA[0].height, realA[0].width], B: [realB[0].height, realB[0].width] };
}

export function sameShape(a: BatchShape, b: BatchShape): boolean {
  return a.count === b.count && String(a.A) === String(b.A) && String(a.B) === String(b.B);
}

export function sizesOf({ A, B }: BatchShape): string {
  return `A ${A[1]} x ${A[0]} and B ${B[1]} x ${B[0]}`;
}
