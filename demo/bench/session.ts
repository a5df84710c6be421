// The state of the bench, as signals that the view follows. They outlive the view: a run continues,
// and its results stay, while another view is shown.

import { batch, computed, signal } from "@preact/signals";
import { proxy, type Remote } from "comlink";
import type { LayerTime } from "../../bench/layers.ts";
import type { Forward } from "../../bench/network.ts";
import type { Peak } from "../../bench/peak.ts";
import { withoutFullStop } from "../../src/errors.ts";
import type { AdapterDescription } from "../../src/gpu/adapter.ts";
import { isAbort, sentenceOf } from "../parts/sentence.ts";
import { gpu } from "../parts/shell-state.ts";
import { openWorker } from "../parts/worker.ts";
import type { BenchApi, BenchEvent, BenchSettings, PlannedLayer } from "./api.ts";

/** The results of a run so far. */
export interface Results {
  readonly settings: BenchSettings;
  readonly begun: Date;
  readonly adapter: AdapterDescription;
  readonly clock: "GPU" | "CPU";
  readonly peak: Peak | null;
  /** `time` is null until the layer is measured. */
  readonly layers: readonly (PlannedLayer & { readonly time: LayerTime | null })[];
  readonly forward: Forward | null;
}

const chosen = signal<BenchSettings | null>(null);

/**
 * The default is the paper's network on a GPU, and the smallest one on a CPU, which is hundreds of
 * times slower.
 */
export const settings = computed<BenchSettings>(() => {
  if (chosen.value) return chosen.value;
  return onProcessor.value
    ? { network: "resnet6", size: "32", gradients: false }
    : { network: "resnet9", size: "256", gradients: false };
});

export const onProcessor = computed(() => gpu.value.state === "there" && gpu.value.adapter.software);

export function choose(change: Partial<BenchSettings>): void {
  chosen.value = { ...settings.value, ...change };
}

export const activity = signal<"idle" | "running" | "cancelling">("idle");
/** What is being measured. */
export const progress = signal({ what: "", share: 0 });
export const results = signal<Results | null>(null);
/** A sentence that says why the last run ended early. */
export const ending = signal<{ readonly tone: "plain" | "error"; readonly sentence: string } | null>(null);

let worker: Remote<BenchApi> | undefined;

export async function run(): Promise<void> {
  const current = settings.value;
  const begun = new Date();
  batch(() => {
    activity.value = "running";
    progress.value = { what: "", share: 0 };
    ending.value = null;
    results.value = null;
  });
  try {
    worker ??= openWorker<BenchApi>("bench", (sentence) => {
      worker = undefined;
      end({ tone: "error", sentence });
    });
    await worker.run(
      current,
      proxy((event) => follow(event, current, begun)),
    );
    end(null);
  } catch (error) {
    end(
      isAbort(error)
        ? { tone: "plain", sentence: "Cancelled. The results so far are kept." }
        : { tone: "error", sentence: whatToDo(error) },
    );
  }
}

export function cancel(): void {
  activity.value = "cancelling";
  void worker?.cancel();
}

function end(how: typeof ending.value): void {
  batch(() => {
    activity.value = "idle";
    ending.value = how;
  });
}

function follow(event: BenchEvent, current: BenchSettings, begun: Date): void {
  const known = results.value;
  if (event.kind === "measuring") progress.value = event;
  else if (event.kind === "opened") {
    const { adapter, clock } = event;
    results.value = { settings: current, begun, adapter, clock, peak: null, layers: [], forward: null };
  } else if (!known) return;
  else if (event.kind === "planned") {
    results.value = { ...known, layers: event.layers.map((layer) => ({ ...layer, time: null })) };
  } else if (event.kind === "peak") results.value = { ...known, peak: event.peak };
  else if (event.kind === "forward") results.value = { ...known, forward: event.forward };
  else {
    const { index, time } = event;
    results.value = { ...known, layers: known.layers.with(index, { ...known.layers[index], time }) };
  }
}

function whatToDo(error: unknown): string {
  const sentence = sentenceOf(error);
  if (!(error instanceof Error && error.name === "DeviceLostError")) return sentence;
  return `${withoutFullStop(sentence)}. The results so far are kept. Run it again, with a smaller image if this happens again.`;
}
