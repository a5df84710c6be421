// A training run from its first step to its last: the order of epochs, what is logged and saved when, and what happens when something goes
// wrong. Everything that a step depends on is known at its beginning, and a step gives the same bytes every time, so the answer to every
// failure is the same: take the last good state, and do again what came after it.

import { UserError, withoutFullStop } from "../../errors.ts";
import { DeviceLostError, NoAdapterError } from "../../gpu/errors.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { Checkpoints, despiteFullDisk } from "./checkpoints.ts";
import type { Batch } from "../dataset/dataset.ts";
import { checkFits } from "../step/fit.ts";
import { HealthWatch, nonFiniteWarning } from "./health.ts";
import { learningRateFactor, Plateau } from "../step/learning-rate.ts";
import { RunLogs } from "./logs.ts";
import type { Losses, Metrics } from "../step/metrics.ts";
import { architecturesOf, mapNetworks } from "../step/networks.ts";
import type { TrainingOptions } from "../options/options.ts";
import { Pace } from "./pace.ts";
import { placeOf } from "./place.ts";
import type { RunControl } from "./control.ts";
import type { LivePictures, RunEnd, RunSurroundings, RunView } from "./surroundings.ts";
import { sampleFile } from "./sample-files.ts";
import { sampleLabels } from "../step/sample-pictures.ts";
import type { StateRecord, TrainingState } from "./state-file.ts";
import { learns } from "../step/step.ts";
import { shapeOf, Trainer } from "../step/trainer.ts";

/** Losses that are no numbers: what was computed is worth nothing from this step on. */
class NonFiniteLosses extends Error {
  constructor(
    readonly step: number,
    readonly sentence: string,
  ) {
    super(sentence);
  }
}

/** A step that the device has been given. */
interface Begun {
  readonly record: StateRecord;
  readonly losses: Promise<Losses>;
  readonly learningRate: number;
  readonly dataSeconds: number;
}

const defaultPatience = [0, 1000, 5000, 15_000, 60_000];
/** Steps whose losses are not known yet. */
const stepsInFlight = 2;

export class TrainingRun {
  private gpu: Gpu | undefined;
  private trainer: Trainer | undefined;
  /** Where the next step begins. */
  private record: StateRecord;
  private inFlight: Begun[] = [];
  /** The furthest step whose losses were reported. */
  private reported: number;
  /** While it is paused: the step that it goes on to before it rests. */
  private restsAt = 0;
  /** Of this epoch's steps: how many have told their losses, and the sum of what `plateau` is told the mean of. */
  private epochLoss: StateRecord["epochLoss"];
  /** When the pictures were last shown, and of what step. */
  private shownTime = performance.now();
  private shownStep = -1;
  private readonly pace = new Pace();
  private readonly health: HealthWatch;
  private readonly checkpoints: Checkpoints;
  private readonly start: TrainingState;

  private constructor(
    options: TrainingOptions,
    start: TrainingState,
    private readonly around: RunSurroundings,
    private readonly logs: RunLogs,
  ) {
    const { fingerprint } = around.dataset;
    if (start.record.dataset && start.record.dataset !== fingerprint) {
      this.say(
        "The pictures are not those that the run was begun with: some were added, taken away or renamed. It goes on with those that are " +
          "there, in another order than it would have.",
      );
    }
    this.record = { ...start.record, dataset: fingerprint, options };
    this.start = { record: this.record, tensors: start.tensors };
    this.epochLoss = start.record.epochLoss;
    this.reported = start.record.step;
    this.health = new HealthWatch(options.ganMode);
    const say = (sentence: string) => this.say(sentence);
    const { storage, onSaved, intervals } = around;
    this.checkpoints = new Checkpoints(storage, architecturesOf(options), say, onSaved, intervals);
  }

  /**
   * Trains from a state, a fresh one or one of an earlier run, until the last epoch is over, `maxSteps` are done, or the signal says stop.
   *
   * @throws UserError where it cannot go on, with the last good state saved and a sentence on what to try
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

  /** Those that the next step goes by: an adjustment puts others in their place. */
  private get options(): TrainingOptions {
    return this.record.options;
  }

  private async toTheEnd(): Promise<RunEnd> {
    const losses: string[] = [];
    let furthest = this.record.step;
    for (;;) {
      try {
        await this.ready();
        // Whatever happens from now on, there is something to go on from.
        if (this.record.step === 0) await this.save();
        await this.advance(Infinity);
        await this.finish();
        return { step: this.record.step, finished: this.isOver() };
      } catch (error) {
        if (error instanceof DeviceLostError) {
          if (this.reported > furthest) losses.length = 0;
          furthest = Math.max(furthest, this.reported);
          await this.giveUpOrWait(error, losses);
        } else if (error instanceof NonFiniteLosses) {
          await this.stopBefore(error);
        } else {
          await this.checkpoints.preserve();
          throw error;
        }
      }
    }
  }

  private async finish(): Promise<void> {
    await this.save();
    await this.showSamples();
    await this.showLive();
    await this.refresh(this.isOver() ? "finished" : "stopped");
    const { savedStep = this.start.record.step || undefined } = this.checkpoints;
    if (savedStep !== this.record.step) {
      const left =
        savedStep === undefined
          ? "none is on the disk. Make room and begin it anew."
          : `the last on the disk is of step ${savedStep}. Make room and go on with --continue_train: the steps since are done again.`;
      throw new UserError(`The run ends at step ${this.record.step}, and its state could not be saved: ${left}`);
    }
  }

  /** A device with the networks on it, at the last good state. */
  private async ready(): Promise<void> {
    if (this.trainer) return;
    this.gpu = await this.around.openGpu().catch((error: unknown) => {
      // A driver that is starting anew has no adapter for a while.
      throw this.checkpoints.record && error instanceof NoAdapterError
        ? new DeviceLostError("unknown", error.message)
        : error;
    });
    const first = await this.around.dataset.batch(this.record.epoch, this.batchNumber(this.record));
    // The first may be the short one at an epoch's end.
    const { length } = this.around.dataset;
    const { batchSize } = this.options;
    const shape = { ...shapeOf(first), count: Math.min(batchSize, length) };
    if (!this.checkpoints.record) {
      checkFits(this.options, shape, this.gpu, length > batchSize ? length % batchSize : 0);
    }
    this.trainer = await Trainer.create(this.gpu, this.options, shape);
    this.continueAt(this.checkpoints.restore(this.trainer, this.start));
  }

  /** Steps until the run is over, or so many steps are done. */
  private async advance(until: number): Promise<void> {
    const { signal } = this.around;
    while (!this.isOver() && this.record.step < until && !signal?.aborted) {
      if (this.around.control && !(await this.mayBegin(this.around.control))) continue;
      while (this.inFlight.length >= stepsInFlight) await this.finishOne();
      const { epoch } = this.record;
      const batch = await this.around.dataset.batch(epoch, this.batchNumber(this.record));
      const dataSeconds = this.around.dataset.lastWait / 1000;
      const learningRate = this.options.lr * this.factor();
      const { optimizerSteps, pictures } = this.record;
      const { learning } = this.options;
      const { losses } = await this.trainer!.step(batch, { optimizerSteps, pictures, learningRate, learning });
      losses.catch(() => {}); // whoever waits for it hears of it
      this.record = this.after(batch);
      this.inFlight.push({ record: this.record, losses, learningRate, dataSeconds });
      // What is done a second time was shown the first time.
      const isNew = this.record.step > this.reported;
      if (this.record.epoch > epoch) await this.endEpoch();
      await this.keepUp(epoch, isNew);
    }
    await this.finishAll();
  }

  /**
   * Whether a step may be begun: makes adjustments first, and rests while the run is paused. What is done a second time, after a loss of
   * the device, is done as it was the first time.
   */
  private async mayBegin(control: RunControl): Promise<boolean> {
    const { adjustment } = control;
    if (this.record.step < this.reported) return true;
    if (adjustment) {
      await this.finishAll();
      this.record = { ...this.record, options: { ...this.options, ...adjustment } };
      // So that neither a loss of the device nor one of the process takes it back.
      await this.save();
      control.settle(adjustment);
      return false;
    }
    if (control.takeStep()) this.restsAt = this.record.step + 1;
    if (!control.paused || this.record.step < this.restsAt) return true;
    await this.finishAll();
    await this.save();
    await this.showLive();
    await control.untilWanted(this.around.signal);
    this.pace.skip();
    return false;
  }

  private isOver(): boolean {
    const { nEpochs, nEpochsDecay, maxSteps } = this.options;
    return this.record.epoch > nEpochs + nEpochsDecay || this.record.step >= maxSteps;
  }

  private batchNumber({ iters }: StateRecord): number {
    return Math.ceil(iters / this.options.batchSize);
  }

  /** The place after a step. The last batch of an epoch may have been a short one. */
  private after(batch: Batch): StateRecord {
    const { record } = this;
    const { learning, batchSize, lambdaIdentity } = this.options;
    const number = this.batchNumber(record) + 1;
    const epochIsOver = number >= this.around.dataset.batchesPerEpoch;
    const calls = { G: lambdaIdentity > 0 ? 3 : 2, D: 3 };
    const { generators, discriminators } = record.optimizerSteps;
    return {
      ...record,
      step: record.step + 1,
      epoch: epochIsOver ? record.epoch + 1 : record.epoch,
      iters: epochIsOver ? 0 : number * batchSize,
      pictures: record.pictures + batch.realA.length,
      optimizerSteps: {
        generators: generators + Number(learns("generators", learning)),
        discriminators: discriminators + Number(learns("discriminators", learning)),
      },
      batchesTracked: mapNetworks((name) => record.batchesTracked[name] + calls[name[0] as "G" | "D"]),
    };
  }

  /** What the learning rate is multiplied by now. */
  private factor(): number {
    const { lrPolicy, nEpochs, nEpochsDecay, lrDecayIters } = this.options;
    if (lrPolicy === "plateau") return this.record.plateau.factor;
    const schedule = { policy: lrPolicy, epochs: nEpochs, decayEpochs: nEpochsDecay, stepEpochs: lrDecayIters };
    return learningRateFactor(this.record.epoch, schedule);
  }

  private async finishAll(): Promise<void> {
    while (this.inFlight.length > 0) await this.finishOne();
  }

  /** Waits for the losses of the oldest step that was begun, and tells of them. */
  private async finishOne(): Promise<void> {
    const { record, losses: promised, learningRate, dataSeconds } = this.inFlight[0];
    const losses = await promised;
    this.inFlight.shift();
    const sentence = nonFiniteWarning(record.step, losses);
    if (sentence) throw new NonFiniteLosses(record.step, sentence);
    this.addToEpochLoss(losses);
    if (record.step <= this.reported) return; // said before the device was lost
    this.reported = record.step;

    const seconds = this.pace.step(dataSeconds);
    const { batchSize, printFreq } = this.options;
    const totalIters = record.step * batchSize;
    const metrics: Metrics = {
      step: record.step,
      epoch: record.iters === 0 ? record.epoch - 1 : record.epoch,
      iters: record.iters === 0 ? this.around.dataset.length : record.iters,
      learningRate,
      seconds,
      dataSeconds,
      batchSize,
      ...losses,
    };
    for (const warning of this.health.addLosses(record.step, losses)) this.say(warning);
    const logged = totalIters % printFreq === 0;
    if (logged) await this.despiteFullDisk("The logs", () => this.logs.append(metrics, new Date()));
    this.around.onStep?.({ metrics, logged, view: this.view("training", record) });
  }

  /** The generators' whole loss, which `plateau` watches. */
  private addToEpochLoss({ G_A, cycle_A, idt_A, G_B, cycle_B, idt_B }: Losses): void {
    const { steps, sum } = this.epochLoss;
    this.epochLoss = { steps: steps + 1, sum: sum + G_A + cycle_A + idt_A + G_B + cycle_B + idt_B };
  }

  private async endEpoch(): Promise<void> {
    await this.finishAll();
    const { steps, sum } = this.epochLoss;
    this.epochLoss = { steps: 0, sum: 0 };
    if (this.options.lrPolicy === "plateau") {
      const plateau = new Plateau(this.record.plateau);
      plateau.endEpoch(sum / steps);
      this.record = { ...this.record, plateau: plateau.save() };
    }
  }

  /** After each step: what is due of samples, copies, saves and the page. */
  private async keepUp(epoch: number, isNew: boolean): Promise<void> {
    const { batchSize, displayFreq, updateHtmlFreq, saveLatestFreq, saveEpochFreq, saveByIter, noHtml } = this.options;
    const totalIters = this.record.step * batchSize;
    if (isNew) {
      if (totalIters % displayFreq === 0) await this.showSamples(epoch);
      if (!noHtml && totalIters % updateHtmlFreq === 0) await this.refresh("training");
      const { live } = this.around;
      if (live && performance.now() - this.shownTime > live.interval) await this.showLive();
    }
    const isDue = totalIters % saveLatestFreq === 0;
    const kept = [
      ...(this.record.epoch > epoch && epoch % saveEpochFreq === 0 ? [String(epoch)] : []),
      ...(saveByIter && isDue ? [`iter_${totalIters}`] : []),
    ];
    if (kept.length > 0 || isDue || this.checkpoints.saveIsDue) await this.save(kept);
    else if (this.checkpoints.copyIsDue) await this.makeCopy();
  }

  /** Keeps the state as it is now in memory. */
  private async makeCopy(): Promise<void> {
    await this.finishAll();
    await this.checkpoints.keep(this.trainer!, { ...this.record, epochLoss: this.epochLoss });
  }

  /** @param kept labels under which the networks are kept for good */
  private async save(kept: readonly string[] = []): Promise<void> {
    if (this.checkpoints.holds(this.record)) return;
    await this.makeCopy();
    await this.checkpoints.write(kept);
  }

  private async showSamples(epoch = Math.max(1, this.record.iters === 0 ? this.record.epoch - 1 : this.record.epoch)) {
    if (this.options.noHtml || !this.trainer?.hasPictures) return;
    await this.finishAll();
    const pictures = await this.trainer.pictures();
    for (const [generator, real, fake] of [
      ["A", pictures.real_A, pictures.fake_B],
      ["B", pictures.real_B, pictures.fake_A],
    ] as const) {
      for (const warning of this.health.addTranslation({ generator, real: real!, fake: fake! })) this.say(warning);
    }
    const shown = sampleLabels.filter((label) => pictures[label]);
    const { storage, encodePng } = this.around;
    await this.despiteFullDisk("The samples", async () => {
      for (const label of shown) await storage.write(sampleFile(epoch, label), await encodePng(pictures[label]!));
    });
  }

  /** Shows the last step's pictures to whoever watches. */
  private async showLive(): Promise<void> {
    const { live } = this.around;
    if (!live || !this.trainer?.hasPictures || this.shownStep === this.record.step) return;
    await this.finishAll();
    const pictures: LivePictures = await this.trainer.pictures();
    this.shownTime = performance.now();
    this.shownStep = this.record.step;
    live.show(this.record.step, pictures);
  }

  private async refresh(state: RunView["state"]): Promise<void> {
    if (this.options.noHtml || !this.around.onRefresh) return;
    await this.despiteFullDisk("The page", () => this.around.onRefresh!(this.view(state)));
  }

  /** @param record the place that is shown: steps after it may have begun */
  private view(state: RunView["state"], record = this.record): RunView {
    const place = placeOf(record, this.around.dataset.batchesPerEpoch);
    const { seconds } = this.pace;
    return {
      state,
      ...place,
      secondsLeft: seconds === null ? null : seconds * (place.steps - place.step),
      warnings: this.health.warnings,
      history: this.logs.history,
      gpu: this.gpu!,
      flopsPerStep: this.trainer?.plan?.flops ?? 0,
      longestSubmit: this.trainer?.longestSubmit ?? 0,
      waiting: this.pace.waiting,
    };
  }

  /** Lets go of a device that is gone, and waits for another; gives up where none lasts. */
  private async giveUpOrWait(error: DeviceLostError, losses: string[]): Promise<void> {
    const patience = this.around.patience ?? defaultPatience;
    losses.push(error.message);
    const { step } = this.checkpoints.record ?? this.record;
    this.dropDevice();
    if (losses.length > patience.length) {
      await this.checkpoints.preserve();
      throw new UserError(
        `The GPU was lost ${losses.length} times without a step in between; the last time: ${withoutFullStop(error.message)}. ` +
          `The state of step ${step} is saved: update the driver or let the machine cool, then go on with --continue_train.`,
      );
    }
    this.say(`${withoutFullStop(error.message)}. The run takes a new device and goes on from step ${step}.`);
    await new Promise((resolve) => setTimeout(resolve, patience[losses.length - 1]));
  }

  /** Goes back to the last good state, does again all steps but the bad one, saves, and says what to try. */
  private async stopBefore({ step, sentence }: NonFiniteLosses): Promise<never> {
    this.inFlight = [];
    this.continueAt(this.checkpoints.goBack(this.trainer!));
    await this.advance(step - 1);
    await this.save();
    throw new UserError(`${sentence} The state before it, of step ${step - 1}, is saved.`);
  }

  private continueAt(record: StateRecord): void {
    this.record = record;
    this.epochLoss = record.epochLoss;
  }

  private dropDevice(): void {
    this.inFlight = [];
    this.trainer = undefined;
    this.gpu?.close();
    this.gpu = undefined;
    this.record = this.checkpoints.record ?? this.record;
  }

  private despiteFullDisk(what: string, write: () => Promise<void>): Promise<boolean> {
    return despiteFullDisk(what, (sentence) => this.say(sentence), write);
  }

  private say(sentence: string): void {
    this.around.onMessage?.(sentence);
  }
}
