// The results as Markdown to copy, with everything that a reader elsewhere needs to interpret them.

import { compileTime, giga, kindHead, kindRows, layerCells, layerHead, duration, percent } from "../../bench/text.ts";
import { networkName } from "../../src/nn/architecture.ts";
import type { BenchSettings } from "./api.ts";
import { networks, repeats } from "./networks.ts";
import type { Results } from "./session.ts";

export interface Surroundings {
  readonly browser: string;
  /** Of pixelcycle. */
  readonly version: string;
}

/** `resnet_6blocks, ngf 32, at 64x64, with gradients`. */
export function whatText({ network, size, gradients }: BenchSettings): string {
  const { architecture } = networks[network];
  const mode = gradients ? "with gradients" : "forward only";
  return `${networkName(architecture)}, ngf ${architecture.ngf}, at ${size}x${size}, ${mode}`;
}

/**
 * Whether a layer exceeds the peak by more than noise, which makes the percentages meaningless.
 * Winograd's algorithm may exceed it, since it needs fewer multiplications than the layer is
 * counted with.
 */
export function isDisturbed({ peak, layers }: Results): boolean {
  return layers.some(({ flops, time }) => {
    return time && peak && time.variant !== "Winograd" && flops / time.seconds > 1.02 * peak.flopsPerSecond;
  });
}

/** @param results of a run that has measured the peak at least */
export function reportText(results: Results, { browser, version }: Surroundings): string {
  const { settings, begun, adapter, clock, layers, forward } = results;
  const peak = results.peak!;
  const facts = [
    `adapter: ${adapter.name}${adapter.driver && adapter.driver !== adapter.name ? ` (${adapter.driver})` : ""}`,
    `browser: ${browser}`,
    `date: ${begun.toISOString().slice(0, 16).replace("T", " ")} UTC`,
    `network: ${whatText(settings)}`,
    `measured peak: ${giga(peak.flopsPerSecond)} GFLOP/s (${peak.arithmetic}), ${giga(peak.bytesPerSecond)} GB/s (${peak.memory})`,
  ];
  if (forward) {
    const rate = forward.flops / forward.seconds;
    facts.push(
      `forward pass: ${duration(forward.seconds)}, ${giga(rate)} GFLOP/s, ${percent(rate, peak.flopsPerSecond)} of peak, ` +
        `first run ${compileTime(forward.compileSeconds)} longer`,
    );
  }
  facts.push(`timed with the ${clock}'s clock, on random numbers, median of ${repeats}`);
  if (isDisturbed(results)) facts.push("disturbed: a layer seems faster than the peak");
  const rows = layers.flatMap(({ time, ...layer }) => (time ? [layerCells(layer, time, peak)] : []));
  const tables = [markdownTable(layerHead, rows)];
  if (forward) tables.push(markdownTable(kindHead, kindRows(forward.kinds)));
  return `### pixelcycle ${version}, kernel bench\n\n${facts.map((fact) => `- ${fact}\n`).join("")}\n${tables.join("\n")}`;
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const alignment = head.map((name) => (name === head[0] || name === "variant" ? "---" : "---:"));
  return [head, alignment, ...rows].map(line).join("");
}
