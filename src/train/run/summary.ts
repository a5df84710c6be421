// The contents of a run's page: one object that JSON can represent and that stays small however
// long the run is.

import type { HistoryColumns } from "./history.ts";
import type { EpochSamples } from "./sample-files.ts";

export interface RunSummary {
  readonly name: string;
  readonly state: "training" | "finished" | "stopped";
  /** Completed steps, and the steps of the whole run. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly epochs: number;
  /** For example `5 h 3 min`; null while it is unknown. */
  readonly timeLeft: string | null;
  /** When this summary was written, in milliseconds since 1970. */
  readonly written: number;
  /** Other facts, as names and values: the adapter, the networks, the data. */
  readonly facts: Readonly<Record<string, string>>;
  /** Current warnings, as sentences. */
  readonly warnings: readonly string[];
  readonly history: HistoryColumns;
  /** The newest epoch first. */
  readonly samples: readonly EpochSamples[];
}
