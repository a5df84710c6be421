// Reverse mode: from a loss back to the parameters, each operation's backward written with operations that are operations themselves.
// What comes out is more graph; nothing is computed here. The planner sees forward and backward as one list of work.
//
// Baydin et al. 2018, "Automatic Differentiation in Machine Learning: a Survey", section 3.2.

import { add } from "../kernels/tensor/elementwise.ts";
import type { Operation } from "../kernels/core/operation.ts";
import { constant } from "../kernels/tensor/reduction.ts";
import { apply, inOrder, type Tensor } from "./tensor.ts";

/**
 * The gradient of `loss`, one number, by each of the `wanted` tensors, in their order; null for one that the loss does not depend on.
 *
 * @throws Error naming the operation, where the way back leads through one that has no backward
 */
export function gradients(loss: Tensor, wanted: readonly Tensor[]): (Tensor | null)[] {
  const { gradients } = wayBack(loss, wanted);
  return wanted.map((tensor) => gradients.get(tensor) ?? null);
}

/** The whole way back, for whoever wants to look at it. */
export interface WayBack {
  /** The gradient of the loss by each tensor that was passed: the wanted ones, and all between them and the loss. */
  readonly gradients: ReadonlyMap<Tensor, Tensor>;
  /** What was written down on the way, each with the tensor that it was written down for: the one that was being passed. */
  readonly madeFor: ReadonlyMap<Tensor, Tensor>;
}

/** As `gradients`, with all that lies on the way. */
export function wayBack(loss: Tensor, wanted: readonly Tensor[]): WayBack {
  const order = inOrder([loss]);
  const leadsTo = new Set<Tensor>(wanted);
  for (const tensor of order) {
    const { origin } = tensor;
    if (origin.kind === "computed" && origin.inputs.some((input) => leadsTo.has(input))) leadsTo.add(tensor);
  }

  const madeFor = new Map<Tensor, Tensor>();
  let passed = loss;
  const write: typeof apply = (...of) => {
    const tensor = apply(...of);
    madeFor.set(tensor, passed);
    return tensor;
  };
  const again = recomputation(write);
  const shared = sharedApply(write);
  const gradientOf = new Map<Tensor, Tensor>([[loss, write(constant, [], { type: loss.type, value: 1 }, "backward")]]);
  for (const tensor of order.reverse()) {
    passed = tensor;
    const { origin } = tensor;
    const gradient = gradientOf.get(tensor);
    if (origin.kind !== "computed" || !gradient || !leadsTo.has(tensor)) continue;
    if (!origin.operation.backward) {
      throw new Error(`${origin.operation.name} has no backward: it cannot be trained through.`);
    }
    const parts = origin.operation.backward<Tensor>({
      inputs: origin.inputs.map(again),
      output: again(tensor),
      gradient,
      attributes: origin.attributes,
      apply: shared,
      typeOf: ({ type }) => type,
    });
    origin.inputs.forEach((input, index) => {
      const part = parts[index];
      if (!part || !leadsTo.has(input)) return;
      const sum = gradientOf.get(input);
      gradientOf.set(input, sum ? write(add, [sum, part], {}) : part);
    });
  }
  return { gradients: gradientOf, madeFor };
}

/**
 * What the operations declare to `recompute` is not kept for the backward pass: a pass over memory each, for a quarter to a third of what a
 * step holds between its launches. What they are computed from, a convolution's output and its statistics, is kept.
 */
function recomputation(write: typeof apply): (tensor: Tensor) => Tensor {
  const made = new Map<Tensor, Tensor>();
  const isRecomputed = ({ origin }: Tensor): boolean =>
    origin.kind === "computed" &&
    (origin.operation.recompute === "always" ||
      (origin.operation.recompute === "withItsInput" && isRecomputed(origin.inputs[0])));
  return function again(tensor: Tensor): Tensor {
    const { origin } = tensor;
    if (origin.kind !== "computed" || !isRecomputed(tensor)) return tensor;
    let copy = made.get(tensor);
    if (!copy) {
      copy = write(origin.operation, origin.inputs.map(again), origin.attributes, "backward");
      made.set(tensor, copy);
    }
    return copy;
  };
}

/** `write`, but what two backwards ask for alike is made once: a network that is used twice turns its filters round once. */
function sharedApply(write: typeof apply) {
  const made = new Map<Operation, { inputs: readonly Tensor[]; attributes: string; tensor: Tensor }[]>();
  return function <A>(operation: Operation<A>, inputs: readonly Tensor[], attributes: A): Tensor {
    const list = made.get(operation as Operation) ?? [];
    made.set(operation as Operation, list);
    const key = JSON.stringify(attributes);
    const same = list.find(
      (entry) =>
        entry.attributes === key &&
        entry.inputs.length === inputs.length &&
        entry.inputs.every((input, index) => input === inputs[index]),
    );
    if (same) return same.tensor;
    const tensor = write(operation, inputs, attributes, "backward");
    list.push({ inputs: [...inputs], attributes: key, tensor });
    return tensor;
  };
}
