// The planner turns the wanted tensors into a fixed list of launches and the memory that they need.
// It computes nothing and touches no GPU, so a plan can be made before anything runs, to print it
// or to check whether it fits into memory.
//
//   trace -> order -> fuse -> launches -> lifetimes -> slots
//
// Two tensors share a slot of memory if the last use of one comes before the first use of the
// other.

import { byteLength, type Launch, type Operand, type Precision, type Traits } from "../kernels/core/operation.ts";
import { apply, inOrder, type Tensor } from "./tensor.ts";

export interface Plan {
  /** All tensors, each after its inputs. */
  readonly nodes: readonly PlanNode[];
  readonly launches: readonly Launch[];
  /** The slot of each operand that is not a parameter. */
  readonly slots: ReadonlyMap<Operand, number>;
  /** The lifetime of each operand: first write and last read. */
  readonly lifetimes: ReadonlyMap<Operand, Lifetime>;
  /** The bytes of each slot. */
  readonly slotBytes: readonly number[];
  readonly inputs: ReadonlyMap<string, Operand>;
  readonly parameters: ReadonlyMap<string, Operand>;
  readonly outputs: readonly Operand[];
  readonly flops: number;
  /** The bytes of all slots: the memory of a program, without its parameters. */
  readonly bytes: number;
  readonly parameterBytes: number;
}

export interface PlanNode {
  readonly tensor: Tensor;
  /** The traced tensor. If a follower was fused into an operation, it is the follower's. */
  readonly traced: Tensor;
  /** Its memory. */
  readonly operand: Operand;
  /** The half-open range of its launches. Inputs and parameters have none. */
  readonly first: number;
  readonly end: number;
}

/**
 * As launch numbers: -1 if it exists before the first launch, the number of launches if it is
 * needed after the last.
 */
export interface Lifetime {
  readonly first: number;
  readonly last: number;
}

/**
 * @param wanted what a program of this plan computes, in the order of its outputs
 * @param names wanted tensors to write to the caller's memory, with the name of that parameter
 * @param precision how images and filters are stored. "half" takes half of the memory, and only
 * operations that read half precision; there is no backward pass
 * @throws RangeError if a single row of an image exceeds what the device can bind
 */
export function makePlan(
  traits: Traits,
  wanted: readonly Tensor[],
  names: ReadonlyMap<Tensor, string> = new Map(),
  precision: Precision = "full",
): Plan {
  const replaced = fused(wanted);
  const outputs = wanted.map((tensor) => replaced.get(tensor)!);
  const traced = new Map([...replaced].map(([before, after]) => [after, before]));
  const order = inOrder(outputs);
  const operands = new Map<Tensor, Operand>();
  const inputs = new Map<string, Operand>();
  const parameters = new Map<string, Operand>();
  const name = (named: Map<string, Operand>, name: string, operand: Operand) => {
    if (named.has(name)) throw new Error(`Two tensors are called ${name}.`);
    named.set(name, operand);
  };
  wanted.forEach((tensor, index) => {
    if (!names.has(tensor)) return;
    const operand = operandOf(tensor, precision);
    operands.set(outputs[index], operand);
    name(parameters, names.get(tensor)!, operand);
  });
  const nodes: PlanNode[] = [];
  const launches: Launch[] = [];
  for (const tensor of order) {
    const { origin } = tensor;
    const overwritten = origin.kind === "computed" && origin.operation.inPlace && operands.get(origin.inputs[0]);
    const operand = overwritten || (operands.get(tensor) ?? operandOf(tensor, precision));
    operands.set(tensor, operand);
    const first = launches.length;
    if (origin.kind === "computed") {
      const from = origin.inputs.map((input) => operands.get(input)!);
      const { name, readsHalf = [] } = origin.operation;
      if (from.some(({ type }, i) => type?.half && !readsHalf.includes(i)))
        throw new Error(`${name} cannot read half precision.`);
      launches.push(...origin.operation.forward(traits, from, operand, origin.attributes));
    } else {
      name(origin.kind === "input" ? inputs : parameters, origin.name, operand);
    }
    nodes.push({ tensor, traced: traced.get(tensor)!, operand, first, end: launches.length });
  }
  const kept = new Set(parameters.values());
  const results = outputs.map((tensor) => operands.get(tensor)!);
  const lifetimes = lifetimesOf(launches, [...inputs.values()], results, kept);
  const { slots, slotBytes } = assignSlots(lifetimes);
  return {
    nodes,
    launches,
    slots,
    lifetimes,
    slotBytes,
    inputs,
    parameters,
    outputs: results,
    flops: launches.reduce((total, { flops }) => total + flops, 0),
    bytes: slotBytes.reduce((total, bytes) => total + bytes, 0),
    parameterBytes: [...kept].reduce((total, { bytes }) => total + bytes, 0),
  };
}

function operandOf({ type, origin }: Tensor, precision: Precision): Operand {
  const filter = type.layout === "filter" || type.layout === "transposedFilter";
  const half = precision === "half" && (origin.kind === "computed" ? origin.operation.writesHalf : filter);
  const stored = half ? { ...type, half } : type;
  return { type: stored, bytes: byteLength(stored) };
}

/**
 * The tensor that replaces each tensor after fusion. Where it can, an operation does the work of
 * its only reader in its own pass.
 */
function fused(outputs: readonly Tensor[]): Map<Tensor, Tensor> {
  const order = inOrder(outputs);
  const uses = new Map<Tensor, number>();
  const count = (tensor: Tensor) => uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  outputs.forEach(count);
  for (const { origin } of order) if (origin.kind === "computed") origin.inputs.forEach(count);

  const replaced = new Map<Tensor, Tensor>();
  for (const tensor of order) {
    const { origin } = tensor;
    if (origin.kind !== "computed") {
      replaced.set(tensor, tensor);
      continue;
    }
    const inputs = origin.inputs.map((input) => replaced.get(input)!);
    const before = inputs.length === 1 && uses.get(origin.inputs[0]) === 1 ? inputs[0].origin : undefined;
    const together =
      before?.kind === "computed"
        ? before.operation.fuse?.(before.attributes, origin.operation, origin.attributes)
        : undefined;
    replaced.set(
      tensor,
      before?.kind === "computed" && together
        ? apply(before.operation, before.inputs, together, origin.phase)
        : apply(origin.operation, inputs, origin.attributes, origin.phase),
    );
  }
  return replaced;
}

function lifetimesOf(
  launches: readonly Launch[],
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  kept: ReadonlySet<Operand>,
): Map<Operand, Lifetime> {
  const lifetimes = new Map<Operand, Lifetime>();
  const touch = (operand: Operand, time: number) => {
    if (!kept.has(operand)) lifetimes.set(operand, { first: lifetimes.get(operand)?.first ?? time, last: time });
  };
  inputs.forEach((operand) => touch(operand, -1));
  launches.forEach(({ bindings }, time) => bindings.forEach(({ operand }) => touch(operand, time)));
  outputs.forEach((operand) => touch(operand, launches.length));
  return lifetimes;
}

/**
 * First fit by decreasing size: each operand takes the first slot that is free during its lifetime.
 */
function assignSlots(lifetimes: ReadonlyMap<Operand, Lifetime>) {
  const slots = new Map<Operand, number>();
  const slotBytes: number[] = [];
  const tenants: Lifetime[][] = [];
  for (const [operand, lifetime] of [...lifetimes].sort(([a], [b]) => b.bytes - a.bytes)) {
    const apart = (other: Lifetime) => other.last < lifetime.first || lifetime.last < other.first;
    let slot = tenants.findIndex((others) => others.every(apart));
    if (slot < 0) {
      slot = tenants.push([]) - 1;
      slotBytes.push(operand.bytes);
    }
    tenants[slot].push(lifetime);
    slots.set(operand, slot);
  }
  return { slots, slotBytes };
}
