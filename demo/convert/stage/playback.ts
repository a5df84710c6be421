// Decides which frame of an animation is shown and for how long, as browsers do.

import type { Timing } from "../../parts/grid-api.ts";

/** Browsers show frames with a delay below 20 ms for 100 ms. */
export function shownFor(delay: number): number {
  return delay < 20 ? 100 : delay;
}

export interface Moment {
  readonly frame: number;
  /** The completed repetitions. */
  readonly plays: number;
}

/** @returns null after the last repetition */
export function momentAfter({ frame, plays }: Moment, { delays, loops }: Timing): Moment | null {
  if (frame + 1 < delays.length) return { frame: frame + 1, plays };
  return loops > 0 && plays + 1 >= loops ? null : { frame: 0, plays: plays + 1 };
}

/** Steps wrap around at both ends. */
export function steppedBy(frame: number, by: number, count: number): number {
  return (frame + by + count) % count;
}

/** `24 frames, 2.4 s` */
export function lengthText({ delays }: Timing): string {
  const seconds = delays.reduce((sum, delay) => sum + shownFor(delay), 0) / 1000;
  return `${delays.length} frames, ${Number(seconds.toFixed(1))} s`;
}
