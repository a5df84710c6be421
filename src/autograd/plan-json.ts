// A plan as plain data, for drawing it as a graph or listing it in a table. docs/architecture.md
// describes the format.

import type { Operand } from "../kernels/core/operation.ts";
import type { Plan } from "./plan.ts";
import type { Tensor } from "./tensor.ts";

export interface PlanJson {
  readonly version: 1;
  readonly nodes: readonly NodeJson[];
  /** The wanted nodes, in the order in which a program returns them. */
  readonly outputs: readonly number[];
  readonly launches: number;
  /** Bytes of each slot of memory. */
  readonly slots: readonly number[];
  /** The peak of the bytes in use: what the slots would take if they fitted without gaps. */
  readonly liveBytes: number;
}

/** A tensor and the operation that computes it. */
export interface NodeJson {
  /** Its index in `nodes`; every node comes after its inputs. */
  readonly id: number;
  /**
   * The operation's name; "input" for a tensor passed to each run, "parameter" for one kept between
   * runs.
   */
  readonly operation: string;
  /** The name of an input or a parameter. */
  readonly name?: string;
  readonly attributes: unknown;
  readonly phase: NodePhase;
  /** PyTorch's shape. */
  readonly shape: readonly number[];
  readonly layout: string;
  readonly inputs: readonly number[];
  /** The half-open range of its launches. */
  readonly launches: readonly [first: number, end: number];
  /**
   * As the operation's declaration counts them, with each input read once and the output written
   * once.
   */
  readonly flops: number;
  readonly bytes: number;
  readonly memory: MemoryJson;
  /** Memory that only its own launches use. */
  readonly scratch: readonly SlotJson[];
}

/** "update" overwrites what is kept between runs: the optimiser's step, running statistics. */
export type NodePhase = "given" | "forward" | "backward" | "update";

/**
 * Where it is stored: in a slot that other tensors use at other times, or in named memory that
 * outlives the run.
 */
export type MemoryJson = SlotJson | { readonly kept: string; readonly bytes: number };

export interface SlotJson {
  readonly slot: number;
  readonly bytes: number;
  /**
   * The first launch that writes it, or -1 if it exists before the run; and the last that reads it,
   * or the number of launches if it is an output.
   */
  readonly first: number;
  readonly last: number;
}

export function planJson(plan: Plan): PlanJson {
  const ids = new Map(plan.nodes.map(({ tensor }, id) => [tensor, id]));
  const names = new Map([...plan.parameters].map(([name, operand]) => [operand, name]));
  const tensors = new Set(plan.nodes.map(({ operand }) => operand));
  const slotOf = (operand: Operand): SlotJson => {
    const { first, last } = plan.lifetimes.get(operand)!;
    return { slot: plan.slots.get(operand)!, bytes: operand.bytes, first, last };
  };
  const memoryOf = (operand: Operand): MemoryJson => {
    const kept = names.get(operand);
    return kept === undefined ? slotOf(operand) : { kept, bytes: operand.bytes };
  };
  const nodes = plan.nodes.map((node, id): NodeJson => {
    const { tensor, operand, first, end } = node;
    const bound = plan.launches.slice(first, end).flatMap(({ bindings }) => bindings.map(({ operand }) => operand));
    return {
      id,
      ...describe(tensor, ids),
      shape: tensor.shape,
      layout: tensor.type.layout,
      launches: [first, end],
      memory: memoryOf(operand),
      scratch: [...new Set(bound)].filter((operand) => !tensors.has(operand)).map(slotOf),
    };
  });
  const outputs = plan.outputs.map((operand) => plan.nodes.findLastIndex((node) => node.operand === operand));
  return {
    version: 1,
    nodes,
    outputs,
    launches: plan.launches.length,
    slots: plan.slotBytes,
    liveBytes: mostAtOnce(plan),
  };
}

function describe({ origin }: Tensor, ids: ReadonlyMap<Tensor, number>) {
  if (origin.kind !== "computed") {
    const { kind, name } = origin;
    return { operation: kind, name, attributes: {}, phase: "given" as const, inputs: [], flops: 0, bytes: 0 };
  }
  const { operation, attributes, inputs, phase } = origin;
  return {
    operation: operation.name,
    attributes,
    phase: operation.inPlace ? ("update" as const) : phase,
    inputs: inputs.map((input) => ids.get(input)!),
    ...operation.cost(
      inputs.map((input) => input.type),
      attributes,
    ),
  };
}

function mostAtOnce({ lifetimes, launches }: Plan): number {
  // The change in the bytes in use at each launch; the first entry is before all launches.
  const change = new Float64Array(launches.length + 3);
  for (const [{ bytes }, { first, last }] of lifetimes) {
    change[first + 1] += bytes;
    change[last + 2] -= bytes;
  }
  let [live, most] = [0, 0];
  for (const difference of change) {
    live += difference;
    most = Math.max(most, live);
  }
  return most;
}
