// What a run needs of the world around it, and what it tells that world: the same for a command line and for a page.

import type { Image } from "../../data/image.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { LossHistory } from "./history.ts";
import type { Metrics } from "../step/metrics.ts";
import type { Place } from "./place.ts";
import type { RunControl } from "./control.ts";
import type { SampleLabel } from "../step/sample-pictures.ts";
import type { Storage } from "./storage.ts";

export interface RunSurroundings {
  readonly storage: Storage;
  readonly dataset: Dataset;
  /** A device to train on; asked again when one is lost. */
  readonly openGpu: () => Promise<Gpu>;
  readonly encodePng: (image: Image) => Promise<Uint8Array>;
  /** Is told of every step when its losses are known, in order, and of none twice. */
  readonly onStep?: (report: StepReport) => void;
  /** Is told in sentences what the user should know. */
  readonly onMessage?: (sentence: string) => void;
  /** Is told when a state has been written, of what step. */
  readonly onSaved?: (step: number) => void;
  /** Brings whatever shows the run up to date: a page. Its failure does not end the run. */
  readonly onRefresh?: (view: RunView) => Promise<void>;
  /** Is shown the last step's pictures whenever so many milliseconds have passed, and when the run rests or ends. */
  readonly live?: { readonly interval: number; readonly show: (step: number, pictures: LivePictures) => void };
  /** Pauses the run, lets it take single steps, and changes its options as it goes on. */
  readonly control?: RunControl;
  /** Ends the run after the step at hand, everything saved. */
  readonly signal?: AbortSignal;
  /** For how long a state may be the only one of its time, in milliseconds: between copies in memory, and between saves. */
  readonly intervals?: SaveIntervals;
  /** Before each try to go on after a loss of the device, in milliseconds. */
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

/** A run as it can be shown. */
export interface RunView extends Place {
  readonly state: "training" | "finished" | "stopped";
  /** Null while nobody can say. */
  readonly secondsLeft: number | null;
  readonly warnings: readonly string[];
  readonly history: LossHistory;
  readonly gpu: Gpu;
  readonly flopsPerStep: number;
  readonly longestSubmit: number;
  /** Of a step's time, what it waited for its pictures, in seconds, smoothed. */
  readonly waiting: number;
}

export interface RunEnd {
  readonly step: number;
  /** False where it was interrupted: it goes on from here another time. */
  readonly finished: boolean;
}
