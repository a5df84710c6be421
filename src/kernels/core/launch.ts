// Launches of kernels whose lanes have nothing to share: one lane for each vec4 or each item, in as many dispatches as bindings ask for.

import { runsOf } from "./bands.ts";
import type { Binding, Launch, Operand, Traits } from "./operation.ts";

/** Lanes of a workgroup in all kernels that have nothing to share. */
export const lanes = 64;

/**
 * The launches of a kernel that reads and writes vec4 by vec4 at the same place: one, or one for each run that can be
 * bound. `shared` are bindings that are the same for every run, `parameter` a number that the shader finds after the
 * count and the first place.
 */
export function launchFlat(
  traits: Traits,
  label: string,
  shader: string,
  count: number,
  operands: readonly { operand: Operand; bytes: number }[],
  {
    shared = [],
    flops = count * 4,
    parameter = 0,
  }: { shared?: readonly Binding[]; flops?: number; parameter?: number } = {},
): Launch[] {
  return runsOf(traits, count, ...operands.map(({ bytes }) => bytes)).map((run) => {
    const ranges = operands.map(({ operand, bytes }) => ({
      operand,
      offset: run.first * bytes,
      bytes: run.count * bytes,
    }));
    return {
      label,
      shader,
      bindings: [...ranges.slice(0, -1), ...shared, ranges[ranges.length - 1]],
      parameters: new Uint32Array([run.count, run.first, parameter, 0]),
      workgroups: foldWorkgroups(traits, run.count, lanes),
      flops: (flops * run.count) / count,
    };
  });
}

/** Workgroups for `count` lanes in a row, folded into two dimensions where one is not enough. */
export function foldWorkgroups(traits: Traits, count: number, lanes: number): [number, number, number] {
  const groups = Math.ceil(count / lanes);
  const columns = Math.min(groups, traits.workgroupsPerDimension);
  return [columns, Math.ceil(groups / columns), 1];
}
