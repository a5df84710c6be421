// How fast a run goes, smoothed, so that it can say how long it will take.

export class Pace {
  /** Seconds of a step; null before the second, for the first compiles. */
  seconds: number | null = null;
  /** Of those, what a step waited for its pictures. */
  waiting = 0;
  private last = performance.now();
  private begun = false;

  /** A step is done; returns how long it took, in seconds. */
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

  /** What has passed since the last step was no work. */
  skip(): void {
    this.last = performance.now();
  }
}
