// What the page may ask of the worker that measures, and what it is told. Everything here can be sent between threads.

import type { Layer, LayerTime } from "../../bench/layers.ts";
import type { Forward } from "../../bench/network.ts";
import type { Peak } from "../../bench/peak.ts";
import type { AdapterDescription } from "../../src/gpu/adapter.ts";

export type NetworkChoice = "resnet6" | "resnet9";
export type SizeChoice = "32" | "64" | "128" | "256";

export interface BenchSettings {
  readonly network: NetworkChoice;
  readonly size: SizeChoice;
  readonly gradients: boolean;
}

export type PlannedLayer = Pick<Layer, "name" | "count" | "flops">;

export type BenchEvent =
  /** The device is there; its times are taken from that clock. */
  | { readonly kind: "opened"; readonly adapter: AdapterDescription; readonly clock: "GPU" | "CPU" }
  | { readonly kind: "planned"; readonly layers: readonly PlannedLayer[] }
  /** What is measured from now on, and which share of it all is done. */
  | { readonly kind: "measuring"; readonly what: string; readonly share: number }
  | { readonly kind: "peak"; readonly peak: Peak }
  | { readonly kind: "layer"; readonly index: number; readonly time: LayerTime }
  | { readonly kind: "forward"; readonly forward: Forward };

export interface BenchApi {
  /** Rejects with an AbortError when it was cancelled, and otherwise with a sentence for the visitor. */
  run(settings: BenchSettings, onEvent: (event: BenchEvent) => void): Promise<void>;
  /** Ends a run as soon as the kernel at hand is done. */
  cancel(): Promise<void>;
}
