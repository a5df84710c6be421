// A training run from its first step to its last: the order of epochs, what is logged and saved when, and what happens when something goes
// wrong. Everything that a step depends on is known at its beginning, and a step gives the same bytes every time, so the answer to every
// failure is the same: take the last good state, and do again what came after it.

import type { Image } from "../data/image.ts";
import { UserError } from "../errors.ts";
import type { NamedTensor } from "../formats/tensors.ts";
import { writePth } from "../formats/pth-write.ts";
import { DeviceLostError, NoAdapterError } from "../gpu/errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Batch, Dataset } from "./dataset.ts";
import { checkFits } from "./fit.ts";
import { HealthWatch, nonFiniteWarning } from "./health.ts";
import { learningRateFactor, Plateau, type PlateauState } from "./learning-rate.ts";
import { RunLogs } from "./logs.ts";
import type { Losses, Metrics } from "./metrics.ts";
import { architecturesOf, mapNetworks, networkNames, type NetworkName } from "./networks.ts";
import type { TrainingOptions } from "./options.ts";
import type { LossHistory } from "./history.ts";
import { sampleFile, sampleLabels, type SampleLabel } from "./samples.ts";
import { fromTensors, stateDictOf, toTensors } from "./snapshot.ts";
import { saveState, type StateRecord, type TrainingState } from "./state-file.ts";
import type { Storage } from "./storage.ts";
import { shapeOf, Trainer, type Snapshot, type TrainerMemory } from "./trainer.ts";

/** What a run needs of the world around it. */
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
  /** Brings whatever shows the run up to date: a page. Its failure does not end the run. */
  readonly onRefresh?: (view: RunView) => Promise<void>;
  /** Ends the run after the step at hand, everything saved. */
  readonly signal?: AbortSignal;
  /** For how long a state may be the only one of its time, in milliseconds: between copies in memory, and between saves. */
  readonly intervals?: { readonly copy: number; readonly save: number };
  /** Before each try to go on after a loss of the device, in milliseconds. */
  readonly patience?: readonly number[];
}

export interface StepReport {
  readonly metrics: Metrics;
  readonly logged: boolean;
  readonly view: RunView;
}

/** A run as it can be shown. */
export interface RunView {
  readonly state: "training" | "finished" | "stopped";
  /** Steps that are done, and those of the whole run. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly epochs: number;
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

/** Losses that are no numbers: what was computed is worth nothing from this step on. */
class NonFiniteLosses extends Error {
  constructor(
    readonly step: number,
    readonly sentence: string,
  ) {
    super(sentence);
  }
}

/** A state that the run can go back to: as bytes of the device, and what is no tensor. */
interface Copy {
  readonly snapshot: Snapshot;
  readonly record: StateRecord;
}

/** A step that the device has been given. */
interface Begun {
  readonly record: StateRecord;
  readonly losses: Promise<Losses>;
  readonly learningRate: number;
  readonly dataSeconds: number;
}

const minutes = 60_000;
const defaultIntervals = { copy: minutes, save: 10 * minutes };
const defaultPatience = [0, 1000, 5000, 15_000, 60_000];
/** Steps whose losses are not known yet. */
const stepsInFlight = 2;

export class TrainingRun {
  private gpu: Gpu | undefined;
  private trainer: Trainer | undefined;
  private layout: TrainerMemory | undefined;
  /** Where the next step begins. */
  private record: StateRecord;
  private copy: Copy | undefined;
  private copyTime = 0;
  private savedStep = -1;
  private saveTime = performance.now();
  private inFlight: Begun[] = [];
  /** The furthest step whose losses were reported. */
  private reported: number;
  private lastReport = performance.now();
  /** Seconds of a step, smoothed; null before the second, for the first compiles. */
  private pace: number | null = null;
  private paced = false;
  private waiting = 0;
  /** Of this epoch's steps: how many have told their losses, and the sum of what `plateau` is told the mean of. */
  private epochLoss: StateRecord["epochLoss"];
  private readonly health: HealthWatch;
  private readonly architectures;
  private readonly intervals;

  private constructor(
    private readonly options: TrainingOptions,
    private readonly around: RunSurroundings,
    private readonly logs: RunLogs,
    private readonly initial: readonly NamedTensor[],
    record: StateRecord,
  ) {
    const { fingerprint } = around.dataset;
    if (record.dataset && record.dataset !== fingerprint) {
      this.say(
        "The pictures are not those that the run was begun with: some were added, taken away or renamed. It goes on with those that are " +
          "there, in another order than it would have.",
      );
    }
    this.record = { ...record, dataset: fingerprint };
    this.epochLoss = record.epochLoss;
    this.reported = record.step;
    this.health = new HealthWatch(options.ganMode);
    this.architectures = architecturesOf(options);
    this.intervals = around.intervals ?? defaultIntervals;
  }

  /**
   * Trains from a state, a fresh one or one of an earlier run, until the last epoch is over, `maxSteps` are done, or the signal says stop.
   *
   * @throws UserError where it cannot go on, with the last good state saved and a sentence on what to try
   */
  static async train(options: TrainingOptions, start: TrainingState, around: RunSurroundings): Promise<RunEnd> {
    const logs = await RunLogs.open(around.storage, start.record, new Date());
    const run = new TrainingRun(options, around, logs, start.tensors, start.record);
    try {
      return await run.toTheEnd();
    } finally {
      run.gpu?.close();
    }
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
          await this.preserve();
          throw error;
        }
      }
    }
  }

  private async finish(): Promise<void> {
    await this.save();
    await this.showSamples();
    await this.refresh(this.isOver() ? "finished" : "stopped");
    if (this.savedStep !== this.record.step) {
      throw new UserError(
        `The run ends at step ${this.record.step}, and its state could not be saved: the last on the disk is of step ${this.savedStep}. ` +
          "Make room and go on with --continue_train: the steps since are done again.",
      );
    }
  }

  /** A device with the networks on it, at the last good state. */
  private async ready(): Promise<void> {
    if (this.trainer) return;
    this.gpu = await this.around.openGpu().catch((error: unknown) => {
      // A driver that is starting anew has no adapter for a while.
      throw this.copy && error instanceof NoAdapterError ? new DeviceLostError("unknown", error.message) : error;
    });
    const first = await this.around.dataset.batch(this.record.epoch, this.batchNumber(this.record));
    // The first may be the short one at an epoch's end.
    const { length } = this.around.dataset;
    const { batchSize } = this.options;
    const shape = { ...shapeOf(first), count: Math.min(batchSize, length) };
    if (!this.copy) checkFits(this.options, shape, this.gpu, length > batchSize ? length % batchSize : 0);
    this.trainer = await Trainer.create(this.gpu, this.options, shape);
    // Another device may lay its memory out in another way.
    const tensors = this.copy ? toTensors(this.layout!, this.copy.snapshot) : this.initial;
    this.layout = this.trainer.layout;
    this.copy = { snapshot: fromTensors(this.layout, tensors), record: this.copy?.record ?? this.record };
    this.copyTime = performance.now();
    this.goBack();
  }

  /** Steps until the run is over, or so many steps are done. */
  private async advance(until: number): Promise<void> {
    const { signal } = this.around;
    while (!this.isOver() && this.record.step < until && !signal?.aborted) {
      while (this.inFlight.length >= stepsInFlight) await this.finishOne();
      const { epoch } = this.record;
      const batch = await this.around.dataset.batch(epoch, this.batchNumber(this.record));
      const dataSeconds = this.around.dataset.lastWait / 1000;
      const learningRate = this.options.lr * this.factor();
      const { step, pictures } = this.record;
      const { losses } = await this.trainer!.step(batch, { step, pictures, learningRate });
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
    const number = this.batchNumber(record) + 1;
    const epochIsOver = number >= this.around.dataset.batchesPerEpoch;
    const calls = { G: this.options.lambdaIdentity > 0 ? 3 : 2, D: 3 };
    return {
      ...record,
      step: record.step + 1,
      epoch: epochIsOver ? record.epoch + 1 : record.epoch,
      iters: epochIsOver ? 0 : number * this.options.batchSize,
      pictures: record.pictures + batch.realA.length,
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

    const now = performance.now();
    const seconds = (now - this.lastReport) / 1000;
    this.lastReport = now;
    if (this.paced) {
      this.pace = this.pace === null ? seconds : 0.95 * this.pace + 0.05 * seconds;
      this.waiting = 0.95 * this.waiting + 0.05 * dataSeconds;
    }
    this.paced = true;
    const { batchSize, printFreq } = this.options;
    const totalIters = record.step * batchSize;
    const metrics: Metrics = {
      step: record.step,
      epoch: record.iters === 0 ? record.epoch - 1 : record.epoch,
      iters: record.iters === 0 ? this.around.dataset.length : record.iters,
      learningRate,
      seconds: this.pace ?? seconds,
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
    const now = performance.now();
    if (isNew) {
      if (totalIters % displayFreq === 0) await this.showSamples(epoch);
      if (!noHtml && totalIters % updateHtmlFreq === 0) await this.refresh("training");
    }
    const isDue = totalIters % saveLatestFreq === 0;
    const kept = [
      ...(this.record.epoch > epoch && epoch % saveEpochFreq === 0 ? [String(epoch)] : []),
      ...(saveByIter && isDue ? [`iter_${totalIters}`] : []),
    ];
    if (kept.length > 0 || isDue || now - this.saveTime > this.intervals.save) {
      await this.save(kept);
    } else if (now - this.copyTime > this.intervals.copy) {
      await this.makeCopy();
    }
  }

  /** Keeps the state as it is now in memory. */
  private async makeCopy(): Promise<void> {
    await this.finishAll();
    const record = { ...this.record, epochLoss: this.epochLoss };
    this.copy = { snapshot: await this.trainer!.save(), record };
    this.copyTime = performance.now();
  }

  /** @param kept labels under which the networks are kept for good */
  private async save(kept: readonly string[] = []): Promise<void> {
    if (this.savedStep === this.record.step) return;
    await this.makeCopy();
    await this.writeCopy(kept);
  }

  /** Saves the last copy. With a full disk the run goes on, and tries again later. */
  private async writeCopy(kept: readonly string[] = []): Promise<void> {
    const { record, snapshot } = this.copy!;
    const tensors = toTensors(this.layout!, snapshot);
    // Before the state: a run that dies in between does the step again, and writes them then.
    for (const label of kept) await this.despiteFullDisk("The networks", () => this.writeNetworks(label, tensors));
    this.saveTime = performance.now();
    const written = await this.despiteFullDisk("The state", async () => {
      await saveState(this.around.storage, { record, tensors });
      await this.writeNetworks("latest", tensors);
    });
    if (written) this.savedStep = record.step;
    // A minute, not ten, until the next try.
    else this.saveTime += minutes - this.intervals.save;
  }

  /** The four networks of the last copy, whose tensors these are, as PyTorch reads them. */
  private async writeNetworks(label: string, tensors: readonly NamedTensor[]): Promise<void> {
    const { batchesTracked } = this.copy!.record;
    for (const name of networkNames) {
      const state = stateDictOf(this.architectures[name], name, tensors, batchesTracked[name]);
      await this.around.storage.write(`${label}_net_${name}.pth`, writePth(state));
    }
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
    await this.despiteFullDisk("The samples", async () => {
      for (const label of shown) await this.writeSample(epoch, label, pictures[label]!);
    });
  }

  private async writeSample(epoch: number, label: SampleLabel, image: Image): Promise<void> {
    await this.around.storage.write(sampleFile(epoch, label), await this.around.encodePng(image));
  }

  private async refresh(state: RunView["state"]): Promise<void> {
    if (this.options.noHtml || !this.around.onRefresh) return;
    await this.despiteFullDisk("The page", () => this.around.onRefresh!(this.view(state)));
  }

  /** @param record the place that is shown: steps after it may have begun */
  private view(state: RunView["state"], record = this.record): RunView {
    const { nEpochs, nEpochsDecay, epochCount, maxSteps } = this.options;
    const epochs = nEpochs + nEpochsDecay;
    const perEpoch = this.around.dataset.batchesPerEpoch;
    const { step, epoch, iters } = record;
    const left = Math.max(0, (epochs - epoch + 1) * perEpoch - Math.ceil(iters / this.options.batchSize));
    const steps = Math.min(step + left, maxSteps);
    return {
      state,
      step,
      steps,
      epoch: Math.max(epochCount, iters === 0 && step > 0 ? epoch - 1 : epoch),
      epochs,
      secondsLeft: this.pace === null ? null : this.pace * (steps - step),
      warnings: this.health.warnings,
      history: this.logs.history,
      gpu: this.gpu!,
      flopsPerStep: this.trainer?.plan?.flops ?? 0,
      longestSubmit: this.trainer?.longestSubmit ?? 0,
      waiting: this.waiting,
    };
  }

  /** Lets go of a device that is gone, and waits for another; gives up where none lasts. */
  private async giveUpOrWait(error: DeviceLostError, losses: string[]): Promise<void> {
    const patience = this.around.patience ?? defaultPatience;
    losses.push(error.message);
    const { step } = this.copy?.record ?? this.record;
    this.dropDevice();
    if (losses.length > patience.length) {
      await this.preserve();
      throw new UserError(
        `The GPU was lost ${losses.length} times without a step in between; the last time: ${error.message}. ` +
          `The state of step ${step} is saved: update the driver or let the machine cool, then go on with --continue_train.`,
      );
    }
    this.say(`${error.message}. The run takes a new device and goes on from step ${step}.`);
    await new Promise((resolve) => setTimeout(resolve, patience[losses.length - 1]));
  }

  /** Goes back to the last good state, does again all steps but the bad one, saves, and says what to try. */
  private async stopBefore({ step, sentence }: NonFiniteLosses): Promise<never> {
    this.inFlight = [];
    this.goBack();
    await this.advance(step - 1);
    await this.save();
    throw new UserError(`${sentence} The state before it, of step ${step - 1}, is saved.`);
  }

  private goBack(): void {
    const { snapshot, record } = this.copy!;
    this.trainer!.restore(snapshot);
    this.record = record;
    this.epochLoss = record.epochLoss;
  }

  private dropDevice(): void {
    this.inFlight = [];
    this.trainer = undefined;
    this.gpu?.close();
    this.gpu = undefined;
    this.record = this.copy?.record ?? this.record;
  }

  /** Saves what can be saved when the run cannot go on. */
  private async preserve(): Promise<void> {
    if (this.copy && this.savedStep < this.copy.record.step) await this.writeCopy();
  }

  /** Does what writes to the disk; a disk that is full, or gone, is told of and does not end the run. */
  private async despiteFullDisk(what: string, write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.say(`${what} could not be written: ${error.message} Training goes on, and it is tried again later.`);
      return false;
    }
  }

  private say(sentence: string): void {
    this.around.onMessage?.(sentence);
  }
}

/** Where a run begins that has no past. */
export function freshRecord(options: TrainingOptions, batchesTracked: Record<NetworkName, number>): StateRecord {
  const plateau: PlateauState = new Plateau().save();
  return {
    step: 0,
    epoch: options.epochCount,
    iters: 0,
    pictures: 0,
    plateau,
    epochLoss: { steps: 0, sum: 0 },
    batchesTracked,
    dataset: "",
    options,
  };
}
