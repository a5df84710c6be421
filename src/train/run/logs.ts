// The three logs of a run, a line or record in each for every logged step:
//  - loss_log.txt, as the reference writes it, for eyes and for scripts that read its runs
//  - metrics.jsonl, an object a line, for scripts
//  - events.out.tfevents.*, for TensorBoard
// A run that is taken up again has often logged steps that it now does a second time; the logs are cut back first.

import { scalarsRecord, startRecord, versionRecord } from "../../formats/tensorboard.ts";
import { LossHistory } from "./history.ts";
import { namesOf, type Metrics } from "../step/metrics.ts";
import type { Storage } from "./storage.ts";

export const lossLog = "loss_log.txt";
export const metricsLog = "metrics.jsonl";

/** Where a run goes on. A new run begins at step 0, epoch 1, iters 0. */
export interface Position {
  readonly step: number;
  readonly epoch: number;
  /** Pictures of this epoch that are done. */
  readonly iters: number;
}

export class RunLogs {
  private constructor(
    private readonly storage: Storage,
    private readonly eventFile: string,
    /** Of the whole run, what was logged before it was taken up again included. */
    readonly history: LossHistory,
  ) {}

  /**
   * Cuts the logs back to a position, so that no step is ever in them twice, and opens them.
   *
   * @param now the time, which the logs are headed with
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

    // Named by the second of its beginning, and always later than its predecessors: they are read in the order of their names.
    const seconds = now.getTime() / 1000;
    const earlier = (await storage.list()).map((name) =>
      Number(/^events\.out\.tfevents\.(\d{10})\./.exec(name)?.[1] ?? 0),
    );
    const unique = Math.max(Math.floor(seconds), ...earlier.map((second) => second + 1));
    const eventFile = `events.out.tfevents.${String(unique).padStart(10, "0")}.pixelcycle`;
    await storage.write(eventFile, join([versionRecord(seconds), startRecord(seconds, position.step + 1)]));
    return new RunLogs(storage, eventFile, history);
  }

  /** Logs a step. @throws UserError when it cannot be written, as on a full disk */
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

/** Keeps the lines of a log that `keep` is true of; a last line without an end was cut off as it was written, and goes. */
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
  const shorter = join(kept);
  if (shorter.length < bytes.length) await storage.write(name, shorter);
}

/** JSON has no infinity and no NaN; here they are texts, which Python's float() and JavaScript's Number() read. */
function metricsLine(metrics: Metrics): string {
  return JSON.stringify(metrics, (_, value) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
}

/** Null for what is no line of metrics.jsonl: the disk may have filled up or lost power within it. */
function parseMetrics(line: string): Metrics | null {
  try {
    const metrics = JSON.parse(line);
    for (const name of namesOf(metrics)) metrics[name] = Number(metrics[name]);
    return Number.isInteger(metrics.step) ? metrics : null;
  } catch {
    return null;
  }
}

/** A line as the reference's Visualizer wrote it until July 2025, the space at its end included. */
export function lossLine({ epoch, iters, seconds, dataSeconds, batchSize, ...losses }: Metrics): string {
  const number = (value: number) =>
    Number.isFinite(value) ? value.toFixed(3) : String(value).replace("Infinity", "inf").replace("NaN", "nan");
  const times = `time: ${number((seconds - dataSeconds) / batchSize)}, data: ${number(dataSeconds)}`;
  const values = namesOf(losses)
    .map((name) => `${name}: ${number(losses[name]!)} `)
    .join("");
  return `(epoch: ${epoch}, iters: ${iters}, ${times}) ${values}`;
}

/** Tells lines of loss_log.txt, read in order, that come after a position. Headers and what people wrote there stay. */
function isLogged(position: Position): (line: string) => boolean {
  return (line) => {
    const [, epoch, iters] = /^\(epoch: (\d+), iters: (\d+),/.exec(line) ?? [];
    if (epoch === undefined) return true;
    return Number(epoch) < position.epoch || (Number(epoch) === position.epoch && Number(iters) <= position.iters);
  };
}

/** As Python's time.strftime("%c") in the C locale: `Sun Nov  1 22:40:23 2026`. */
function pythonDate(date: Date): string {
  const [weekday, month, day, year] = date.toDateString().split(" ");
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${date.toTimeString().slice(0, 8)} ${year}`;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let length = 0;
  for (const part of parts) {
    joined.set(part, length);
    length += part.length;
  }
  return joined;
}
