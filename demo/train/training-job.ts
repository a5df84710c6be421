// An active run in the page: it connects the run to the browser's storage and GPU, sends events,
// and handles pause, step and stop.

import { UserError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { openGpu } from "../../src/platform/gpu/gpu.browser.ts";
import { encodePng } from "../../src/platform/pictures/images.browser.ts";
import { browserStorage } from "../../src/platform/training/storage.browser.ts";
import { Dataset } from "../../src/train/batches/dataset.ts";
import { defaultRunOptions } from "../../src/train/options/table.ts";
import { optionsText } from "../../src/train/options/text.ts";
import { RunControl } from "../../src/train/run/control.ts";
import { TrainingRun } from "../../src/train/run/run.ts";
import type { TrainingState } from "../../src/train/run/state-file.ts";
import type { LivePictures, StepReport } from "../../src/train/run/surroundings.ts";
import { chooseKernels } from "../../src/tuning/choose.ts";
import type { TuneMode } from "../../src/tuning/modes.ts";
import type { Activity, Adjustment, Progress, SamplePicture, TrainingEvent } from "./api.ts";
import { missingPictures, picturesOf, runPath } from "./storage/run-folder.ts";

export type Send = (event: TrainingEvent, transfer?: Transferable[]) => void;

/** The least milliseconds between two events of a kind. */
const intervals = { progress: 200, history: 1000, pictures: 2000 };
/**
 * A tab dies more easily than a process, so the page saves every two minutes instead of every ten.
 */
const saveIntervals = { copy: 60_000, save: 120_000 };
/** The cache of scaled pictures between epochs; half of Node's. */
const cacheBytes = 2 ** 29;

export class TrainingJob {
  private readonly control = new RunControl();
  private readonly controller = new AbortController();
  readonly signal = this.controller.signal;
  private gpu: Gpu | undefined;
  private hasStepped = false;
  /**
   * Whether a pause or stop was requested, so that steps still in flight do not count as training.
   */
  private restIsDue = false;
  private readonly sendProgress;
  private readonly sendHistory;

  constructor(
    readonly name: string,
    private readonly send: Send,
    private readonly onPace: (gpu: Gpu, flops: number, seconds: number) => void,
  ) {
    this.sendProgress = throttled(intervals.progress, (report: StepReport) => {
      send({ kind: "progress", progress: progressOf(report) });
    });
    this.sendHistory = throttled(intervals.history, ({ view }: StepReport) => {
      send({ kind: "history", history: view.history.columns() });
    });
  }

  /** Trains from a state to the end, or until it is stopped. @throws UserError */
  async train({ record, tensors }: TrainingState, tune: TuneMode): Promise<void> {
    const { options } = record;
    const { name } = this;
    const storage = browserStorage(runPath(name));
    const say = (sentence: string) => this.send({ kind: "message", sentence });
    const source = await picturesOf(name, options.maxDatasetSize);
    const missing = missingPictures(source);
    if (missing) throw new UserError(missing);
    const dataset = await Dataset.open(source, options, { cacheBytes, onWarning: say });
    try {
      const place = { ...defaultRunOptions, name, dataroot: `${name}/data`, checkpointsDir: "." };
      await storage.write("train_opt.txt", optionsText(place, options));
      this.tell("compiling");
      const { finished } = await TrainingRun.train(
        options,
        { record, tensors },
        {
          storage,
          dataset,
          encodePng,
          openGpu: async () => (this.gpu = await openGpu()),
          chooseKernels: (gpu, plans) =>
            chooseKernels(gpu, plans, { mode: tune, storage: browserStorage("kernels"), say, signal: this.signal }),
          onMessage: say,
          onStep: (report) => this.stepped(report),
          onSaved: (step) => this.send({ kind: "saved", step, time: Date.now() }),
          live: { interval: intervals.pictures, show: (step, pictures) => this.show(step, pictures) },
          control: this.control,
          intervals: saveIntervals,
          signal: this.signal,
        },
      );
      this.flush();
      this.tell(finished ? "finished" : "stopped");
    } finally {
      dataset.close();
    }
  }

  async pause(): Promise<void> {
    await this.untilAtRest(this.control.pause());
  }

  resume(): void {
    this.control.resume();
    this.tell(this.hasStepped ? "training" : "compiling");
  }

  async stepOnce(): Promise<void> {
    const rest = this.control.stepOnce();
    this.tell("training");
    await this.untilAtRest(rest);
  }

  stop(): void {
    this.restIsDue = true;
    this.tell("saving");
    this.controller.abort();
  }

  adjust(adjustment: Adjustment): void {
    this.control.adjust(adjustment);
  }

  loseDevice(): void {
    this.gpu?.simulateLoss("a loss was simulated");
  }

  private async untilAtRest(rest: Promise<void>): Promise<void> {
    this.restIsDue = true;
    await rest;
    this.restIsDue = false;
    this.flush();
    if (this.control.atRest) this.tell("paused");
  }

  private stepped(report: StepReport): void {
    if (!this.hasStepped) {
      this.hasStepped = true;
      if (!this.restIsDue) this.tell("training");
    }
    const { metrics, logged, view } = report;
    this.sendProgress.offer(report);
    if (logged) this.sendHistory.offer(report);
    if (view.secondsLeft !== null) this.onPace(view.gpu, view.flopsPerStep, metrics.seconds);
  }

  private show(step: number, pictures: LivePictures): void {
    const copies: Partial<Record<keyof LivePictures, SamplePicture>> = {};
    for (const [label, { width, height, data }] of Object.entries(pictures)) {
      copies[label as keyof LivePictures] = { width, height, data: data.slice() };
    }
    this.send(
      { kind: "pictures", step, pictures: copies },
      Object.values(copies).map(({ data }) => data.buffer),
    );
  }

  private flush(): void {
    this.sendProgress.flush();
    this.sendHistory.flush();
  }

  private tell(activity: Activity): void {
    this.send({ kind: "activity", activity });
  }
}

function progressOf({ metrics, view }: StepReport): Progress {
  const { step, steps, epoch, epochs, secondsLeft, warnings, flopsPerStep, gpu } = view;
  return {
    metrics,
    step,
    steps,
    epoch,
    epochs,
    imagesPerSecond: metrics.batchSize / metrics.seconds,
    gigaflops: flopsPerStep / metrics.seconds / 1e9,
    secondsLeft,
    memoryBytes: gpu.buffers.allocated,
    warnings,
  };
}

/**
 * Passes the first value immediately, and of values that follow within `interval` only the last.
 */
function throttled<T>(interval: number, pass: (value: T) => void) {
  let last = -Infinity;
  let waiting: T | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === undefined) return;
    last = performance.now();
    pass(waiting);
    waiting = undefined;
  };
  const offer = (value: T) => {
    waiting = value;
    const wait = last + interval - performance.now();
    if (wait <= 0) flush();
    else timer ??= setTimeout(flush, wait);
  };
  return { offer, flush };
}
