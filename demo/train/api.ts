// The requests and events between the page and the training worker. Everything here can be sent
// between threads.

import type { AdapterDescription } from "../../src/gpu/adapter.ts";
import type { TrainingOptions } from "../../src/train/options/options.ts";
import type { HistoryColumns } from "../../src/train/run/history.ts";
import type { Metrics } from "../../src/train/step/metrics.ts";
import type { SampleLabel } from "../../src/train/step/sample-pictures.ts";
import type { TuneMode } from "../../src/tuning/modes.ts";

/** The pictures of a new run: the visitor's files, or the sample set. */
export type ChosenPictures = { readonly A: readonly File[]; readonly B: readonly File[] } | "samples";

/** A run that is stored in this browser. */
export interface RunListing {
  readonly name: string;
  readonly step: number;
  /** The steps of the whole run. */
  readonly steps: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly options: TrainingOptions;
  /** When its state was last saved, in milliseconds since 1970. */
  readonly saved: number;
  /** The size of all its files, including its pictures. */
  readonly bytes: number;
  /** Whether another tab is training it. */
  readonly busy: boolean;
  /** A sentence that says why it cannot continue; null if it can. */
  readonly problem: string | null;
  /** True if the problem is missing pictures, which `givePictures` solves. */
  readonly lacksPictures: boolean;
}

/** The cost of a step with given options, known before the run starts. */
export interface StepCost {
  readonly flops: number;
  /** From the plan: the slots, and the memory that outlives a step. */
  readonly memoryBytes: number;
  readonly parameters: number;
  /** Estimated from measurements on this adapter; null until there is one. */
  readonly seconds: number | null;
  /**
   * A sentence that says why the options are invalid or do not fit the adapter; null if they are
   * fine.
   */
  readonly refusal: string | null;
}

export type Activity = "opening" | "compiling" | "training" | "paused" | "saving" | "finished" | "stopped" | "failed";

/** A network's output as 8-bit RGBA. */
export interface SamplePicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export interface Progress {
  readonly metrics: Metrics;
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly imagesPerSecond: number;
  readonly gigaflops: number;
  /** Null if unknown. */
  readonly secondsLeft: number | null;
  /** The GPU memory that the run has allocated. */
  readonly memoryBytes: number;
  /** Current problems, in sentences. */
  readonly warnings: readonly string[];
}

export type TrainingEvent =
  | { readonly kind: "activity"; readonly activity: Activity; readonly sentence?: string }
  | { readonly kind: "message"; readonly sentence: string }
  /** Sent while files are copied into the browser's storage, where they outlive the tab. */
  | { readonly kind: "copying"; readonly done: number; readonly of: number }
  /** Sent after a step, at most a few times a second. */
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "history"; readonly history: HistoryColumns }
  | {
      readonly kind: "pictures";
      readonly step: number;
      readonly pictures: Readonly<Partial<Record<SampleLabel, SamplePicture>>>;
    }
  | { readonly kind: "saved"; readonly step: number; readonly time: number };

/** Changes to a run while it trains. They are saved with the run. */
export interface Adjustment {
  /** The base learning rate, which the schedule scales. */
  readonly lr?: number;
  /** Which networks learn. */
  readonly learning?: TrainingOptions["learning"];
}

export type GeneratorName = "G_A" | "G_B";
export type WeightFormat = "pth" | "safetensors" | "onnx";

/** Every promise rejects with an error whose message the page can show. */
export interface TrainingApi {
  /** Opens the GPU. */
  adapter(): Promise<AdapterDescription>;
  cost(options: TrainingOptions): Promise<StepCost>;
  runs(): Promise<readonly RunListing[]>;
  /**
   * Starts a run. Resolves when it has ended, stopped or failed; an "activity" event reports this
   * too.
   */
  begin(
    name: string,
    options: TrainingOptions,
    pictures: ChosenPictures,
    onEvent: (event: TrainingEvent) => void,
    /** Whether kernels are measured before the first step. Default: on a GPU. */
    tune?: TuneMode,
  ): Promise<void>;
  /** Resumes a run of this browser from its saved state. */
  continue(name: string, onEvent: (event: TrainingEvent) => void): Promise<void>;
  /** Pauses after the current step and saves the state. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Runs one step and pauses again. */
  stepOnce(): Promise<void>;
  /** Saves and ends the run, which can be continued later. */
  stop(): Promise<void>;
  adjust(adjustment: Adjustment): Promise<void>;
  /**
   * The run's folder as one zip, which `pixelcycle train --continue_train` resumes once it is
   * unpacked.
   */
  exportRun(name: string): Promise<File>;
  /**
   * @returns the name of the imported run. If it lacks pictures, it is listed with a problem, which
   * `givePictures` solves.
   */
  importRun(file: File): Promise<string>;
  /** Copies pictures into a run, replacing its own. */
  givePictures(name: string, pictures: ChosenPictures, onEvent: (event: TrainingEvent) => void): Promise<void>;
  removeRun(name: string): Promise<void>;
  exportGenerator(name: string, generator: GeneratorName, format: WeightFormat): Promise<File>;
  /** For tests of recovery: simulates a device loss. */
  loseDevice(): Promise<void>;
}
