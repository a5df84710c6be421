// A training run from its first step to its last: the order of epochs, what is shown and saved
// when, and what happens after a failure. A step depends only on what is known at its beginning,
// and gives the same bytes every time. So the answer to every failure is the same: restore the last
// good state, and repeat the steps after it.

import { UserError } from "../../errors.ts";
import { DeviceLostError, NoAdapterError } from "../../gpu/errors.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { traced } from "../../gpu/trace.ts";
import { option } from "../options/option.ts";
import type { TrainingOptions } from "../options/options.ts";
import { checkFits } from "../step/fit.ts";
import { architecturesOf } from "../step/networks.ts";
import { shapeOf } from "../step/plan.ts";
import { Trainer } from "../step/trainer.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { RunControl } from "./control.ts";
import { NonFiniteLosses, StepsInFlight } from "./in-flight.ts";
import { applyChoices } from "./kernel-choices.ts";
import { RunLogs } from "./logs.ts";
import { afterEpoch, afterStep, batchNumber, dueAfter, epochOf, isOver, learningRateOf } from "./progress.ts";
import { Recovery } from "./recovery.ts";
import { Reporting, type Device } from "./reporting.ts";
import { Showing } from "./showing.ts";
import type { StateRecord, TrainingState } from "./state-file.ts";
import type { RunEnd, RunSurroundings } from "./surroundings.ts";

export class TrainingRun {
  private gpu: Gpu | undefined;
  private trainer: Trainer | undefined;
  /** Where the next step begins. */
  private record: StateRecord;
  /** While paused: the step up to which the run continues before it pauses again. */
  private restsAt = 0;
  private readonly inFlight: StepsInFlight;
  private readonly reporting: Reporting;
  private readonly showing: Showing;
  private readonly checkpoints: Checkpoints;
  private start: TrainingState;

  private constructor(
    options: TrainingOptions,
    start: TrainingState,
    private readonly around: RunSurroundings,
    logs: RunLogs,
  ) {
    const { fingerprint } = around.dataset;
    if (start.record.dataset && start.record.dataset !== fingerprint) {
      this.say(
        "The pictures have changed since the run started: some were added, removed or renamed. The run continues with those that are " +
          "there now, in a different order.",
      );
    }
    this.record = { ...start.record, dataset: fingerprint, options };
    this.start = { record: this.record, tensors: start.tensors };
    const say = (sentence: string) => this.say(sentence);
    this.reporting = new Reporting(around, logs, this.record, say);
    this.inFlight = new StepsInFlight(start.record.epochLoss, (step, losses) =>
      this.reporting.step(step, losses, this.device),
    );
    this.showing = new Showing(around, this.reporting.health, say);
    const { storage, onSaved, intervals } = around;
    this.checkpoints = new Checkpoints(storage, architecturesOf(options), say, onSaved, intervals);
  }

  /**
   * Trains from a state, a new one or one of an earlier run, until the last epoch is over,
   * `maxSteps` are done, or the signal fires.
   *
   * @throws UserError if it cannot continue, with the last good state saved and advice on what to
   * try
   */
  static async train(options: TrainingOptions, start: TrainingState, around: RunSurroundings): Promise<RunEnd> {
    try {
      const logs = await RunLogs.open(around.storage, start.record, new Date());
      const run = new TrainingRun(options, start, around, logs);
      try {
        return await run.toTheEnd();
      } finally {
        run.gpu?.close();
      }
    } finally {
      around.control?.end();
    }
  }

  /** The options of the next step. An adjustment replaces them. */
  private get options(): TrainingOptions {
    return this.record.options;
  }

  private get device(): Device {
    return { gpu: this.gpu!, trainer: this.trainer };
  }

  private async toTheEnd(): Promise<RunEnd> {
    const recovery = new Recovery(this.record.step, (sentence) => this.say(sentence), this.around.patience);
    for (;;) {
      try {
        await this.ready();
        // From here on there is always a state to continue from.
        if (this.record.step === 0) await this.save();
        await this.advance(Infinity);
        await this.finish();
        return { step: this.record.step, finished: isOver(this.record) };
      } catch (error) {
        if (error instanceof DeviceLostError) {
          this.dropDevice();
          await this.recover(recovery, error);
        } else if (error instanceof NonFiniteLosses) {
          await this.stopBefore(error);
        } else {
          await this.checkpoints.preserve();
          throw error;
        }
      }
    }
  }

  /** Waits for another device; if there is none, saves as much as possible. */
  private async recover(recovery: Recovery, error: DeviceLostError): Promise<void> {
    try {
      await recovery.wait(error, this.reporting.reported, this.record.step);
    } catch (givingUp) {
      await this.checkpoints.preserve();
      throw givingUp;
    }
  }

  private async finish(): Promise<void> {
    await this.save();
    await this.showSamples();
    await this.showLive();
    await this.reporting.refresh(isOver(this.record) ? "finished" : "stopped", this.record, this.device);
    const { savedStep = this.start.record.step || undefined } = this.checkpoints;
    if (savedStep !== this.record.step) {
      const left =
        savedStep === undefined
          ? "none is on the disk. Free some space and start the run again."
          : `the last on the disk is of step ${savedStep}. Free some space and continue with ${option("continueTrain")}, which repeats the steps since.`;
      throw new UserError(`The run ends at step ${this.record.step}, and its state could not be saved: ${left}`);
    }
  }

  /** A device with the networks on it, at the last good state. */
  private async ready(): Promise<void> {
    if (this.trainer) return;
    this.gpu = await this.around.openGpu().catch((error: unknown) => {
      // A driver that is restarting has no adapter for a while.
      throw this.checkpoints.record && error instanceof NoAdapterError
        ? new DeviceLostError("unknown", error.message)
        : error;
    });
    const first = await this.around.dataset.batch(this.record.epoch, batchNumber(this.record));
    // The dataset's first batch may be the smaller one at the end of an epoch.
    const { length } = this.around.dataset;
    const { batchSize } = this.options;
    const shape = { ...shapeOf(first), count: Math.min(batchSize, length) };
    const rest = length > batchSize ? length % batchSize : 0;
    const shapes = rest > 0 ? [shape, { ...shape, count: rest }] : [shape];
    const record = await applyChoices(this.gpu, this.start.record, shapes, this.around.chooseKernels);
    this.start = { ...this.start, record };
    if (!this.checkpoints.record) checkFits(this.options, shape, this.gpu, rest);
    this.trainer = await Trainer.create(this.gpu, this.options, shape);
    this.continueAt(this.checkpoints.restore(this.trainer, this.start));
  }

  /** Runs steps until the run is over, or this many are done. */
  private async advance(until: number): Promise<void> {
    const { signal } = this.around;
    while (!isOver(this.record) && this.record.step < until && !signal?.aborted) {
      if (this.around.control && !(await this.mayBegin(this.around.control))) continue;
      await this.inFlight.makeRoom();
      const { epoch } = this.record;
      const { trace } = this.gpu!;
      const batch = await traced(trace, "waiting", "for pictures", () =>
        this.around.dataset.batch(epoch, batchNumber(this.record)),
      );
      const dataSeconds = this.around.dataset.lastWait / 1000;
      const learningRate = learningRateOf(this.record);
      const { optimizerSteps, pictures } = this.record;
      const { learning } = this.options;
      const start = performance.now();
      const { losses } = await this.trainer!.step(batch, { optimizerSteps, pictures, learningRate, learning });
      this.record = afterStep(this.record, batch.realA.length, this.around.dataset.batchesPerEpoch);
      const name = `step ${this.record.step}`;
      // The reader of the losses handles its rejection.
      losses.then(
        () => trace?.span("steps", { name, start, end: performance.now() }),
        () => {},
      );
      this.inFlight.add({ record: this.record, losses, learningRate, dataSeconds });
      // A repeated step was shown the first time.
      const isNew = this.record.step > this.reporting.reported;
      if (this.record.epoch > epoch) await this.endEpoch();
      await this.keepUp(epoch, isNew);
    }
    await this.inFlight.finishAll();
  }

  /**
   * Whether a step may be started. Applies adjustments first, and rests while the run is paused.
   * Steps repeated after a loss of the device are unaffected.
   */
  private async mayBegin(control: RunControl): Promise<boolean> {
    const { adjustment } = control;
    if (this.record.step < this.reporting.reported) return true;
    if (adjustment) {
      await this.inFlight.finishAll();
      this.record = { ...this.record, options: { ...this.options, ...adjustment } };
      // Saved at once, so that neither a loss of the device nor of the process undoes it.
      await this.save();
      control.settle(adjustment);
      return false;
    }
    if (control.takeStep()) this.restsAt = this.record.step + 1;
    if (!control.paused || this.record.step < this.restsAt) return true;
    await this.inFlight.finishAll();
    await this.save();
    await this.showLive();
    await control.untilWanted(this.around.signal);
    this.reporting.pace.skip();
    return false;
  }

  private async endEpoch(): Promise<void> {
    await this.inFlight.finishAll();
    this.record = afterEpoch(this.record, this.inFlight.endEpoch());
  }

  /** After each step: samples, copies, saves and the page, as they are due. */
  private async keepUp(epoch: number, isNew: boolean): Promise<void> {
    const { batchSize, displayFreq, updateHtmlFreq } = this.options;
    const totalIters = this.record.step * batchSize;
    if (isNew) {
      if (totalIters % displayFreq === 0) await this.showSamples(epoch);
      if (totalIters % updateHtmlFreq === 0) await this.reporting.refresh("training", this.record, this.device);
      if (this.showing.liveIsDue) await this.showLive();
    }
    const { kept, isDue } = dueAfter(this.record, epoch);
    if (kept.length > 0 || isDue || this.checkpoints.saveIsDue) await this.save(kept);
    else if (this.checkpoints.copyIsDue) await this.makeCopy();
  }

  /** Copies the current state to memory. */
  private async makeCopy(): Promise<void> {
    await this.inFlight.finishAll();
    await this.checkpoints.keep(this.trainer!, { ...this.record, epochLoss: this.inFlight.epochLosses });
  }

  /**
   * @param kept labels under which the networks are kept permanently
   */
  private async save(kept: readonly string[] = []): Promise<void> {
    if (this.checkpoints.holds(this.record)) return;
    await this.makeCopy();
    await this.checkpoints.write(kept);
  }

  private async showSamples(epoch = Math.max(1, epochOf(this.record))): Promise<void> {
    if (this.options.noHtml || !this.trainer?.hasPictures) return;
    await this.inFlight.finishAll();
    await this.showing.samples(this.trainer, epoch);
  }

  /** Shows the last step's pictures to a user who is watching. */
  private async showLive(): Promise<void> {
    if (!this.trainer?.hasPictures || !this.showing.isNews(this.record.step)) return;
    await this.inFlight.finishAll();
    await this.showing.live(this.trainer, this.record.step);
  }

  /**
   * Goes back to the last good state, repeats all steps but the bad one, saves, and says what to
   * try.
   */
  private async stopBefore({ step, sentence }: NonFiniteLosses): Promise<never> {
    this.continueAt(this.checkpoints.goBack(this.trainer!));
    await this.advance(step - 1);
    await this.save();
    throw new UserError(`${sentence} The state before it, of step ${step - 1}, is saved.`);
  }

  private continueAt(record: StateRecord): void {
    this.record = record;
    this.inFlight.continueAt(record);
  }

  private dropDevice(): void {
    this.trainer = undefined;
    this.gpu?.close();
    this.gpu = undefined;
    this.continueAt(this.checkpoints.record ?? this.record);
  }

  private say(sentence: string): void {
    this.around.onMessage?.(sentence);
  }
}
