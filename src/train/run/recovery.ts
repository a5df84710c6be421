// How often a run may lose its device before it gives up, and how long it waits for another: a driver that starts anew needs a moment, and a
// GPU that is lost again and again without a step in between will not come back by waiting.

import { UserError, withoutFullStop } from "../../errors.ts";
import type { DeviceLostError } from "../../gpu/errors.ts";

/** Milliseconds before the second, third, ... device is taken. */
const defaultPatience = [0, 1000, 5000, 15_000, 60_000];

export class Recovery {
  /** Losses since the last step that was new. */
  private losses = 0;

  /**
   * @param furthest the last step whose losses are known
   * @param say tells people what happens
   */
  constructor(
    private furthest: number,
    private readonly say: (sentence: string) => void,
    private readonly patience: readonly number[] = defaultPatience,
  ) {}

  /**
   * Waits until another device may be taken.
   *
   * @param reported the last step whose losses are known by now
   * @param step that the run goes on from
   * @throws UserError where no device lasts
   */
  async wait(error: DeviceLostError, reported: number, step: number): Promise<void> {
    if (reported > this.furthest) this.losses = 0;
    this.furthest = Math.max(this.furthest, reported);
    this.losses++;
    const message = withoutFullStop(error.message);
    if (this.losses > this.patience.length) {
      throw new UserError(
        `The GPU was lost ${this.losses} times without a step in between; the last time: ${message}. ` +
          `The state of step ${step} is saved: update the driver or let the machine cool, then go on with --continue_train.`,
      );
    }
    this.say(`${message}. The run takes a new device and goes on from step ${step}.`);
    await new Promise((resolve) => setTimeout(resolve, this.patience[this.losses - 1]));
  }
}
