// All measurements of `npm run bench` as data: the contents of the --json file, shown by the --html
// page.

import type { AdapterDescription } from "../../src/gpu/adapter.ts";
import type { Growth, Sizes } from "../growth.ts";
import type { LayerTime } from "../layers.ts";
import type { Forward } from "../network.ts";
import type { Peak } from "../peak.ts";
import type { StepTimes } from "../step-times.ts";

export interface BenchReport {
  /** The start time, as ISO 8601. */
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly adapter: AdapterDescription;
  /** Without Dawn's robustness checks and validation. */
  readonly fast: boolean;
  /** The machine's load before anything ran. */
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
  /** The minimum traffic between memory and the GPU: inputs and output, each once. */
  readonly bytes: number;
  readonly times: readonly LayerTime[];
}
