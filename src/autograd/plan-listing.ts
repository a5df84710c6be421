// A plan in lines, for `PIXELCYCLE_DEBUG=plan`: each launch with its workgroups, its arithmetic and the memory that it binds.

import { bytesText } from "../gpu/debug.ts";
import type { Operand } from "../kernels/core/operation.ts";
import type { Plan } from "./plan.ts";

export function planListing(plan: Plan): string {
  const { launches, slots, slotBytes, parameters, flops, bytes, parameterBytes } = plan;
  const names = new Map<Operand, string>([
    ...[...slots].map(([operand, slot]) => [operand, `slot ${slot}`] as const),
    ...[...parameters].map(([name, operand]) => [operand, name] as const),
  ]);
  const width = Math.max(...launches.map(({ label }) => label.length));
  return [
    `${launches.length} launches, ${(flops / 1e9).toFixed(3)} GFLOP, ${bytesText(bytes)} in ${slotBytes.length} slots, ` +
      `${bytesText(parameterBytes)} of parameters`,
    ...launches.map(({ label, workgroups, flops, bindings }, index) => {
      const memory = bindings.map(({ operand }) => names.get(operand)).join(", ");
      const work = `${(flops / 1e9).toFixed(3)} GFLOP`.padStart(15);
      return `${String(index + 1).padStart(5)}  ${label.padEnd(width)}  ${workgroups.join(" x ").padStart(15)}${work}  ${memory}`;
    }),
    ...slotBytes.map((size, slot) => `slot ${slot}: ${bytesText(size)}`),
  ].join("\n");
}
