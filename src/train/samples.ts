// The pictures that a run shows of itself, eight to an epoch, named as the reference names them.

import type { Storage } from "./storage.ts";

/** In the order of the reference: what is made of a picture of A, then what is made of one of B. */
export const sampleLabels = ["real_A", "fake_B", "rec_A", "idt_B", "real_B", "fake_A", "rec_B", "idt_A"] as const;

export type SampleLabel = (typeof sampleLabels)[number];

/** What each shows, beside the picture that it is made of. */
export const sampleCaptions: Readonly<Record<SampleLabel, string>> = {
  real_A: "from A",
  fake_B: "made into B",
  rec_A: "and back into A",
  idt_B: "left as it is",
  real_B: "from B",
  fake_A: "made into A",
  rec_B: "and back into B",
  idt_A: "left as it is",
};

export interface EpochSamples {
  readonly epoch: number;
  readonly labels: readonly SampleLabel[];
}

/** Where a run keeps a sample, a PNG: a later one of the same epoch takes its place. */
export function sampleFile(epoch: number, label: SampleLabel): string {
  return `web/images/epoch${String(epoch).padStart(3, "0")}_${label}.png`;
}

/** What samples there are, the newest epoch first. */
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
