// The files of a run's sample pictures, and a list of those that exist.

import { sampleLabels, type SampleLabel } from "../step/sample-pictures.ts";
import type { Storage } from "./storage.ts";

export interface EpochSamples {
  readonly epoch: number;
  readonly labels: readonly SampleLabel[];
}

/** The path of a sample, a PNG. A later sample of the same epoch replaces it. */
export function sampleFile(epoch: number, label: SampleLabel): string {
  return `web/images/epoch${String(epoch).padStart(3, "0")}_${label}.png`;
}

/** The existing samples, the newest epoch first. */
export async function listSamples(storage: Storage): Promise<EpochSamples[]> {
  const epochs = new Map<number, Set<string>>();
  for (const name of await storage.list()) {
    const [, epoch, label] = /^web\/images\/epoch(\d+)_(\w+)\.png$/.exec(name) ?? [];
    if (epoch === undefined) continue;
    const labels = epochs.get(Number(epoch)) ?? new Set();
    epochs.set(Number(epoch), labels.add(label));
  }
  return [...epochs]
    .map(([epoch, labels]) => ({ epoch, labels: sampleLabels.filter((label) => labels.has(label)) }))
    .filter(({ labels }) => labels.length > 0)
    .sort((a, b) => b.epoch - a.epoch);
}
