// What the page may ask of the worker that trains, and what it is told. Everything here can be sent between threads.

import type { AdapterDescription } from "../../src/gpu/adapter.ts";
import type { TrainingOptions } from "../../src/train/options/options.ts";
import type { HistoryColumns } from "../../src/train/run/history.ts";
import type { Metrics } from "../../src/train/step/metrics.ts";
import type { SampleLabel } from "../../src/train/step/sample-pictures.ts";

/** The pictures of a new run: files that a visitor chose, or the set in the box. */
export type ChosenPictures = { readonly A: readonly File[]; readonly B: readonly File[] } | "samples";

/** A run that lies in this browser. */
export interface RunListing {
  readonly name: string;
  readonly step: number;
  /** Those of the whole run. */
  readonly steps: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly options: TrainingOptions;
  /** When its state was saved last, in milliseconds since 1970. */
  readonly saved: number;
  /** Of all its files, its pictures among them. */
  readonly bytes: number;
  /** Whether another tab trains it now. */
  readonly busy: boolean;
  /** Why it cannot go on, in a sentence; null when it can. */
  readonly problem: string | null;
  /** The problem is that it has no pictures: `givePictures` mends it. */
  readonly lacksPictures: boolean;
}

/** What a step of these options takes, known before it starts. */
export interface StepCost {
  readonly flops: number;
  /** By the plan: between launches, and what outlives a step. */
  readonly memoryBytes: number;
  readonly parameters: number;
  /** By what this adapter reached in a short measurement; null before there was one. */
  readonly seconds: number | null;
  /** Why the options or the adapter refuse it, in a sentence; null when they do not. */
  readonly refusal: string | null;
}

export type Activity = "opening" | "compiling" | "training" | "paused" | "saving" | "finished" | "stopped" | "failed";

/** A picture of the networks, RGBA of 8 bits. */
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
  /** Null while nobody can say. */
  readonly secondsLeft: number | null;
  /** Of the GPU, that the run has allocated. */
  readonly memoryBytes: number;
  /** What is wrong now, in sentences. */
  readonly warnings: readonly string[];
}

export type TrainingEvent =
  | { readonly kind: "activity"; readonly activity: Activity; readonly sentence?: string }
  | { readonly kind: "message"; readonly sentence: string }
  /** While files are copied into the browser's storage, so that the run outlives the tab. */
  | { readonly kind: "copying"; readonly done: number; readonly of: number }
  /** After each step, at most a few times a second. */
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "history"; readonly history: HistoryColumns }
  | {
      readonly kind: "pictures";
      readonly step: number;
      readonly pictures: Readonly<Partial<Record<SampleLabel, SamplePicture>>>;
    }
  | { readonly kind: "saved"; readonly step: number; readonly time: number };

/** What can be changed while a run goes on; it is kept with the run. */
export interface Adjustment {
  /** The base of the schedule. */
  readonly lr?: number;
  /** Which networks learn. */
  readonly learning?: TrainingOptions["learning"];
}

export type GeneratorName = "G_A" | "G_B";
export type WeightFormat = "pth" | "safetensors" | "onnx";

/** Every promise rejects with an error whose message is a sentence for the visitor. */
export interface TrainingApi {
  /** Opens the GPU. */
  adapter(): Promise<AdapterDescription>;
  cost(options: TrainingOptions): Promise<StepCost>;
  runs(): Promise<readonly RunListing[]>;
  /** Begins a run; resolves when it has ended, stopped or failed (told by an "activity" too). */
  begin(
    name: string,
    options: TrainingOptions,
    pictures: ChosenPictures,
    onEvent: (event: TrainingEvent) => void,
  ): Promise<void>;
  /** Goes on with a run that lies in this browser, exactly where it was saved. */
  continue(name: string, onEvent: (event: TrainingEvent) => void): Promise<void>;
  /** After the step at hand; the state is saved. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** One step, then it pauses again. */
  stepOnce(): Promise<void>;
  /** Saves and ends; the run can be continued. */
  stop(): Promise<void>;
  adjust(adjustment: Adjustment): Promise<void>;
  /** The run's folder as one zip: `pixelcycle train --continue_train` takes it up when it is unpacked. */
  exportRun(name: string): Promise<File>;
  /** The name that the run has here. Without its pictures it is listed with a problem, which `givePictures` mends. */
  importRun(file: File): Promise<string>;
  /** Copies pictures into a run, in the place of those that it has. */
  givePictures(name: string, pictures: ChosenPictures, onEvent: (event: TrainingEvent) => void): Promise<void>;
  removeRun(name: string): Promise<void>;
  exportGenerator(name: string, generator: GeneratorName, format: WeightFormat): Promise<File>;
  /** For tests of recovery: behaves as if the driver had taken the device away. */
  loseDevice(): Promise<void>;
}
