// Writes a trace as a file in Chrome's trace-event format, as an array, which
// https://ui.perfetto.dev and chrome://tracing open. Events are written as they occur, since a
// training has millions. Both viewers read an array that a killed run left unclosed.
//
// Spans of a track must nest or follow one another for the viewers to draw them correctly.
// Concurrent work, such as the decoding of several pictures, is spread over several lanes.

import { closeSync, openSync, writeFileSync } from "node:fs";
import { UserError } from "../../errors.ts";
import type { Span, Trace } from "../../gpu/trace.ts";
import { nameOption } from "../../option-names.ts";
import { reasonAgainstWriting } from "./files.node.ts";

/** Bytes of text that are buffered before they are written. */
const chunk = 2 ** 18;

/** A track's lane: a thread in the format's terms. */
interface Lane {
  readonly thread: number;
  end: number;
}

export class TraceFile implements Trace {
  private readonly file: number;
  private readonly tracks = new Map<string, Lane[]>();
  private text = "[\n";
  private threads = 0;
  private events = 0;
  /** Why writing stopped; the traced work continues without its trace. */
  failure: UserError | undefined;

  /** @throws UserError if the file cannot be written */
  constructor(private readonly path: string) {
    try {
      this.file = openSync(path, "w");
    } catch (error) {
      throw this.errorOf(error);
    }
    this.event({ name: "process_name", ph: "M", pid: 1, args: { name: "pixelcycle" } });
  }

  span(track: string, span: Span, within: readonly Span[] = []): void {
    const lane = this.laneFor(track, span.start);
    lane.end = span.end;
    for (const { name, start, end, details } of [span, ...within]) {
      // In whole nanoseconds, so that nested spans remain nested after rounding.
      const [first, last] = [Math.round(start * 1e6), Math.round(end * 1e6)];
      const times = { ts: first / 1e3, dur: (last - first) / 1e3 };
      this.event({ name, cat: track, ph: "X", pid: 1, tid: lane.thread, ...times, args: details });
    }
  }

  /** Completes the file. */
  close(): void {
    this.text += "\n]\n";
    this.write();
    closeSync(this.file);
  }

  /** The first lane of the track that is free at that time. */
  private laneFor(track: string, start: number): Lane {
    const lanes = this.tracks.get(track) ?? [];
    this.tracks.set(track, lanes);
    const free = lanes.find(({ end }) => end <= start);
    if (free) return free;
    const lane = { thread: ++this.threads, end: start };
    const name = lanes.push(lane) === 1 ? track : `${track} ${lanes.length}`;
    const about = { ph: "M", pid: 1, tid: lane.thread };
    this.event({ name: "thread_name", ...about, args: { name } });
    const place = 100 * [...this.tracks.keys()].indexOf(track) + lanes.length;
    this.event({ name: "thread_sort_index", ...about, args: { sort_index: place } });
    return lane;
  }

  private event(event: object): void {
    this.text += `${this.events++ === 0 ? "" : ",\n"}${JSON.stringify(event)}`;
    if (this.text.length >= chunk) this.write();
  }

  private write(): void {
    const { text } = this;
    this.text = "";
    if (this.failure) return;
    try {
      writeFileSync(this.file, text);
    } catch (error) {
      this.failure = this.errorOf(error);
    }
  }

  private errorOf(error: unknown): UserError {
    return new UserError(`${nameOption("trace", this.path)}: ${reasonAgainstWriting(error)}`);
  }
}

/**
 * Runs `work` with a trace that is written to the file, if one is named.
 *
 * @param say receives the reason if the file is incomplete; the work is done nevertheless
 * @throws UserError if the file cannot be created; the work is not started then
 */
export async function withTrace<T>(
  path: string | undefined,
  say: (sentence: string) => void,
  work: (trace?: Trace) => Promise<T>,
): Promise<T> {
  if (path === undefined) return work();
  const trace = new TraceFile(path);
  try {
    return await work(trace);
  } finally {
    trace.close();
    if (trace.failure) say(trace.failure.message);
  }
}
