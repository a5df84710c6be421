// A plan as text and a table, for a terminal.

import type { NodeJson, PlanJson } from "../../../autograd/plan-json.ts";
import type { TrainingOptions } from "../../../train/options/options.ts";
import { memory, optimizerNames } from "../../../train/step/optimizers.ts";
import type { BatchShape } from "../../../train/step/plan.ts";

/** The output of `pixelcycle plan --json`. */
export interface StepPlanJson extends PlanJson {
  readonly adapter: string;
  readonly options: TrainingOptions;
  readonly shape: BatchShape;
  /** Bytes that outlive the step: weights, gradients, moments, pools. */
  readonly keptBytes: number;
}

export function planLines(plan: StepPlanJson): string[] {
  const { options, shape, adapter, nodes } = plan;
  const sizes = [...new Set([shape.A, shape.B].map(([height, width]) => `${width}x${height}`))].join(" and ");
  const title =
    `A training step of ${options.netG}, ngf ${options.ngf}, with ${options.netD}, ndf ${options.ndf}, norm ${options.norm}: ` +
    `${sizes}, batches of ${shape.count}, on ${adapter}`;
  const norms = nodes.filter(({ operation }) => operation === "normalize");
  const fused = norms.filter(({ attributes }) => (attributes as { activation?: object }).activation);
  const fusedBack = fused.filter(({ phase }) => phase === "backward");
  const again = norms.filter(({ phase }) => phase === "backward");
  const flopsIn = (phase: string) => sum(nodes.filter((node) => node.phase === phase).map(({ flops }) => flops));
  const flops = sum(nodes.map(({ flops }) => flops));
  const shares = ["forward", "backward", "update"].map((phase) => `${phase} ${percent(flopsIn(phase) / flops)}`);
  const slotBytes = sum(plan.slots);
  return [
    title,
    "",
    ...table(nodes),
    "",
    `FLOPs      ${giga(flops)} GFLOP: ${shares.join(", ")}`,
    `launches   ${plan.launches}`,
    `fused      ${fused.length} activations, each computed with the norm before it, ${fusedBack.length} of them in the backward pass`,
    `recomputed ${again.length} norms, in the backward pass, instead of keeping them: ${size(sum(again.map(({ memory }) => memory.bytes)))} in all`,
    `memory     ${size(slotBytes + plan.keptBytes)} at most`,
    `           ${size(slotBytes)} between launches, in ${plan.slots.length} slots (${size(plan.liveBytes)} in use at the peak)`,
    `           ${size(plan.keptBytes)} kept from step to step: ${keptText(plan)}`,
  ];
}

/** One line for each kind of operation, with the most arithmetic first. */
function table(nodes: readonly NodeJson[]): string[] {
  const kinds = new Map<string, NodeJson[]>();
  for (const node of nodes) {
    if (node.phase !== "given") kinds.set(node.operation, [...(kinds.get(node.operation) ?? []), node]);
  }
  const total = sum(nodes.map(({ flops }) => flops));
  const rows = [...kinds]
    .map(([operation, nodes]) => ({
      operation,
      count: nodes.length,
      launches: sum(nodes.map(({ launches: [first, end] }) => end - first)),
      flops: sum(nodes.map(({ flops }) => flops)),
      bytes: sum(nodes.map(({ bytes }) => bytes)),
    }))
    .sort((a, b) => b.flops - a.flops || b.bytes - a.bytes);
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(22) : cell.padStart(10))).join("");
  return [
    line(["operation", "count", "launches", "GFLOP", "share", "GB moved"]),
    ...rows.map(({ operation, count, launches, flops, bytes }) =>
      line([operation, String(count), String(launches), giga(flops), percent(flops / total), giga(bytes)]),
    ),
  ];
}

function keptText({ nodes }: StepPlanJson): string {
  const bytesOf = new Map(nodes.map(({ memory }) => ["kept" in memory ? memory.kept : "", memory.bytes]));
  const of = (...names: string[]) => sum(names.map((name) => bytesOf.get(name) ?? 0));
  const parts = {
    weights: of(...optimizerNames.map(memory.weights)),
    gradients: of(...optimizerNames.map(memory.gradients), memory.laterGradients),
    moments: of(...optimizerNames.flatMap((name) => [memory.first(name), memory.second(name)])),
    pools: of(memory.pool("A"), memory.pool("B")),
  };
  return Object.entries(parts)
    .filter(([, bytes]) => bytes > 0)
    .map(([name, bytes]) => `${name} ${size(bytes)}`)
    .join(", ");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function giga(number: number): string {
  return (number / 1e9).toFixed(3);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function size(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
