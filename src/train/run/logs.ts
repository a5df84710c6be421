// The three logs of a run, with a line or record for every logged step:
// - loss_log.txt, in the reference's format, for people and for scripts that read its runs
// - metrics.jsonl, one object per line, for scripts
// - events.out.tfevents.*, for TensorBoard
//
// A resumed run often repeats steps that were already logged, so the logs are truncated first.

import { joined } from "../../formats/bytes/joined.ts";
import { scalarsRecord, startRecord, versionRecord } from "../../formats/tensorboard.ts";
import { namesOf, type Metrics } from "../step/metrics.ts";
import { LossHistory } from "./history.ts";
import type { Storage } from "./storage.ts";

export const lossLog = "loss_log.txt";
export const metricsLog = "metrics.jsonl";

/** Where a run continues. A new run begins at step 0, epoch 1, iters 0. */
export interface Position {
  readonly step: number;
  readonly epoch: number;
  /** Completed pictures of this epoch. */
  readonly iters: number;
}

export class RunLogs {
  private constructor(
    private readonly storage: Storage,
    private readonly eventFile: string,
    /** Covers the whole run, including what was logged before it was resumed. */
    readonly history: LossHistory,
  ) {}

  /**
   * Truncates the logs to a position, so that no step is ever in them twice, and opens them.
   *
   * @param now the time, for the header of the logs
   */
  static async open(storage: Storage, position: Position, now: Date): Promise<RunLogs> {
    const history = new LossHistory();
    await cutBack(storage, metricsLog, (line) => {
      const metrics = parseMetrics(line);
      if (!metrics || metrics.step > position.step) return false;
      history.add(metrics);
      return true;
    });
    await cutBack(storage, lossLog, isLogged(position));
    await storage.append(lossLog, `================ Training Loss (${pythonDate(now)}) ================\n`);

    // Named by the second of creation, and always later than earlier files, since TensorBoard reads
    // them in the order of their names.
    const seconds = now.getTime() / 1000;
    const earlier = (await storage.list()).map((name) =>
      Number(/^events\.out\.tfevents\.(\d{10})\./.exec(name)?.[1] ?? 0),
    );
    const unique = Math.max(Math.floor(seconds), ...earlier.map((second) => second + 1));
    const eventFile = `events.out.tfevents.${String(unique).padStart(10, "0")}.pixelcycle`;
    await storage.write(eventFile, joined([versionRecord(seconds), startRecord(seconds, position.step + 1)]));
    return new RunLogs(storage, eventFile, history);
  }

  /**
   * Logs a step.
   *
   * @throws UserError if it cannot be written, for example on a full disk
   */
  async append(metrics: Metrics, now: Date): Promise<void> {
    const { learningRate, seconds, dataSeconds, batchSize } = metrics;
    this.history.add(metrics);
    await this.storage.append(metricsLog, `${metricsLine(metrics)}\n`);
    await this.storage.append(lossLog, `${lossLine(metrics)}\n`);
    const scalars = {
      ...Object.fromEntries(namesOf(metrics).map((name) => [`loss/${name}`, metrics[name]!])),
      learning_rate: learningRate,
      "speed/images_per_second": batchSize / seconds,
      "speed/data_seconds": dataSeconds,
    };
    await this.storage.append(this.eventFile, scalarsRecord(now.getTime() / 1000, metrics.step, scalars));
  }
}

/**
 * Keeps the lines of a log for which `keep` is true. A last line without a newline was truncated
 * during writing, and is dropped.
 */
async function cutBack(storage: Storage, name: string, keep: (line: string) => boolean): Promise<void> {
  const bytes = await storage.read(name);
  if (bytes === null) return;
  const newline = 0x0a;
  const decoder = new TextDecoder();
  const kept: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found + 1;
    if (found >= 0 && keep(decoder.decode(bytes.subarray(start, found)))) kept.push(bytes.subarray(start, end));
    start = end;
  }
  const shorter = joined(kept);
  if (shorter.length < bytes.length) await storage.write(name, shorter);
}

/**
 * JSON has no infinity and no NaN. They are written as strings, which Python's float() and
 * JavaScript's Number() read.
 */
function metricsLine(metrics: Metrics): string {
  return JSON.stringify(metrics, (_, value) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
}

/**
 * Null for anything that is not a line of metrics.jsonl. A full disk or a power failure may have
 * truncated a line.
 */
function parseMetrics(line: string): Metrics | null {
  try {
    const metrics = JSON.parse(line);
    for (const name of namesOf(metrics)) metrics[name] = Number(metrics[name]);
    return Number.isInteger(metrics.step) ? metrics : null;
  } catch {
    return null;
  }
}

/**
 * A line as the reference's Visualizer wrote it until July 2025, including the space at its end.
 */
export function lossLine({ epoch, iters, seconds, dataSeconds, batchSize, ...losses }: Metrics): string {
  const number = (value: number) =>
    Number.isFinite(value) ? value.toFixed(3) : String(value).replace("Infinity", "inf").replace("NaN", "nan");
  const times = `time: ${number((seconds - dataSeconds) / batchSize)}, data: ${number(dataSeconds)}`;
  const values = namesOf(losses)
    .map((name) => `${name}: ${number(losses[name]!)} `)
    .join("");
  return `(epoch: ${epoch}, iters: ${iters}, ${times}) ${values}`;
}

/**
 * Recognises the lines of loss_log.txt, read in order, that come after a position. Headers and
 * lines that people added stay.
 */
function isLogged(position: Position): (line: string) => boolean {
  return (line) => {
    const [, epoch, iters] = /^\(epoch: (\d+), iters: (\d+),/.exec(line) ?? [];
    if (epoch === undefined) return true;
    return Number(epoch) < position.epoch || (Number(epoch) === position.epoch && Number(iters) <= position.iters);
  };
}

/** Like Python's time.strftime("%c") in the C locale: `Sun Nov  1 22:40:23 2026`. */
function pythonDate(date: Date): string {
  const [weekday, month, day, year] = date.toDateString().split(" ");
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${date.toTimeString().slice(0, 8)} ${year}`;
}
