// When kernels are measured. Automatically where it pays: on a GPU, whose best tiles no rule
// foresees and which compiles a kernel in milliseconds. On a software adapter the rules are
// measured ones (bench/LOG.md), and compiling all variants takes a minute.

import type { AdapterDescription } from "../gpu/adapter.ts";

export const tuneModes = ["auto", "on", "off"] as const;

/**
 * Whether kernels are measured: on GPUs, on any adapter, or never. With `off` rules choose all of
 * them.
 */
export type TuneMode = (typeof tuneModes)[number];

export function measures(mode: TuneMode, { software }: AdapterDescription): boolean {
  return mode === "on" || (mode === "auto" && !software);
}
