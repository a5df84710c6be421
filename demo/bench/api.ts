// The requests and events between the page and the bench's worker. Everything here can be sent
// between threads.

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
  /** The device is open. `clock` is the one that times its work. */
  | { readonly kind: "opened"; readonly adapter: AdapterDescription; readonly clock: "GPU" | "CPU" }
  | { readonly kind: "planned"; readonly layers: readonly PlannedLayer[] }
  /** What is measured next, and the completed share of everything. */
  | { readonly kind: "measuring"; readonly what: string; readonly share: number }
  | { readonly kind: "peak"; readonly peak: Peak }
  | { readonly kind: "layer"; readonly index: number; readonly time: LayerTime }
  | { readonly kind: "forward"; readonly forward: Forward };

export interface BenchApi {
  /**
   * Rejects with an AbortError if it was cancelled, otherwise with an error whose message the page
   * can show.
   */
  run(settings: BenchSettings, onEvent: (event: BenchEvent) => void): Promise<void>;
  /** Ends the run after the current kernel. */
  cancel(): Promise<void>;
}
