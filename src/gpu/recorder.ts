// Records dispatches on a trace. Each dispatch gets a pass of its own between two timestamps. The
// timestamps are read back in the background: no caller waits for them, and none sees their
// failures. The results stay the same; a run takes a little longer.
//
// The GPU's clock has an arbitrary origin. A submit begins after it was handed over and ends before
// its timestamps were read, which bounds the offset between the two clocks; each submit narrows the
// bounds.

import { encodePass, type Dispatch } from "./commands.ts";
import type { Gpu } from "./gpu.ts";
import { clockOf } from "./timing.ts";
import type { Span, Trace } from "./trace.ts";

/** WebGPU allows 4096 queries in a set, and a dispatch needs two. */
const dispatchesInSet = 2048;

/** Buffer usages and map modes as numbers: the globals that name them do not exist in Node. */
const querySource = 0x0200 | 0x0004; // QUERY_RESOLVE | COPY_SRC
const readable = 0x0001 | 0x0008; // MAP_READ | COPY_DST
const mapRead = 1;

/** What was timed: a dispatch, or a pass of several. */
export interface Timed {
  readonly label: string;
}

/** When a submit was handed over and when it was known to be done, on the CPU's clock. */
export interface Bounds {
  readonly start: number;
  readonly end: number;
}

export class DispatchRecorder {
  private readonly pending = new Set<Promise<void>>();
  /** The first timestamp; the others are relative to it. */
  private origin: bigint | undefined;
  /** How many milliseconds the CPU's clock is ahead of the timestamps. */
  private offset: number | undefined;
  /** The end of the last GPU span. */
  private lastEnd = 0;

  constructor(
    private readonly gpu: Gpu,
    private readonly trace: Trace,
  ) {}

  /** Submits dispatches in order, as `submit` in commands.ts does. */
  submit(dispatches: readonly Dispatch[], label: string): void {
    if (clockOf(this.gpu) === "CPU") return this.submitUntimed(dispatches, label);
    for (let first = 0; first < dispatches.length; first += dispatchesInSet) {
      this.submitTimed(dispatches.slice(first, first + dispatchesInSet), label);
    }
  }

  /** Resolves when the trace contains everything that was submitted. */
  async finished(): Promise<void> {
    while (this.pending.size > 0) await Promise.race(this.pending);
  }

  /**
   * Adds a submit to the trace, with the dispatches or passes timed in it.
   *
   * @param ticks nanoseconds on the GPU's clock: begin and end of each, in order
   */
  report(label: string, timed: readonly Timed[], ticks: BigUint64Array, bounds: Bounds): void {
    const origin = (this.origin ??= ticks[0]);
    const times = Array.from(ticks, (tick) => Number(tick - origin) / 1e6);
    const [earliest, latest] = [bounds.start - times[0], bounds.end - times[times.length - 1]];
    const offset = Math.min(Math.max(this.offset ?? latest, earliest), latest);
    this.offset = offset;
    // A GPU may begin a dispatch before the previous one has ended. On a track they are drawn one
    // after the other.
    let free = this.lastEnd;
    const spans = timed.map(({ label }, i): Span => {
      const start = Math.max(free, times[2 * i] + offset);
      free = Math.max(start, times[2 * i + 1] + offset);
      return { name: label, start, end: free };
    });
    this.lastEnd = free;
    const whole = { name: label, start: spans[0].start, end: free, details: { dispatches: timed.length } };
    this.trace.span("GPU", whole, spans);
  }

  private submitTimed(dispatches: readonly Dispatch[], label: string): void {
    const { device } = this.gpu;
    const count = 2 * dispatches.length;
    const querySet = device.createQuerySet({ type: "timestamp", count });
    const resolved = device.createBuffer({ label: "timestamps", size: 8 * count, usage: querySource });
    const staging = device.createBuffer({ label: "timestamps", size: 8 * count, usage: readable });
    const encoder = device.createCommandEncoder({ label });
    dispatches.forEach((dispatch, i) =>
      encodePass(encoder, dispatch.label, [dispatch], {
        querySet,
        beginningOfPassWriteIndex: 2 * i,
        endOfPassWriteIndex: 2 * i + 1,
      }),
    );
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * count);
    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    this.await(
      staging.mapAsync(mapRead).then(() => {
        const ticks = new BigUint64Array(staging.getMappedRange().slice(0));
        this.report(label, dispatches, ticks, { start, end: performance.now() });
      }),
      () => [querySet, resolved, staging].forEach((made) => made.destroy()),
    );
  }

  /** Without timestamps, a submit is one span, as long as it takes on the CPU's clock. */
  private submitUntimed(dispatches: readonly Dispatch[], label: string): void {
    const { device } = this.gpu;
    const encoder = device.createCommandEncoder({ label });
    encodePass(encoder, label, dispatches);
    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    this.await(
      device.queue.onSubmittedWorkDone().then(() => {
        const end = performance.now();
        const details = { dispatches: dispatches.length };
        this.trace.span("GPU", { name: label, start: Math.max(start, this.lastEnd), end, details });
        this.lastEnd = end;
      }),
    );
  }

  private await(answer: Promise<void>, release = () => {}): void {
    // A lost device has no timestamps. Callers that wait for its results receive the loss
    // themselves.
    const done = answer
      .catch(() => {})
      .then(() => {
        release();
        this.pending.delete(done);
      });
    this.pending.add(done);
  }
}
