// The anatomy of one training step: which pass of which network each operation belongs to, which
// forward operation a backward operation belongs to, how large each gradient is, and how long each
// operation takes. It is the same step as in training, followed by one more reduction for each
// gradient.

import { planJson, type PlanJson } from "../../autograd/plan-json.ts";
import { makePlan, type Plan } from "../../autograd/plan.ts";
import { Program, traitsOf } from "../../autograd/program.ts";
import { apply, type Tensor } from "../../autograd/tensor.ts";
import type { NamedTensor } from "../../formats/tensors/tensors.ts";
import type { BufferRange } from "../../gpu/commands.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { clockOf, timeDispatches } from "../../gpu/timing.ts";
import { unpack } from "../../kernels/core/layout.ts";
import { elements, type Traits } from "../../kernels/core/operation.ts";
import { squaredError } from "../../kernels/training/losses.ts";
import type { Batch } from "../batches/dataset.ts";
import type { TrainingOptions } from "../options/options.ts";
import { lossOrder } from "./loss-order.ts";
import type { Losses } from "./metrics.ts";
import { architecturesOf, type NetworkName } from "./networks.ts";
import { memory, optimizerNames } from "./optimizers.ts";
import { layOut, shapeOf, tracePictures, type BatchShape } from "./plan.ts";
import { fromTensors, tensorsOf } from "./snapshot.ts";
import type { Pass } from "./step.ts";
import { Trainer } from "./trainer.ts";

export interface Anatomy {
  /** The step's plan, as in training. */
  readonly plan: PlanJson;
  /** One for each node of the plan. */
  readonly nodes: readonly NodeAnatomy[];
  readonly passes: readonly PassAnatomy[];
  readonly losses: Losses;
  /**
   * Whose clock the times are from. The CPU's is read around each dispatch, and adds the cost of a
   * submit.
   */
  readonly clock: "GPU" | "CPU";
}

export interface NodeAnatomy {
  /**
   * The number of the loss whose gradient flows through it, or to whose backward pass it belongs;
   * null if there is none.
   */
  readonly loss: number | null;
  /**
   * The number of the pass that it belongs to; null for what belongs to no network: losses, sums of
   * gradients, the optimiser.
   */
  readonly pass: number | null;
  /**
   * For a node of the backward pass: the node of the forward pass for which it computes a gradient.
   */
  readonly forwardNode: number | null;
  /**
   * The gradient of the loss with respect to the node, or to the parameter; null if there is none.
   */
  readonly gradient: GradientSize | null;
  /** For all its launches together. */
  readonly nanoseconds: number;
}

export interface GradientSize {
  /** The square root of the sum of squares. */
  readonly norm: number;
  /** The root mean square. */
  readonly rms: number;
}

/** One application of a network, forward and backward. */
export interface PassAnatomy {
  /** The number of the loss whose gradient flows through it. */
  readonly loss: number;
  readonly network: NetworkName;
  /** The nodes of its input and its output. */
  readonly input: number;
  readonly output: number;
}

/**
 * Takes one step, the first of a run with these weights, and measures it.
 *
 * @throws OutOfMemoryError with everything released
 */
export async function dissectStep(
  gpu: Gpu,
  options: TrainingOptions,
  weights: Readonly<Record<NetworkName, readonly NamedTensor[]>>,
  batch: Batch,
): Promise<Anatomy> {
  const shape = shapeOf(batch);
  const traced = traceAnatomy(options, shape, traitsOf(gpu));
  const trainer = await Trainer.create(gpu, options, shape);
  const taken: GPUBuffer[] = [];
  try {
    trainer.restore(fromTensors(trainer.layout, tensorsOf(weights)));
    const stride = gpu.limits.offsetAlignment;
    const squares = await gpu.buffers.acquire(stride * traced.gradients.size, "the sizes of gradients");
    taken.push(squares);
    const places = new Map(
      [...trainer.places()].map(([name, place]) => [name, "buffer" in place ? place : wholeOf(place)]),
    );
    [...traced.gradients.keys()].forEach((id, index) =>
      places.set(measureOf(id), { buffer: squares, offset: index * stride, size: 16 }),
    );
    const program = await Program.prepare(gpu, traced.measuring, places);
    try {
      const optimizerSteps = { generators: 0, discriminators: 0 };
      trainer.writeInputs(program, batch, { optimizerSteps, pictures: 0, learningRate: options.lr, learning: "both" });
      return await measure(gpu, options, traced, program, places);
    } finally {
      program.release();
    }
  } finally {
    taken.forEach((buffer) => gpu.buffers.release(buffer));
    trainer.release();
  }
}

async function measure(
  gpu: Gpu,
  options: TrainingOptions,
  { plan, gradients, nodes, passes }: TracedAnatomy,
  program: Program,
  places: ReadonlyMap<string, BufferRange>,
): Promise<Anatomy> {
  // A CPU needs no warm-up run: there the timed run is the only one. On a GPU the timed run is the
  // second, after all results have been read.
  const once = gpu.adapter.software ? await timeDispatches(gpu, program.dispatches) : undefined;
  if (!once) await program.run();

  const contents = new Map<GPUBuffer, ArrayBuffer>();
  const read = async (name: string) => {
    const { buffer, offset, size } = places.get(name)!;
    if (!contents.has(buffer)) contents.set(buffer, await gpu.read(buffer, 0, buffer.size));
    return new Float32Array(contents.get(buffer)!, offset, size / 4);
  };
  const sizes = new Map<number, GradientSize>();
  for (const [id, { type }] of gradients) sizes.set(id, sizeOf((await read(measureOf(id)))[0], elements(type)));
  for (const [id, node] of plan.nodes.entries()) {
    const { origin, type } = node.tensor;
    if (origin.kind !== "parameter" || !plan.parameters.has(memory.gradient(origin.name))) continue;
    const values = unpack(type, await read(memory.gradient(origin.name)));
    sizes.set(id, sizeOf(values.reduce((sum, value) => sum + value ** 2, 0) / values.length, values.length));
  }
  const losses: Partial<Record<keyof Losses, number>> = {};
  for (const optimizer of optimizerNames) {
    const values = await read(memory.losses(optimizer));
    lossOrder(options)[optimizer].forEach((name, index) => (losses[name] = values[index]));
  }
  const times = once ?? (await timeDispatches(gpu, program.dispatches.slice(0, plan.launches.length)));
  return {
    plan: planJson(plan),
    nodes: plan.nodes.map(({ first, end }, id) => ({
      ...nodes[id],
      gradient: sizes.get(id) ?? null,
      nanoseconds: times.slice(first, end).reduce((sum, time) => sum + time, 0),
    })),
    passes,
    losses: losses as Losses,
    clock: clockOf(gpu),
  };
}

function wholeOf(buffer: GPUBuffer): BufferRange {
  return { buffer, offset: 0, size: buffer.size };
}

interface TracedAnatomy {
  readonly plan: Plan;
  /**
   * The same nodes and launches, followed by the mean square of each gradient, in memory named by
   * `measureOf(id)` for each node.
   */
  readonly measuring: Plan;
  /** By the node of the forward pass. */
  readonly gradients: ReadonlyMap<number, Tensor>;
  readonly nodes: readonly Pick<NodeAnatomy, "loss" | "pass" | "forwardNode">[];
  readonly passes: readonly PassAnatomy[];
}

/** The part of the anatomy that is known before the step runs. */
export function traceAnatomy(options: TrainingOptions, shape: BatchShape, traits: Traits): TracedAnatomy {
  const architectures = architecturesOf(options);
  const { arenas } = layOut(options, architectures, shape, traits);
  const { wanted, named, passes, backwardPasses } = tracePictures(options, architectures, arenas, shape);
  const plan = makePlan(traits, wanted, named);

  const idOf = new Map<Tensor, number>();
  plan.nodes.forEach(({ tensor, traced }, id) => {
    idOf.set(traced, id);
    // A norm with a fused activation is the same node.
    const isFused = tensor.origin.kind === "computed" && tensor.origin.operation !== operationOf(traced);
    if (isFused && traced.origin.kind === "computed") idOf.set(traced.origin.inputs[0], id);
  });
  const passOf = new Map<Tensor, number>();
  passes.forEach((pass, index) => tensorsOfPass(pass).forEach((tensor) => passOf.set(tensor, index)));

  const gradients = new Map<number, Tensor>();
  const nodes = plan.nodes.map(({ traced }, id) => {
    const given = traced.origin.kind !== "computed";
    // A given tensor may be in several backward passes; a computed one is in one.
    const loss = given
      ? -1
      : backwardPasses.findIndex(({ forwardOf, gradients }) => forwardOf.has(traced) || gradients.has(traced));
    if (loss < 0) return { loss: null, pass: passOf.get(traced) ?? null, forwardNode: null };
    const forward = backwardPasses[loss].forwardOf.get(traced);
    const gradient = backwardPasses[loss].gradients.get(traced);
    if (gradient) gradients.set(id, gradient);
    return {
      loss,
      pass: passOf.get(forward ?? traced) ?? null,
      forwardNode: forward ? (idOf.get(forward) ?? null) : null,
    };
  });

  const measures = new Map(
    [...gradients].map(([id, gradient]) => [apply(squaredError, [gradient], { target: 0 }), measureOf(id)]),
  );
  const measuring = makePlan(traits, [...wanted, ...measures.keys()], new Map([...named, ...measures]));
  return {
    plan,
    measuring,
    gradients,
    nodes,
    passes: passes.map(({ network, input, output }) => ({
      network,
      loss: backwardPasses.findIndex(({ gradients }) => gradients.has(output)),
      input: idOf.get(input)!,
      output: idOf.get(output)!,
    })),
  };
}

function measureOf(id: number): string {
  return `mean square of the gradient by node ${id}`;
}

function sizeOf(meanSquare: number, count: number): GradientSize {
  return { norm: Math.sqrt(meanSquare * count), rms: Math.sqrt(meanSquare) };
}

function operationOf({ origin }: Tensor) {
  return origin.kind === "computed" ? origin.operation : undefined;
}

/** All tensors computed between a network's input and its output. */
function tensorsOfPass({ input, output }: Pass): Set<Tensor> {
  const found = new Set([output]);
  for (const { origin } of found) {
    if (origin.kind !== "computed") continue;
    for (const tensor of origin.inputs) {
      if (tensor !== input && tensor.origin.kind === "computed") found.add(tensor);
    }
  }
  return found;
}
