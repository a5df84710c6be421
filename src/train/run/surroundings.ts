// The interface between a run and its environment: the same for a command line and for a page.

import type { Plan } from "../../autograd/plan.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import type { Image } from "../../picture/image.ts";
import type { Dataset } from "../batches/dataset.ts";
import type { Metrics } from "../step/metrics.ts";
import type { SampleLabel } from "../step/sample-pictures.ts";
import type { RunControl } from "./control.ts";
import type { LossHistory } from "./history.ts";
import type { Place } from "./place.ts";
import type { Storage } from "./storage.ts";

export interface RunSurroundings {
  readonly storage: Storage;
  readonly dataset: Dataset;
  /** Opens a device to train on; called again when one is lost. */
  readonly openGpu: () => Promise<Gpu>;
  /**
   * Measures the kernels for a new run's plans. The run keeps the choices, even on another device.
   * `undefined` if it was aborted.
   */
  readonly chooseKernels?: (gpu: Gpu, plans: readonly Plan[]) => Promise<ReadonlyMap<string, string> | undefined>;
  readonly encodePng: (image: Image) => Promise<Uint8Array>;
  /** Called once for every step, in order, when its losses are known. */
  readonly onStep?: ((report: StepReport) => void) | undefined;
  /** Receives messages for the user, in sentences. */
  readonly onMessage?: (sentence: string) => void;
  /** Called with a state's step once the state is written. */
  readonly onSaved?: (step: number) => void;
  /** Updates the page that shows the run. A failure does not end the run. */
  readonly onRefresh?: (view: RunView) => Promise<void>;
  /**
   * Receives the last step's pictures every `interval` milliseconds, and when the run pauses or
   * ends.
   */
  readonly live?: { readonly interval: number; readonly show: (step: number, pictures: LivePictures) => void };
  /** Pauses the run, steps it, and changes its options while it runs. */
  readonly control?: RunControl;
  /** Ends the run after the current step, with everything saved. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between copies in memory, and between saves. */
  readonly intervals?: SaveIntervals;
  /** Milliseconds before each attempt to continue after a loss of the device. */
  readonly patience?: readonly number[];
}

export type LivePictures = Readonly<Partial<Record<SampleLabel, Image>>>;

export interface SaveIntervals {
  readonly copy: number;
  readonly save: number;
}

export interface StepReport {
  readonly metrics: Metrics;
  readonly logged: boolean;
  readonly view: RunView;
}

/** The run's status for display. */
export interface RunView extends Place {
  readonly state: "training" | "finished" | "stopped";
  /** Null while it is unknown. */
  readonly secondsLeft: number | null;
  readonly warnings: readonly string[];
  readonly history: LossHistory;
  readonly gpu: Gpu;
  readonly flopsPerStep: number;
  readonly longestSubmit: number;
  /** The part of a step's time, in seconds and smoothed, that it waited for its pictures. */
  readonly waiting: number;
}

export interface RunEnd {
  readonly step: number;
  /** False if it was interrupted; it can then be continued. */
  readonly finished: boolean;
}
