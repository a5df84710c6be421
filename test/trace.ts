// Reads trace files in tests, and checks what must hold for every trace.

import { readFileSync } from "node:fs";
import { expect } from "vitest";

export interface TracedSpan {
  readonly name: string;
  /** The track, or one of its lanes: "decoding", "decoding 2". */
  readonly lane: string;
  readonly track: string;
  /** Whole nanoseconds. */
  readonly start: number;
  readonly end: number;
  readonly details: Readonly<Record<string, string | number>> | undefined;
}

/**
 * The spans of a trace, sorted by start. Fails unless the spans of each lane nest or follow one
 * another.
 */
export function readTrace(path: string): TracedSpan[] {
  const events = JSON.parse(readFileSync(path, "utf8")) as Record<string, any>[];
  const lanes = new Map<number, { name: string; open: TracedSpan[] }>();
  for (const { name, tid, args } of events) {
    if (name === "thread_name") lanes.set(tid, { name: args.name, open: [] });
  }
  const spans: TracedSpan[] = [];
  for (const { ph, name, cat, tid, ts, dur, args } of events) {
    if (ph === "M") continue;
    expect(ph).toBe("X");
    expect(dur).toBeGreaterThanOrEqual(0);
    const lane = lanes.get(tid)!;
    expect(lane.name).toMatch(new RegExp(`^${cat}( \\d+)?$`));
    const start = Math.round(1e3 * ts);
    const end = start + Math.round(1e3 * dur);
    const span = { name, lane: lane.name, track: cat, start, end, details: args };
    lane.open = lane.open.filter((earlier) => earlier.end > start);
    for (const around of lane.open) {
      expect(start, `${name} begins within ${around.name}`).toBeGreaterThanOrEqual(around.start);
      expect(end, `${name} ends within ${around.name}`).toBeLessThanOrEqual(around.end);
    }
    lane.open.push(span);
    spans.push(span);
  }
  return spans.sort((a, b) => a.start - b.start);
}

/** The GPU's dispatches, without their submits. */
export function dispatchesOf(spans: readonly TracedSpan[]): TracedSpan[] {
  return spans.filter(({ track, details }) => track === "GPU" && !details);
}
