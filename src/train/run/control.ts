// The handle to pause a run, step it, and adjust it. It only stores requests; the run reads them
// before each step, where no work is half done, and reports when it rests.

import { UserError } from "../../errors.ts";
import { option } from "../options/option.ts";
import type { TrainingOptions } from "../options/options.ts";

/**
 * What can be changed during a run: the base of the learning rate's schedule, and which networks
 * learn.
 */
export type Adjustment = Partial<Pick<TrainingOptions, "lr" | "learning">>;

export class RunControl {
  /** Changes to be made before the next step. */
  adjustment: Adjustment | undefined;
  /** Whether the run is paused: no step is started. */
  paused = false;
  /** Whether a single step is requested although the run is paused. */
  private wantsStep = false;
  private ended = false;
  private resting = false;
  private wake = () => {};
  private restful: (() => void)[] = [];

  /** Resolves when the current step is done and everything is saved, or the run has ended. */
  pause(): Promise<void> {
    this.paused = true;
    return this.rest();
  }

  resume(): void {
    this.paused = false;
    this.wake();
    this.releaseAll(); // nobody needs to wait for it to pause any more
  }

  get atRest(): boolean {
    return this.resting;
  }

  /** Takes one step and pauses again; then resolves. */
  stepOnce(): Promise<void> {
    this.paused = true;
    this.wantsStep = true;
    this.wake();
    return this.rest();
  }

  /**
   * Takes effect from the next step on, permanently: it is saved with the run's options.
   *
   * @throws UserError for values that no run could be begun with
   */
  adjust(adjustment: Adjustment): void {
    const { lr, learning } = adjustment;
    if (lr !== undefined && !(lr > 0 && lr < Infinity)) {
      throw new UserError(`${option("lr")} must be a number above 0, not ${lr}.`);
    }
    if (learning !== undefined && !["both", "generators", "discriminators"].includes(learning)) {
      throw new UserError(
        `${option("learning")} must be one of both, generators, discriminators, not ${String(learning)}.`,
      );
    }
    this.adjustment = { ...this.adjustment, ...adjustment };
    this.wake();
  }

  /** Called by the run: an adjustment is in force and saved. A later one is still pending. */
  settle(adjustment: Adjustment): void {
    if (this.adjustment === adjustment) this.adjustment = undefined;
  }

  /** Called by the run: whether a single step is requested. Clears the request. */
  takeStep(): boolean {
    const { wantsStep } = this;
    this.wantsStep = false;
    return wantsStep;
  }

  /** Called by the run when it rests. Resolves on the next request, or when the signal fires. */
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

  /** Called by the run: waiting for it to rest is over. */
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
