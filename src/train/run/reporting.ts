// Reports on a run while it continues: each step's losses to its logs and to listeners, warnings,
// and the page that shows the run.

import type { Gpu } from "../../gpu/gpu.ts";
import type { Losses, Metrics } from "../step/metrics.ts";
import type { Trainer } from "../step/trainer.ts";
import { despiteFullDisk } from "./checkpoints.ts";
import { HealthWatch } from "./health.ts";
import type { RunLogs } from "./logs.ts";
import { Pace } from "./pace.ts";
import { placeOf } from "./place.ts";
import { epochOf } from "./progress.ts";
import type { StateRecord } from "./state-file.ts";
import type { RunSurroundings, RunView } from "./surroundings.ts";

/** A step that was taken. */
export interface TakenStep {
  /** The state after it. */
  readonly record: StateRecord;
  readonly learningRate: number;
  readonly dataSeconds: number;
}

/** What the run is working on at the moment. */
export interface Device {
  readonly gpu: Gpu;
  readonly trainer?: Trainer | undefined;
}

export class Reporting {
  readonly health: HealthWatch;
  readonly pace = new Pace();
  /** The furthest step whose losses were reported. */
  reported: number;

  constructor(
    private readonly around: Pick<RunSurroundings, "dataset" | "onStep" | "onRefresh">,
    private readonly logs: RunLogs,
    { step, options }: StateRecord,
    private readonly say: (sentence: string) => void,
  ) {
    this.health = new HealthWatch(options.ganMode);
    this.reported = step;
  }

  /** Reports the losses of a step, unless that was done before the device was lost. */
  async step({ record, learningRate, dataSeconds }: TakenStep, losses: Losses, device: Device): Promise<void> {
    if (record.step <= this.reported) return;
    this.reported = record.step;
    const { batchSize, printFreq } = record.options;
    const metrics: Metrics = {
      step: record.step,
      epoch: epochOf(record),
      iters: record.iters === 0 ? this.around.dataset.length : record.iters,
      learningRate,
      seconds: this.pace.step(dataSeconds),
      dataSeconds,
      batchSize,
      ...losses,
    };
    for (const warning of this.health.addLosses(record.step, losses)) this.say(warning);
    const logged = (record.step * batchSize) % printFreq === 0;
    if (logged) await despiteFullDisk("The logs", this.say, () => this.logs.append(metrics, new Date()));
    this.around.onStep?.({ metrics, logged, view: this.view("training", record, device) });
  }

  /** Updates the page that shows the run, if there is one. */
  async refresh(state: RunView["state"], record: StateRecord, device: Device): Promise<void> {
    const { onRefresh } = this.around;
    if (record.options.noHtml || !onRefresh) return;
    await despiteFullDisk("The page", this.say, () => onRefresh(this.view(state, record, device)));
  }

  private view(state: RunView["state"], record: StateRecord, { gpu, trainer }: Device): RunView {
    const place = placeOf(record, this.around.dataset.batchesPerEpoch);
    const { seconds, waiting } = this.pace;
    return {
      state,
      ...place,
      secondsLeft: seconds === null ? null : seconds * (place.steps - place.step),
      warnings: this.health.warnings,
      history: this.logs.history,
      gpu,
      flopsPerStep: trainer?.plan?.flops ?? 0,
      longestSubmit: trainer?.longestSubmit ?? 0,
      waiting,
    };
  }
}
