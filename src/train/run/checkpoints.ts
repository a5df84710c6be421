// The states that a run can return to: a copy in memory, in case the device is lost, and the last
// saved one, in case the process dies. Both are taken between steps and contain everything that the
// next step depends on.

import { UserError } from "../../errors.ts";
import type { NamedTensor } from "../../formats/tensors/tensors.ts";
import { writePth } from "../../formats/torch/pth-write.ts";
import { networkNames, type Architectures } from "../step/networks.ts";
import type { TrainerMemory } from "../step/plan.ts";
import { fromTensors, stateDictOf, toTensors } from "../step/snapshot.ts";
import type { Snapshot, Trainer } from "../step/trainer.ts";
import { saveState, type StateRecord, type TrainingState } from "./state-file.ts";
import type { Storage } from "./storage.ts";
import type { SaveIntervals } from "./surroundings.ts";

/** A state: the device's bytes, and the record of everything else. */
interface Copy {
  readonly snapshot: Snapshot;
  readonly record: StateRecord;
  readonly layout: TrainerMemory;
}

const minute = 60_000;
const defaultIntervals: SaveIntervals = { copy: minute, save: 10 * minute };

export class Checkpoints {
  private copy: Copy | undefined;
  private copyTime = 0;
  /** The last saved state. */
  private saved: StateRecord | undefined;
  private saveTime = performance.now();

  constructor(
    private readonly storage: Storage,
    private readonly architectures: Architectures,
    private readonly say: (sentence: string) => void,
    private readonly onSaved: (step: number) => void = () => {},
    private readonly intervals: SaveIntervals = defaultIntervals,
  ) {}

  /** The record of the copy; undefined before there is one. */
  get record(): StateRecord | undefined {
    return this.copy?.record;
  }

  /** Undefined before the first save. */
  get savedStep(): number | undefined {
    return this.saved?.step;
  }

  get copyIsDue(): boolean {
    return performance.now() - this.copyTime > this.intervals.copy;
  }

  get saveIsDue(): boolean {
    return performance.now() - this.saveTime > this.intervals.save;
  }

  /** Restores the copy, or the initial state, to a trainer and returns its record. */
  restore(trainer: Trainer, start: TrainingState): StateRecord {
    // Another device may have another memory layout.
    const { layout } = trainer;
    const tensors = this.copy ? toTensors(this.copy.layout, this.copy.snapshot) : start.tensors;
    this.copy = { snapshot: fromTensors(layout, tensors), layout, record: this.copy?.record ?? start.record };
    this.copyTime = performance.now();
    return this.goBack(trainer);
  }

  /** Restores the copy to the trainer that it was taken from. */
  goBack(trainer: Trainer): StateRecord {
    const { snapshot, record } = this.copy!;
    trainer.restore(snapshot);
    return record;
  }

  /** Copies a trainer's state to memory. */
  async keep(trainer: Trainer, record: StateRecord): Promise<void> {
    this.copy = { snapshot: await trainer.save(), layout: trainer.layout, record };
    this.copyTime = performance.now();
  }

  /** Whether the last saved state has this step and the same options. */
  holds({ step, options }: StateRecord): boolean {
    return this.saved?.step === step && this.saved.options === options;
  }

  /**
   * Saves the copy. If the disk is full, the run continues and tries again later.
   *
   * @param kept labels under which the networks are kept permanently
   */
  async write(kept: readonly string[] = []): Promise<void> {
    const { record, snapshot, layout } = this.copy!;
    const tensors = toTensors(layout, snapshot);
    // Written before the state: a run that dies in between repeats the step and then writes them.
    for (const label of kept) {
      await despiteFullDisk("The networks", this.say, () => this.writeNetworks(label, tensors, record));
    }
    this.saveTime = performance.now();
    const written = await despiteFullDisk("The state", this.say, async () => {
      await saveState(this.storage, { record, tensors });
      await this.writeNetworks("latest", tensors, record);
    });
    // After a failure the next attempt follows in a minute, not in ten.
    if (!written) this.saveTime += minute - this.intervals.save;
    else {
      this.saved = record;
      this.onSaved(record.step);
    }
  }

  /** Saves as much as possible when the run cannot continue. */
  async preserve(): Promise<void> {
    if (this.copy && !this.holds(this.copy.record)) await this.write();
  }

  /** The four networks of a state, as PyTorch reads them. */
  private async writeNetworks(label: string, tensors: readonly NamedTensor[], { batchesTracked }: StateRecord) {
    for (const name of networkNames) {
      const state = stateDictOf(this.architectures[name], name, tensors, batchesTracked[name]);
      await this.storage.write(`${label}_net_${name}.pth`, writePth(state));
    }
  }
}

/**
 * Runs something that writes to the disk. A full or missing disk is reported and does not end the
 * run.
 */
export async function despiteFullDisk(
  what: string,
  say: (sentence: string) => void,
  write: () => Promise<void>,
): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`${what} could not be written: ${error.message} Training continues, and the write is tried again later.`);
    return false;
  }
}
