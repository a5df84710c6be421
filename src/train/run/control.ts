// The handle by which a run is paused, led step by step, and adjusted. It only notes what is wanted; the run asks it before each step, where
// nothing is half done, and says when it has come to rest.

import { UserError } from "../../errors.ts";
import type { TrainingOptions } from "../options/options.ts";

/** What can be changed while a run goes on: the base of the learning rate's schedule, and which networks learn. */
export type Adjustment = Partial<Pick<TrainingOptions, "lr" | "learning">>;

export class RunControl {
  /** What is to change before the next step. */
  adjustment: Adjustment | undefined;
  /** No step is begun. */
  paused = false;
  /** One is to be begun although it is paused. */
  private wantsStep = false;
  private ended = false;
  private resting = false;
  private wake = () => {};
  private restful: (() => void)[] = [];

  /** Resolves when the step at hand is done and everything saved, or the run has ended. */
  pause(): Promise<void> {
    this.paused = true;
    return this.rest();
  }

  resume(): void {
    this.paused = false;
    this.wake();
    this.releaseAll(); // whoever waited for it to rest waits for nothing now
  }

  get atRest(): boolean {
    return this.resting;
  }

  /** Takes one step and pauses again; resolves then. */
  stepOnce(): Promise<void> {
    this.paused = true;
    this.wantsStep = true;
    this.wake();
    return this.rest();
  }

  /**
   * Holds from the next step on, and for good: it is saved with the run's options.
   *
   * @throws UserError for what no run could be begun with
   */
  adjust(adjustment: Adjustment): void {
    const { lr, learning } = adjustment;
    if (lr !== undefined && !(lr > 0 && lr < Infinity)) {
      throw new UserError(`--lr must be a number above 0, not ${lr}.`);
    }
    if (learning !== undefined && !["both", "generators", "discriminators"].includes(learning)) {
      throw new UserError(`--learning must be one of both, generators, discriminators, not ${String(learning)}.`);
    }
    this.adjustment = { ...this.adjustment, ...adjustment };
    this.wake();
  }

  /** For the run: an adjustment is in force and saved. A later one waits its turn. */
  settle(adjustment: Adjustment): void {
    if (this.adjustment === adjustment) this.adjustment = undefined;
  }

  /** For the run: whether a single step is asked for; it is asked for no longer then. */
  takeStep(): boolean {
    const { wantsStep } = this;
    this.wantsStep = false;
    return wantsStep;
  }

  /** For the run: it is at rest. Resolves when something else is wanted of it, or the signal comes. */
  async untilWanted(signal: AbortSignal | undefined): Promise<void> {
    this.resting = true;
    this.releaseAll();
    if (!signal?.aborted && this.paused && !this.wantsStep && !this.adjustment) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        signal?.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    this.resting = false;
  }

  /** For the run: whoever waits for it to rest need wait no longer. */
  end(): void {
    this.ended = true;
    this.releaseAll();
  }

  private releaseAll(): void {
    this.restful.splice(0).forEach((resolve) => resolve());
  }

  private rest(): Promise<void> {
    if (this.ended) return Promise.resolve();
    return new Promise((resolve) => this.restful.push(resolve));
  }
}
