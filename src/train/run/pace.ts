// The smoothed speed of a run, for an estimate of the remaining time.

export class Pace {
  /** Seconds per step; null before the second step, since the first one compiles. */
  seconds: number | null = null;
  /** The part of `seconds` that a step waited for its pictures. */
  waiting = 0;
  private last = performance.now();
  private begun = false;

  /** Call at the end of a step; returns the step's duration in seconds. */
  step(dataSeconds: number): number {
    const now = performance.now();
    const seconds = (now - this.last) / 1000;
    this.last = now;
    if (this.begun) {
      this.seconds = this.seconds === null ? seconds : 0.95 * this.seconds + 0.05 * seconds;
      this.waiting = 0.95 * this.waiting + 0.05 * dataSeconds;
    }
    this.begun = true;
    return this.seconds ?? seconds;
  }

  /** Restarts the clock, since the time since the last step was not work. */
  skip(): void {
    this.last = performance.now();
  }
}
