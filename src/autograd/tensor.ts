// A tensor is a promise of numbers: a node of a graph that says which operation makes it, of which other tensors.
// Writing a network down traces it; nothing is computed until a program made of the graph runs.

import type { Operation, TensorType } from "../kernels/core/operation.ts";

/** Where a tensor comes from: handed in for each run, kept from run to run, or computed. */
export type Origin =
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "parameter"; readonly name: string }
  | {
      readonly kind: "computed";
      readonly operation: Operation;
      readonly inputs: readonly Tensor[];
      readonly attributes: unknown;
      readonly phase: Phase;
    };

/** What a tensor is computed for: what the networks make and what it costs them, or the way back through them. */
export type Phase = "forward" | "backward";

let written = 0;

export class Tensor {
  /** Tensors are computed in the order in which they were written down. */
  readonly serial = written++;

  constructor(
    readonly type: TensorType,
    readonly origin: Origin,
  ) {}

  /** PyTorch's shape: an image is [N, C, H, W]. */
  get shape(): readonly number[] {
    return this.type.shape;
  }
}

/** A tensor whose contents are given at each run. */
export function input(name: string, type: TensorType): Tensor {
  return new Tensor(type, { kind: "input", name });
}

/** A tensor that lives as long as its network: weights, and what training keeps. */
export function parameter(name: string, type: TensorType): Tensor {
  return new Tensor(type, { kind: "parameter", name });
}

/**
 * The tensor that an operation makes of others. What is made of the way back is of the way back, unless `phase` says otherwise.
 *
 * @throws RangeError where their shapes do not fit
 */
export function apply<A>(
  operation: Operation<A>,
  inputs: readonly Tensor[],
  attributes: A,
  phase: Phase = inputs.some(isBackward) ? "backward" : "forward",
): Tensor {
  const types = inputs.map((tensor) => tensor.type);
  const type = operation.infer(types, attributes);
  return new Tensor(type, { kind: "computed", operation: operation as Operation, inputs, attributes, phase });
}

function isBackward({ origin }: Tensor): boolean {
  return origin.kind === "computed" && origin.phase === "backward";
}

/** All tensors that the outputs depend on, in the order in which they were written down: each after what it is made of. */
export function inOrder(outputs: readonly Tensor[]): Tensor[] {
  const found = new Set(outputs);
  // A set may grow while it is walked: networks are deeper than a recursion should be trusted with.
  for (const { origin } of found) {
    if (origin.kind === "computed") origin.inputs.forEach((input) => found.add(input));
  }
  return [...found].sort((a, b) => a.serial - b.serial);
}
