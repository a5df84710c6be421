// How often a run may lose its device before it gives up, and how long it waits for another. A
// driver that restarts needs a moment; a GPU that is lost repeatedly without a completed step in
// between will not recover by waiting.

import { UserError, withoutFullStop } from "../../errors.ts";
import type { DeviceLostError } from "../../gpu/errors.ts";
import { option } from "../options/option.ts";

/** Milliseconds before the second, third, ... device is requested. */
const defaultPatience = [0, 1000, 5000, 15_000, 60_000];

export class Recovery {
  /** Losses of the device since the last new step. */
  private losses = 0;

  /**
   * @param furthest the last step whose losses are known
   * @param say receives messages for the user
   */
  constructor(
    private furthest: number,
    private readonly say: (sentence: string) => void,
    private readonly patience: readonly number[] = defaultPatience,
  ) {}

  /**
   * Waits until another device may be requested.
   *
   * @param reported the last step whose losses are known by now
   * @param step the step that the run continues from
   * @throws UserError if no device lasts
   */
  async wait(error: DeviceLostError, reported: number, step: number): Promise<void> {
    if (reported > this.furthest) this.losses = 0;
    this.furthest = Math.max(this.furthest, reported);
    this.losses++;
    const message = withoutFullStop(error.message);
    if (this.losses > this.patience.length) {
      throw new UserError(
        `The GPU was lost ${this.losses} times without a step in between; the last time: ${message}. ` +
          `The state of step ${step} is saved: update the driver or let the machine cool, then continue with ${option("continueTrain")}.`,
      );
    }
    this.say(`${message}. The run opens a new device and continues from step ${step}.`);
    await new Promise((resolve) => setTimeout(resolve, this.patience[this.losses - 1]));
  }
}
