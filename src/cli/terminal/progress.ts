// Shows the progress of a long job: a bar on a terminal, an occasional line without one (a log
// file, a cluster job), nothing if silenced.
//
// The rate counts only work done in this run, so skipping a million finished pictures does not
// promise a fast end.

import cliProgress from "cli-progress";

export interface Progress {
  /**
   * @param done all completed items of the total; may include a fraction of one
   * @param skipped how many of `done` cost no work
   */
  update(done: number, skipped?: number): void;
  /** Shows the last state and releases the terminal; may be called again. */
  stop(): void;
}

export interface ProgressOptions {
  readonly total: number;
  /** The activity, such as `converting`. */
  readonly label: string;
  /** The plural of the counted unit, such as `images`. */
  readonly unit: string;
  /** Shows nothing; for --json. */
  readonly silent?: boolean | undefined;
  /** Default: standard error, so that standard output is free for results. */
  readonly stream?: NodeJS.WriteStream;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

/** Milliseconds between two plain lines. */
const lineInterval = 5000;

export function startProgress(options: ProgressOptions): Progress {
  const { total, label, unit, silent = false, stream = process.stderr, now = () => performance.now() } = options;
  if (silent) return { update() {}, stop() {} };
  const started = now();
  const rateOf = (done: number, skipped: number) => ((done - skipped) * 1000) / Math.max(1, now() - started);
  const describe = (done: number, skipped: number) => {
    const rate = rateOf(done, skipped);
    const parts = [`${Math.floor(done)}/${total} ${unit}`];
    if (rate > 0) parts.push(formatRate(rate, unit));
    if (rate > 0 && done < total) parts.push(`${formatDuration((total - done) / rate)} left`);
    return parts.join(", ");
  };
  return stream.isTTY ? bar(stream, label, total, describe) : lines(stream, label, now, describe);
}

type Describe = (done: number, skipped: number) => string;

function bar(stream: NodeJS.WriteStream, label: string, total: number, describe: Describe): Progress {
  const view = new cliProgress.SingleBar(
    { stream, format: `${label} {bar} {percentage}% {state}`, hideCursor: true, clearOnComplete: false },
    cliProgress.Presets.shades_classic,
  );
  view.start(total, 0, { state: describe(0, 0) });
  return {
    update: (done, skipped = 0) => view.update(done, { state: describe(done, skipped) }),
    stop: () => {
      if (view.isActive) view.stop();
    },
  };
}

function lines(stream: NodeJS.WriteStream, label: string, now: () => number, describe: Describe): Progress {
  let written = now();
  let unwritten: string | undefined;
  const write = (line: string) => {
    stream.write(line);
    written = now();
    unwritten = undefined;
  };
  return {
    update(done, skipped = 0) {
      unwritten = `${label}: ${describe(done, skipped)}\n`;
      if (now() - written >= lineInterval) write(unwritten);
    },
    stop() {
      if (unwritten !== undefined) write(unwritten);
    },
  };
}

/** `3.2 images/s` or, for slow work, `14 s each`. */
function formatRate(rate: number, unit: string): string {
  if (rate >= 1) return `${rate >= 10 ? rate.toFixed(0) : rate.toFixed(1)} ${unit}/s`;
  return `${formatDuration(1 / rate)} each`;
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  let rest = Math.round(seconds);
  if (rest < 60) return `${rest} s`;
  const units: [number, string][] = [
    [86400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ];
  const first = units.findIndex(([size]) => rest >= size);
  const parts: string[] = [];
  for (const [size, name] of units.slice(first, first + 2)) {
    if (rest >= size) parts.push(`${Math.floor(rest / size)} ${name}`);
    rest %= size;
  }
  return parts.join(" ");
}
