// What the page knows of training, as signals that its parts follow: the runs that lie in this browser, and the run at hand. The worker does
// the work; here its events are kept in order, and every error becomes a sentence. The session outlives the view, so a run goes on while
// another part of the page is looked at.

import { batch, signal } from "@preact/signals";
import { proxy } from "comlink";
import type { AdapterDescription } from "../../src/gpu/adapter.ts";
import type { TrainingOptions } from "../../src/train/options/options.ts";
import type { HistoryColumns } from "../../src/train/run/history.ts";
import { lossNames } from "../../src/train/step/metrics.ts";
import type { SampleLabel } from "../../src/train/step/sample-pictures.ts";
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
  /** As they were adjusted last. */
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

/** The log keeps the newest. */
const mostMessages = 200;

/** Work that a closed tab may cost without being asked about. */
const bearableLoss = 20_000;

export class TrainingSession {
  readonly adapter = signal<AdapterDescription | null>(null);
  /** Null until they were listed. */
  readonly runs = signal<readonly RunListing[] | null>(null);
  /** Null while none was begun or continued: the page then shows what there is to begin. */
  readonly current = signal<CurrentRun | null>(null);
  readonly activity = signal<Activity>("opening");
  readonly progress = signal<Progress | null>(null);
  readonly history = signal(emptyHistory);
  readonly pictures = signal<Pictures>({});
  /** The step that the pictures are of. */
  readonly picturesStep = signal<number | null>(null);
  readonly saved = signal<{ readonly step: number; readonly time: number } | null>(null);
  /** Files that are being copied into the browser's storage. */
  readonly copying = signal<{ readonly done: number; readonly of: number } | null>(null);
  readonly messages = signal<readonly Message[]>([]);
  /** What went wrong last, until it is closed or something else is begun. */
  readonly trouble = signal<string | null>(null);
  /** What is asked of the worker and takes a while, in words: "Packing the run". */
  readonly busy = signal<string | null>(null);

  /** When the run at hand was begun or taken up. */
  #begun = 0;
  #adjusting = false;
  #nextAdjustment: Adjustment | null = null;

  constructor(
    private readonly api: TrainingApi,
    private readonly now: () => number = Date.now,
  ) {}

  /** Looks what there is: the adapter, and the runs in this browser. */
  async open(): Promise<void> {
    const adapter = this.api.adapter();
    adapter.catch(() => {}); // which is told last, whichever fails first
    await this.listRuns();
    await this.#try(async () => (this.adapter.value = await adapter));
  }

  async listRuns(): Promise<void> {
    await this.#try(async () => (this.runs.value = await this.api.runs()));
    this.runs.value ??= []; // where they cannot be listed, which was said, a new one may still be begun
  }

  begin(name: string, options: TrainingOptions, pictures: ChosenPictures): Promise<void> {
    return this.#follow({ name, options }, (onEvent) => this.api.begin(name, options, pictures, onEvent));
  }

  continue(run: RunListing): Promise<void> {
    return this.#follow(run, (onEvent) => this.api.continue(run.name, onEvent));
  }

  /** Goes on with the run that is shown, after it was stopped or has failed. */
  async continueCurrent(): Promise<void> {
    await this.listRuns();
    const run = this.runs.value?.find(({ name }) => name === this.current.value?.name);
    if (run) await this.continue(run);
    else this.trouble.value ??= "This run was never saved, so there is nothing to go on from. Begin it anew.";
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

  /** Leaves a run that has ended, for the start. */
  async leave(): Promise<void> {
    batch(() => {
      this.current.value = null;
      this.trouble.value = null;
    });
    await this.listRuns();
  }

  /** A slider gives more values than a worker needs: while one is on its way only the newest waits. */
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

  /** @returns the name that the run has here */
  async importRun(file: File): Promise<string | undefined> {
    const name = await this.#slowly("Unpacking the run", () => this.api.importRun(file));
    await this.listRuns();
    return name;
  }

  /** In the place of those that the run has; an imported run may have none. */
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

  /** Whether something computes, or will as soon as it may. */
  get isUnderWay(): boolean {
    return this.current.value !== null && !["finished", "stopped", "failed"].includes(this.activity.value);
  }

  /** Whether closing the tab now would lose more than some seconds of work. */
  get wouldLoseWork(): boolean {
    const progress = this.progress.value;
    if (!this.isUnderWay || !progress) return false;
    const saved = this.saved.value;
    if (saved && saved.step >= progress.step) return false;
    return this.now() - (saved?.time ?? this.#begun) > bearableLoss;
  }

  /** Shows a run from its first event to its last. One that ends before its first step was never under way: the page goes back to the start. */
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

  /** Does something that may fail; then it is said why. */
  async #try(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.trouble.value = sentenceOf(error);
    }
  }

  /** Does something that takes a while, and says so meanwhile. Undefined where it failed. */
  async #slowly<Result>(words: string, action: () => Promise<Result>): Promise<Result | undefined> {
    this.trouble.value = null;
    this.busy.value = words;
    let result: Result | undefined;
    await this.#try(async () => (result = await action()));
    this.busy.value = null;
    return result;
  }
}
