// A run on a timeline: what the GPU, the disk and the waiting took, as spans on tracks. Whoever wants one hands the engine a
// `Trace`; without it nothing is measured.

/** Times are milliseconds of `performance.now()`. */
export interface Span {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly details?: Readonly<Record<string, string | number>>;
}

export interface Trace {
  /** @param within spans that lie within this one, one after another */
  span(track: string, span: Span, within?: readonly Span[]): void;
}

/** The span of an upload that ends now. */
export function uploadSpan(name: string, bytes: number, start: number): Span {
  return { name, start, end: performance.now(), details: { bytes } };
}

/** Does the work, and puts on the track how long it took, whatever came of it. */
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
