// All that `npm run bench` measures, as data: the file of --json, and what the page of --html shows.

import type { AdapterDescription } from "../../src/gpu/adapter.ts";
import type { Growth, Sizes } from "../growth.ts";
import type { LayerTime } from "../layers.ts";
import type { Forward } from "../network.ts";
import type { Peak } from "../peak.ts";
import type { StepTimes } from "../step-times.ts";

export interface BenchReport {
  /** When it began, as ISO 8601. */
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly adapter: AdapterDescription;
  /** Without Dawn's robustness checks and validation. */
  readonly fast: boolean;
  /** Of the machine, before anything ran. */
  readonly load: number;
  readonly sizes: Sizes & { readonly blocks: number };
  readonly peak: Peak;
  readonly layers: readonly LayerReport[];
  readonly forward?: Forward | undefined;
  readonly step?: StepTimes | undefined;
  readonly growth: readonly Growth[];
}

export interface LayerReport {
  readonly name: string;
  readonly count: number;
  readonly flops: number;
  /** What has to move between memory and the GPU at least: inputs and output, each once. */
  readonly bytes: number;
  readonly times: readonly LayerTime[];
}
