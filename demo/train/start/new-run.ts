// The form for a new run as a model without a view: its name, its pictures, a preset or changed
// options, and the cost of it all.

import { batch, computed, effect, signal } from "@preact/signals";
import { leftOutSentences, unreadByName } from "../../../src/formats/pictures/picture-choice.ts";
import { isPictureName } from "../../../src/formats/pictures/picture-file.ts";
import type { TrainingOptions } from "../../../src/train/options/options.ts";
import type { TuneMode } from "../../../src/tuning/modes.ts";
import type { ChosenPictures, RunListing, StepCost, TrainingApi } from "../api.ts";
import { draftsOf, readDrafts, type Drafts, type TrainingOptionKey } from "./options-form.ts";
import {
  presetOf,
  presets,
  proposedPreset,
  stepsOf,
  type PictureCounts,
  type Preset,
  type PresetName,
} from "./presets.ts";

export type Side = "A" | "B";

/** The addresses of the sample set, by side, relative to the page. */
export type SampleSet = Readonly<Record<Side, readonly string[]>>;

/**
 * The milliseconds to wait after a change before planning again, since the visitor may still be
 * typing.
 */
const pause = 300;

/**
 * How often, and at which interval in milliseconds, to ask whether the adapter's speed is known.
 */
const patience = { interval: 3000, times: 40 };

export class NewRun {
  readonly name = signal("");
  readonly source = signal<"samples" | "own">("samples");
  readonly files = signal<Readonly<Record<Side, readonly File[]>>>({ A: [], B: [] });
  /** For each side, the number of files that are not pictures. */
  readonly leftOut = signal<Readonly<Record<Side, number>>>({ A: 0, B: 0 });
  /** For each side, sentences about pictures of unsupported kinds. */
  readonly unread = signal<Readonly<Record<Side, readonly string[]>>>({ A: [], B: [] });
  /** Null until the page has its list. */
  readonly samples = signal<SampleSet | null>(null);

  /** Whether kernels are measured before the first step. */
  readonly tune = signal<TuneMode>("auto");
  readonly preset = signal<PresetName>("tiny");
  readonly drafts = signal<Drafts>(draftsOf(presetOf("tiny").options));
  readonly reading = computed(() => readDrafts(this.drafts.value, presetOf(this.preset.value).options));

  /** By options, as JSON: the cost of a step, or the error that prevented planning it. */
  readonly #costs = signal<ReadonlyMap<string, StepCost | Error>>(new Map());
  #chosen = false;

  constructor(private readonly api: Pick<TrainingApi, "cost">) {}

  readonly counts = computed<PictureCounts | null>(() => {
    const { samples, files } = this;
    if (this.source.value === "own") return { A: files.value.A.length, B: files.value.B.length };
    return samples.value && { A: samples.value.A.length, B: samples.value.B.length };
  });

  /** Why the run cannot start yet, and what to do; null if it can. */
  readonly missing = computed<string | null>(() => {
    const { problems, conflict } = this.reading.value;
    const { A, B } = this.files.value;
    if (this.source.value === "own" && (A.length === 0 || B.length === 0)) {
      return `Add pictures for ${A.length > 0 ? "side B" : B.length > 0 ? "side A" : "both sides"}, or use the sample set.`;
    }
    if (this.name.value.trim() === "") return "Give the run a name.";
    if (Object.keys(problems).length > 0) return Object.values(problems)[0];
    if (conflict !== null) return conflict;
    const cost = this.cost(this.reading.value.options!);
    return cost instanceof Error ? cost.message : (cost?.refusal ?? null);
  });

  get pictures(): ChosenPictures {
    return this.source.value === "samples" ? "samples" : this.files.value;
  }

  /** Undefined until the worker has planned it. */
  cost(options: TrainingOptions): StepCost | Error | undefined {
    return this.#costs.value.get(keyOf(options));
  }

  /** The seconds of a whole run; null if unknown. */
  seconds(options: TrainingOptions): number | null {
    const cost = this.cost(options);
    const counts = this.counts.value;
    if (!counts || !cost || cost instanceof Error || cost.refusal !== null || cost.seconds === null) return null;
    const steps = stepsOf(options, counts);
    return steps > 0 ? cost.seconds * steps : null;
  }

  choosePreset(name: PresetName): void {
    this.#chosen = true;
    this.#takePreset(name);
  }

  setOption(key: TrainingOptionKey, value: string | boolean): void {
    this.#chosen = true;
    this.drafts.value = { ...this.drafts.value, [key]: value };
  }

  addFiles(side: Side, files: readonly File[]): void {
    const pictures = files.filter(({ name }) => isPictureName(name));
    batch(() => {
      this.files.value = { ...this.files.value, [side]: [...this.files.value[side], ...pictures] };
      const unread = files.flatMap(({ name }) => unreadByName(name) ?? []);
      this.leftOut.value = { ...this.leftOut.value, [side]: files.length - pictures.length - unread.length };
      this.unread.value = { ...this.unread.value, [side]: leftOutSentences(unread) };
    });
  }

  clearFiles(side: Side): void {
    this.files.value = { ...this.files.value, [side]: [] };
    this.leftOut.value = { ...this.leftOut.value, [side]: 0 };
    this.unread.value = { ...this.unread.value, [side]: [] };
  }

  /** Proposes a name that no run has yet. */
  proposeName(runs: readonly RunListing[]): void {
    if (this.name.value !== "" && !runs.some(({ name }) => name === this.name.value)) return;
    const taken = new Set(runs.map(({ name }) => name));
    let number = 1;
    while (taken.has(`run-${number}`)) number++;
    this.name.value = `run-${number}`;
  }

  /**
   * Plans the presets and proposes one, unless the visitor has chosen one meanwhile. From then on
   * it plans the form's options. Times arrive later on a first visit, when the adapter must be
   * measured.
   *
   * @param weak whether the adapter is a CPU
   */
  async plan(weak: boolean): Promise<void> {
    for (const { options } of presets) await this.#ask(options);
    this.#propose(weak);
    let timer: ReturnType<typeof setTimeout> | undefined;
    effect(() => {
      const { options } = this.reading.value;
      clearTimeout(timer);
      if (options) timer = setTimeout(() => void this.#ask(options), pause);
    });
    await this.#untilMeasured();
    this.#propose(weak);
  }

  #propose(weak: boolean): void {
    if (!this.#chosen) this.#takePreset(proposedPreset((preset: Preset) => this.seconds(preset.options), weak));
  }

  /** Plans the cheapest preset again until its time is known, then all others. */
  async #untilMeasured(): Promise<void> {
    const { options } = presets[0];
    const isMissing = () => {
      const cost = this.cost(options);
      return cost && !(cost instanceof Error) && cost.refusal === null && cost.seconds === null;
    };
    if (!isMissing()) return;
    for (let i = 0; i < patience.times && isMissing(); i++) {
      await new Promise((resolve) => setTimeout(resolve, patience.interval));
      await this.#ask(options, true);
    }
    if (isMissing()) return;
    for (const preset of presets.slice(1)) await this.#ask(preset.options, true);
    if (this.reading.value.options) await this.#ask(this.reading.value.options, true);
  }

  #takePreset(name: PresetName): void {
    batch(() => {
      this.preset.value = name;
      this.drafts.value = draftsOf(presetOf(name).options);
    });
  }

  async #ask(options: TrainingOptions, again = false): Promise<void> {
    const key = keyOf(options);
    if (this.#costs.value.has(key) && !again) return;
    let cost: StepCost | Error;
    try {
      cost = await this.api.cost(options);
    } catch (error) {
      cost = error as Error;
    }
    this.#costs.value = new Map(this.#costs.value).set(key, cost);
  }
}

/** JSON turns infinity into null, which does not matter for a key. */
function keyOf(options: TrainingOptions): string {
  return JSON.stringify(options);
}
