// Reverse-mode differentiation: from a loss back to the parameters. Each operation's backward is
// written with operations, so differentiating a graph only adds to the graph; nothing is computed
// here. The planner sees the forward and the backward pass as one list of work.
//
// Where y = f(x) and g = dL/dy, an operation's backward gives dL/dx = J' g, with J the Jacobian of
// f. A tensor that is used several times sums the gradients from all of its uses.
//
// Baydin et al. 2018, "Automatic Differentiation in Machine Learning: a Survey", section 3.2.

import type { Operation } from "../kernels/core/operation.ts";
import { add } from "../kernels/tensor/elementwise.ts";
import { constant } from "../kernels/tensor/reduction.ts";
import { apply, inOrder, type Tensor } from "./tensor.ts";

/**
 * The gradients of the scalar `loss` with respect to the `wanted` tensors, in their order; null for
 * a tensor that the loss does not depend on.
 *
 * @throws Error naming the operation, where a gradient must pass through one that has no backward
 */
export function gradients(loss: Tensor, wanted: readonly Tensor[]): (Tensor | null)[] {
  const { gradients } = backwardPass(loss, wanted);
  return wanted.map((tensor) => gradients.get(tensor) ?? null);
}

/** The whole backward pass, for tools that inspect it. */
export interface BackwardPass {
  /**
   * The gradient of the loss with respect to each wanted tensor and each tensor between them and
   * the loss.
   */
  readonly gradients: ReadonlyMap<Tensor, Tensor>;
  /**
   * For each tensor of the backward pass, the tensor of the forward pass whose gradient was being
   * propagated when it was traced.
   */
  readonly forwardOf: ReadonlyMap<Tensor, Tensor>;
}

/** As `gradients`, with all tensors of the backward pass. */
export function backwardPass(loss: Tensor, wanted: readonly Tensor[]): BackwardPass {
  const order = inOrder([loss]);
  const leadsTo = new Set<Tensor>(wanted);
  for (const tensor of order) {
    const { origin } = tensor;
    if (origin.kind === "computed" && origin.inputs.some((input) => leadsTo.has(input))) leadsTo.add(tensor);
  }

  const forwardOf = new Map<Tensor, Tensor>();
  let current = loss;
  const write: typeof apply = (...of) => {
    const tensor = apply(...of);
    forwardOf.set(tensor, current);
    return tensor;
  };
  const recomputed = recomputation(write);
  const shared = sharedApply(write);
  const gradientOf = new Map<Tensor, Tensor>([[loss, write(constant, [], { type: loss.type, value: 1 }, "backward")]]);
  for (const tensor of order.reverse()) {
    current = tensor;
    const { origin } = tensor;
    const gradient = gradientOf.get(tensor);
    if (origin.kind !== "computed" || !gradient || !leadsTo.has(tensor)) continue;
    if (!origin.operation.backward) {
      throw new Error(`${origin.operation.name} has no backward: it cannot be trained through.`);
    }
    const parts = origin.operation.backward<Tensor>({
      inputs: origin.inputs.map(recomputed),
      output: recomputed(tensor),
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
  return { gradients: gradientOf, forwardOf };
}

/**
 * Outputs of operations that declare `recompute` are not kept for the backward pass but computed
 * again there. That costs one pass over memory and saves a quarter to a third of what a step keeps
 * between its launches. Their inputs, a convolution's output and its statistics, are kept.
 */
function recomputation(write: typeof apply): (tensor: Tensor) => Tensor {
  const recorded = new Map<Tensor, Tensor>();
  const isRecomputed = ({ origin }: Tensor): boolean =>
    origin.kind === "computed" &&
    (origin.operation.recompute === "always" ||
      (origin.operation.recompute === "withItsInput" && isRecomputed(origin.inputs[0])));
  return function recomputed(tensor: Tensor): Tensor {
    const { origin } = tensor;
    if (origin.kind !== "computed" || !isRecomputed(tensor)) return tensor;
    let copy = recorded.get(tensor);
    if (!copy) {
      copy = write(origin.operation, origin.inputs.map(recomputed), origin.attributes, "backward");
      recorded.set(tensor, copy);
    }
    return copy;
  };
}

/**
 * `write`, but the same operation on the same inputs is applied only once: a network that is used
 * twice transposes its filters once.
 */
function sharedApply(write: typeof apply) {
  const recorded = new Map<Operation, { inputs: readonly Tensor[]; attributes: string; tensor: Tensor }[]>();
  return function <A>(operation: Operation<A>, inputs: readonly Tensor[], attributes: A): Tensor {
    const list = recorded.get(operation as Operation) ?? [];
    recorded.set(operation as Operation, list);
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
