// What the page of a run shows: all of it, in one object that JSON holds, and small however long the run is.

import type { HistoryColumns } from "./history.ts";
import type { EpochSamples } from "./sample-files.ts";

export interface RunSummary {
  readonly name: string;
  readonly state: "training" | "finished" | "stopped";
  /** Steps that are done, and those of the whole run. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly epochs: number;
  /** Such as `5 h 3 min`; null while nobody can say. */
  readonly timeLeft: string | null;
  /** When this was written, in milliseconds since 1970. */
  readonly written: number;
  /** What else is worth knowing, as names and values: the adapter, the networks, the data. */
  readonly facts: Readonly<Record<string, string>>;
  /** What is wrong now, as sentences. */
  readonly warnings: readonly string[];
  readonly history: HistoryColumns;
  /** The newest epoch first. */
  readonly samples: readonly EpochSamples[];
}
