// A timeline of a run: spans of GPU work, disk access and waiting, on tracks. To record one, pass
// the engine a `Trace`; without it, nothing is measured.

/** Times are milliseconds of `performance.now()`. */
export interface Span {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly details?: Readonly<Record<string, string | number>>;
}

export interface Trace {
  /**
   * @param within spans inside this one, one after another
   */
  span(track: string, span: Span, within?: readonly Span[]): void;
}

/** The span of an upload that ends now. */
export function uploadSpan(name: string, bytes: number, start: number): Span {
  return { name, start, end: performance.now(), details: { bytes } };
}

/** Runs `work` and records on the track how long it took, even if it failed. */
export async function traced<T>(
  trace: Trace | undefined,
  track: string,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  if (!trace) return work();
  const start = performance.now();
  try {
    return await work();
  } finally {
    trace.span(track, { name, start, end: performance.now() });
  }
}
