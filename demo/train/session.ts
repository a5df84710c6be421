// The state of training, as signals that the view follows: the runs in this browser, and the
// current run. It turns the worker's events into signals and every error into a sentence. The
// session outlives the view, so a run continues while another view is shown.

import { batch, signal } from "@preact/signals";
import { proxy } from "comlink";
import type { AdapterDescription } from "../../src/gpu/adapter.ts";
import type { TrainingOptions } from "../../src/train/options/options.ts";
import type { HistoryColumns } from "../../src/train/run/history.ts";
import { lossNames } from "../../src/train/step/metrics.ts";
import type { SampleLabel } from "../../src/train/step/sample-pictures.ts";
import type { TuneMode } from "../../src/tuning/modes.ts";
import { sentenceOf } from "../parts/sentence.ts";
import type {
  Activity,
  Adjustment,
  ChosenPictures,
  Progress,
  RunListing,
  SamplePicture,
  TrainingApi,
  TrainingEvent,
} from "./api.ts";

export interface CurrentRun {
  readonly name: string;
  /** Including later adjustments. */
  readonly options: TrainingOptions;
}

export interface Message {
  /** In milliseconds since 1970. */
  readonly time: number;
  readonly sentence: string;
}

export type Pictures = Readonly<Partial<Record<SampleLabel, SamplePicture>>>;

const emptyHistory: HistoryColumns = {
  step: [],
  losses: Object.fromEntries(lossNames.map((name) => [name, []])) as unknown as HistoryColumns["losses"],
};

/** The log keeps this many of the newest messages. */
const mostMessages = 200;

/** The milliseconds of work that closing the tab may lose without confirmation. */
const bearableLoss = 20_000;

export class TrainingSession {
  readonly adapter = signal<AdapterDescription | null>(null);
  /** Null until they are listed. */
  readonly runs = signal<readonly RunListing[] | null>(null);
  /** Null if no run has started or continued; the page then shows the start. */
  readonly current = signal<CurrentRun | null>(null);
  readonly activity = signal<Activity>("opening");
  readonly progress = signal<Progress | null>(null);
  readonly history = signal(emptyHistory);
  readonly pictures = signal<Pictures>({});
  /** The step of the sample pictures. */
  readonly picturesStep = signal<number | null>(null);
  readonly saved = signal<{ readonly step: number; readonly time: number } | null>(null);
  /** The progress of copying files into the browser's storage. */
  readonly copying = signal<{ readonly done: number; readonly of: number } | null>(null);
  readonly messages = signal<readonly Message[]>([]);
  /** The last error, until the visitor closes it or starts something else. */
  readonly trouble = signal<string | null>(null);
  /** The request that is being waited for, in words such as "Packing the run". */
  readonly busy = signal<string | null>(null);

  /** When the current run started or resumed. */
  #begun = 0;
  #adjusting = false;
  #nextAdjustment: Adjustment | null = null;

  constructor(
    private readonly api: TrainingApi,
    private readonly now: () => number = Date.now,
  ) {}

  /** Determines the adapter and lists the runs in this browser. */
  async open(): Promise<void> {
    const adapter = this.api.adapter();
    adapter.catch(() => {}); // reported last, whichever fails first
    await this.listRuns();
    await this.#try(async () => (this.adapter.value = await adapter));
  }

  async listRuns(): Promise<void> {
    await this.#try(async () => (this.runs.value = await this.api.runs()));
    this.runs.value ??= []; // after an error a new run can still start
  }

  begin(name: string, options: TrainingOptions, pictures: ChosenPictures, tune: TuneMode = "auto"): Promise<void> {
    return this.#follow({ name, options }, (onEvent) => this.api.begin(name, options, pictures, onEvent, tune));
  }

  continue(run: RunListing): Promise<void> {
    return this.#follow(run, (onEvent) => this.api.continue(run.name, onEvent));
  }

  /** Continues the shown run after it stopped or failed. */
  async continueCurrent(): Promise<void> {
    await this.listRuns();
    const run = this.runs.value?.find(({ name }) => name === this.current.value?.name);
    if (run) await this.continue(run);
    else this.trouble.value ??= "This run was never saved, so it cannot continue. Start it again.";
  }

  pause(): Promise<void> {
    return this.#try(() => this.api.pause());
  }

  resume(): Promise<void> {
    return this.#try(() => this.api.resume());
  }

  stepOnce(): Promise<void> {
    return this.#try(() => this.api.stepOnce());
  }

  stop(): Promise<void> {
    return this.#try(() => this.api.stop());
  }

  /** Returns from a run that has ended to the start. */
  async leave(): Promise<void> {
    batch(() => {
      this.current.value = null;
      this.trouble.value = null;
    });
    await this.listRuns();
  }

  /** While one adjustment is being sent, only the newest of a slider's values waits. */
  async adjust(adjustment: Adjustment): Promise<void> {
    const run = this.current.value;
    if (!run) return;
    this.current.value = { ...run, options: { ...run.options, ...adjustment } };
    this.#nextAdjustment = { ...this.#nextAdjustment, ...adjustment };
    if (this.#adjusting) return;
    this.#adjusting = true;
    while (this.#nextAdjustment) {
      const next: Adjustment = this.#nextAdjustment;
      this.#nextAdjustment = null;
      await this.#try(() => this.api.adjust(next));
    }
    this.#adjusting = false;
  }

  exportRun(name: string): Promise<File | undefined> {
    return this.#slowly("Packing the run", () => this.api.exportRun(name));
  }

  exportGenerator(...what: Parameters<TrainingApi["exportGenerator"]>): Promise<File | undefined> {
    return this.#slowly("Writing the generator", () => this.api.exportGenerator(...what));
  }

  /** @returns the name of the imported run */
  async importRun(file: File): Promise<string | undefined> {
    const name = await this.#slowly("Unpacking the run", () => this.api.importRun(file));
    await this.listRuns();
    return name;
  }

  /** Replaces a run's pictures. An imported run may have none. */
  async givePictures(name: string, pictures: ChosenPictures): Promise<void> {
    const onEvent = proxy((event: TrainingEvent) => this.#take(event));
    await this.#slowly("Copying the pictures", () => this.api.givePictures(name, pictures, onEvent));
    this.copying.value = null;
    await this.listRuns();
  }

  async removeRun(name: string): Promise<void> {
    await this.#slowly("Removing the run", () => this.api.removeRun(name));
    await this.listRuns();
  }

  /** Whether a run is active, possibly paused. */
  get isUnderWay(): boolean {
    return this.current.value !== null && !["finished", "stopped", "failed"].includes(this.activity.value);
  }

  /** Whether closing the tab now would lose more than a few seconds of work. */
  get wouldLoseWork(): boolean {
    const progress = this.progress.value;
    if (!this.isUnderWay || !progress) return false;
    const saved = this.saved.value;
    if (saved && saved.step >= progress.step) return false;
    return this.now() - (saved?.time ?? this.#begun) > bearableLoss;
  }

  /**
   * Shows a run from its first event to its last. If it fails before its first step, the page
   * returns to the start.
   */
  async #follow(
    { name, options }: CurrentRun,
    run: (onEvent: (event: TrainingEvent) => void) => Promise<void>,
  ): Promise<void> {
    this.#begun = this.now();
    batch(() => {
      this.current.value = { name, options };
      this.activity.value = "opening";
      this.trouble.value = this.progress.value = this.saved.value = this.copying.value = this.picturesStep.value = null;
      this.history.value = emptyHistory;
      this.pictures.value = {};
      this.messages.value = [];
    });
    await this.#try(async () => {
      try {
        await run(proxy((event: TrainingEvent) => this.#take(event)));
      } catch (error) {
        this.activity.value = "failed";
        throw error;
      }
    });
    if (this.activity.value === "failed" && this.progress.value === null) this.current.value = null;
    await this.listRuns();
  }

  #take(event: TrainingEvent): void {
    batch(() => {
      switch (event.kind) {
        case "activity":
          this.activity.value = event.activity;
          if (event.activity !== "opening") this.copying.value = null;
          if (!event.sentence) break;
          if (event.activity === "failed") this.trouble.value = event.sentence;
          else this.#say(event.sentence);
          break;
        case "message":
          this.#say(event.sentence);
          break;
        case "copying":
          this.copying.value = { done: event.done, of: event.of };
          break;
        case "progress":
          this.progress.value = event.progress;
          break;
        case "history":
          this.history.value = event.history;
          break;
        case "pictures":
          this.pictures.value = { ...this.pictures.value, ...event.pictures };
          this.picturesStep.value = event.step;
          break;
        case "saved":
          this.saved.value = { step: event.step, time: event.time };
          break;
      }
    });
  }

  #say(sentence: string): void {
    this.messages.value = [...this.messages.value, { time: this.now(), sentence }].slice(-mostMessages);
  }

  /** Runs an action and reports its error. */
  async #try(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.trouble.value = sentenceOf(error);
    }
  }

  /** Runs an action that takes a while, with a message meanwhile. Undefined if it failed. */
  async #slowly<Result>(words: string, action: () => Promise<Result>): Promise<Result | undefined> {
    this.trouble.value = null;
    this.busy.value = words;
    let result: Result | undefined;
    await this.#try(async () => (result = await action()));
    this.busy.value = null;
    return result;
  }
}
