// Takes a network apart for inspection: its layers in order under PyTorch's names, each with its
// inputs and its output, and each as a step that can run by itself, with its backward pass.

import { gradients } from "../autograd/gradients.ts";
import { makePlan } from "../autograd/plan.ts";
import { apply, input, inOrder, type Tensor } from "../autograd/tensor.ts";
import { elements, type Launch, type Operation, type Traits } from "../kernels/core/operation.ts";
import { runningStatistics, statistics } from "../kernels/normalization/statistics.ts";
import type { Architecture } from "./architecture.ts";
import { converting, type Mode } from "./layers.ts";
import { network } from "./networks.ts";

export interface WalkStep {
  /**
   * PyTorch's name of the module. A sum or a concatenation has the name of the block that it ends.
   */
  readonly name: string;
  /** The operation's name, such as `convolution`; a norm's statistics belong to its `normalize`. */
  readonly operation: string;
  readonly attributes: unknown;
  /** The tensors that the step computes, in order; the last is its output. */
  readonly tensors: readonly Tensor[];
  /** The input images. */
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  /** The number of trained values. */
  readonly parameters: number;
  readonly flops: number;
}

const partsOfNorm = [statistics, runningStatistics] as Operation[];

/** The steps from an image to the network's output. */
export function walk(architecture: Architecture, image: Tensor, mode: Mode = converting): WalkStep[] {
  const names = new Map<Tensor, string[]>();
  const onLayer = (name: string, output: Tensor) => names.set(output, [...(names.get(output) ?? []), name]);
  const order = inOrder([network(architecture, image, { ...mode, onLayer })]);
  const steps: WalkStep[] = [];
  let tensors: Tensor[] = [];
  for (const tensor of order.filter((tensor) => tensor.serial > image.serial && tensor.origin.kind === "computed")) {
    tensors.push(tensor);
    const { operation, attributes } = computed(tensor);
    if (partsOfNorm.includes(operation)) continue;
    const outside = inputsOf(tensors);
    const weights = outside.filter(({ origin }) => origin.kind === "parameter");
    steps.push({
      name: nameOf(tensor, names, order),
      operation: operation.name,
      attributes,
      tensors,
      inputs: outside.filter((given) => !weights.includes(given)),
      output: tensor,
      parameters: weights.filter(isTrained).reduce((sum, { type }) => sum + elements(type), 0),
      flops: tensors.reduce((sum, each) => sum + costOf(each), 0),
    });
    tensors = [];
  }
  return steps;
}

/**
 * The dispatches of a single step and of its backward pass, with respect to its inputs and its
 * parameters.
 */
export function launchesOf(traits: Traits, step: WalkStep): { forward: Launch[]; backward: Launch[] } {
  const copies = new Map(inputsOf(step.tensors).map((tensor, i) => [tensor, input(`input ${i}`, tensor.type)]));
  const given = [...copies.values()];
  for (const tensor of step.tensors) {
    const { operation, inputs, attributes } = computed(tensor);
    copies.set(
      tensor,
      apply(
        operation,
        inputs.map((each) => copies.get(each)!),
        attributes,
      ),
    );
  }
  const output = copies.get(step.output)!;
  const wanted = gradients(output, given).filter((gradient) => gradient !== null);
  const { nodes, launches } = makePlan(traits, [output, ...wanted]);
  const ofPhase = (phase: "forward" | "backward") =>
    nodes
      .filter(({ tensor: { origin } }) => origin.kind === "computed" && origin.phase === phase)
      // The incoming gradient stands for the rest of the network.
      .filter(({ tensor }) => phase === "forward" || computed(tensor).inputs.length > 0)
      .flatMap(({ first, end }) => launches.slice(first, end));
  return { forward: ofPhase("forward"), backward: ofPhase("backward") };
}

function computed({ origin }: Tensor) {
  if (origin.kind !== "computed") throw new Error(`${origin.name} is given, not computed.`);
  return origin;
}

/** The inputs of `tensors` that are not themselves among `tensors`. */
function inputsOf(tensors: readonly Tensor[]): Tensor[] {
  return [...new Set(tensors.flatMap((tensor) => computed(tensor).inputs))].filter((each) => !tensors.includes(each));
}

function costOf(tensor: Tensor): number {
  const { operation, inputs, attributes } = computed(tensor);
  return operation.cost(
    inputs.map(({ type }) => type),
    attributes,
  ).flops;
}

function isTrained({ origin }: Tensor): boolean {
  return origin.kind === "parameter" && !/\.running_(mean|var)$/.test(origin.name);
}

/**
 * Layers with tensors are named when they are traced. An activation is the module after the one
 * that it follows. The levels of a U-Net begin with an activation, so there it is the module before
 * the one that follows it. A sum or a concatenation ends a block and takes its name.
 */
function nameOf(tensor: Tensor, names: ReadonlyMap<Tensor, readonly string[]>, order: readonly Tensor[]): string {
  const own = names.get(tensor);
  if (own) return own[0];
  const { inputs } = computed(tensor);
  if (inputs.length > 1)
    return names
      .get(inputs[1])!
      .at(-1)!
      .replace(/\.(conv_block|model)\.\d+$/, "");
  const before = names.get(inputs[0])?.at(-1);
  const after = order.find(({ origin }) => origin.kind === "computed" && origin.inputs[0] === tensor);
  const next = after && names.get(after)?.[0];
  if (isLevelOfUnet(next)) return shifted(next, -1);
  return before ? shifted(before, 1) : shifted(next!, -1);
}

/**
 * Whether a name belongs to a convolution within the levels of a U-Net: `model.model.1.model.1`, or
 * `model.model.3` at its end.
 */
function isLevelOfUnet(name: string | undefined): name is string {
  return name?.startsWith("model.model.") ?? false;
}

function shifted(name: string, by: number): string {
  return name.replace(/\d+$/, (index) => String(Number(index) + by));
}
