// A tensor is a node of a graph: it names the operation that computes it and the tensors it is
// computed from. Describing a network traces it. Nothing is computed until a program made from the
// graph runs.

import type { Operation, TensorType } from "../kernels/core/operation.ts";

/**
 * Where a tensor comes from: passed to each run, kept between runs, or computed by an operation.
 */
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

/**
 * Which pass a tensor belongs to: the forward pass of networks and losses, or the backward pass.
 */
export type Phase = "forward" | "backward";

let nextSerial = 0;

export class Tensor {
  /** Tensors are computed in the order in which they were traced. */
  readonly serial = nextSerial++;

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
 * Applies an operation to tensors. The output belongs to the backward pass if one of its inputs
 * does, unless `phase` says otherwise.
 *
 * @throws RangeError where the shapes do not fit
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

/**
 * All tensors that the outputs depend on, in the order in which they were traced: each after its
 * inputs.
 */
export function inOrder(outputs: readonly Tensor[]): Tensor[] {
  const found = new Set(outputs);
  // An explicit worklist (a set may grow while it is iterated): networks are too deep to rely on
  // recursion.
  for (const { origin } of found) {
    if (origin.kind === "computed") origin.inputs.forEach((input) => found.add(input));
  }
  return [...found].sort((a, b) => a.serial - b.serial);
}
