// The output of a training on the terminal: one line that never exceeds the width and is redrawn in
// place. Without a terminal (a log file, a cluster job), a separate line for each logged step.

import { oneLine } from "../../../printable.ts";
import type { StepReport } from "../../../train/run/surroundings.ts";
import { namesOf, type Losses, type LossName } from "../../../train/step/metrics.ts";
import { withFlags } from "../../options/flags.ts";
import { formatDuration } from "../../terminal/progress.ts";

export interface TrainingStatus {
  /** Completed steps, and the steps of the whole run. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly epochs: number;
  /** Smoothed; null before the first losses were read back. */
  readonly losses: Losses | null;
  readonly imagesPerSecond: number;
  /** Floating-point operations per second, in billions. */
  readonly gigaflops: number;
  /** Null while it is unknown. */
  readonly secondsLeft: number | null;
  /** GPU memory that the run has allocated. */
  readonly memoryBytes: number;
}

/**
 * The line, at most `width` characters long. If space is short, it omits first the memory, then the
 * rates, the steps, the names of the losses (`D 0.21 0.25` is D_A and D_B) and finally the losses
 * themselves.
 */
export function trainingLine(status: TrainingStatus, width: number): string {
  const { step, steps, epoch, epochs, losses, imagesPerSecond, gigaflops, secondsLeft, memoryBytes } = status;
  const where = `epoch ${epoch}/${epochs}`;
  const exactly = `step ${step.toLocaleString("en")}/${steps.toLocaleString("en")}`;
  const long = losses
    ? namesOf(losses)
        .map((name) => `${name} ${losses[name]!.toFixed(3)}`)
        .join(" ")
    : "";
  const short = losses ? lossPairs.map((pair) => pairText(pair, losses)).join(" ") : "";
  const speed = imagesPerSecond > 0 ? rateText(imagesPerSecond) : "";
  const work = gigaflops > 0 ? flopsText(gigaflops) : "";
  const time = secondsLeft === null ? "" : formatDuration(secondsLeft);
  const left = time && `${time} left`;
  const memory = memoryBytes > 0 ? memoryText(memoryBytes) : "";

  const layouts = [
    [where, exactly, long, speed, work, left, memory],
    [where, exactly, long, speed, work, left],
    [where, exactly, short, speed, work, left, memory],
    [where, exactly, short, speed, work, left],
    [where, exactly, short, speed, left],
    [where, exactly, short, left],
    [where, short, left],
    [where, short, time],
    [short, left],
    [where, left],
    [where],
  ].map((parts) => parts.filter((part) => part !== "").join("  "));
  return layouts.find((layout) => layout.length <= width) ?? where.slice(0, Math.max(0, width));
}

const lossPairs = [
  ["D", "D_A", "D_B"],
  ["G", "G_A", "G_B"],
  ["cycle", "cycle_A", "cycle_B"],
  ["idt", "idt_A", "idt_B"],
] as const;

function pairText([name, a, b]: readonly [string, LossName, LossName], losses: Losses): string {
  return `${name} ${losses[a].toFixed(2)} ${losses[b].toFixed(2)}`;
}

function rateText(imagesPerSecond: number): string {
  if (imagesPerSecond < 0.1) return `${formatDuration(1 / imagesPerSecond)}/image`;
  return `${imagesPerSecond.toFixed(imagesPerSecond < 10 ? 2 : 0)} images/s`;
}

function flopsText(gigaflops: number): string {
  return gigaflops < 1000
    ? `${gigaflops.toFixed(gigaflops < 10 ? 1 : 0)} GFLOP/s`
    : `${(gigaflops / 1000).toFixed(1)} TFLOP/s`;
}

function memoryText(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/**
 * Losses averaged over the last few dozen logged steps, for the line; single steps fluctuate too
 * much.
 */
export class SmoothedLosses {
  readonly #fade = 0.95;
  #weight = 0;
  #sums: Losses | undefined;

  add(losses: Losses): void {
    const sums = this.#sums;
    this.#weight = this.#fade * this.#weight + (1 - this.#fade);
    this.#sums = eachLoss(losses, (name) => this.#fade * (sums?.[name] ?? 0) + (1 - this.#fade) * losses[name]!);
  }

  /** Null before the first. */
  get losses(): Losses | null {
    const sums = this.#sums;
    if (!sums) return null;
    return eachLoss(sums, (name) => sums[name]! / this.#weight);
  }
}

function eachLoss(losses: Losses, of: (name: keyof Losses) => number): Losses {
  return Object.fromEntries(namesOf(losses).map((name) => [name, of(name)])) as Losses;
}

/** Writes the line to a terminal, or to a stream in its place. */
export class TrainingLine {
  #drawn = false;

  /** @param stream by default standard error, like all progress */
  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

  /**
   * Redraws the line.
   *
   * @param logged whether the step was logged; without a terminal only logged steps are written
   */
  update(status: TrainingStatus, logged: boolean): void {
    if (this.stream.isTTY) {
      // The last column stays free: some terminals wrap as soon as it is written.
      this.stream.write(`\r${trainingLine(status, (this.stream.columns || 80) - 1)}\x1b[K`);
      this.#drawn = true;
    } else if (logged) {
      this.stream.write(`${trainingLine(status, Infinity)}\n`);
    }
  }

  /** Writes a message, such as a warning, above the line; the next update draws the line again. */
  say(message: string): void {
    this.stream.write(`${this.#drawn ? "\r\x1b[K" : ""}${oneLine(withFlags(message))}\n`);
    this.#drawn = false;
  }

  /** Keeps the last state on the terminal and releases it; may be called again. */
  stop(): void {
    if (this.#drawn) this.stream.write("\n");
    this.#drawn = false;
  }
}

/** A callback for a run's `onStep` that redraws the line after each step, with smoothed losses. */
export function drawingSteps(line: TrainingLine): (report: StepReport) => void {
  const smoothed = new SmoothedLosses();
  return ({ metrics, logged, view }) => {
    smoothed.add(metrics);
    const { seconds, batchSize } = metrics;
    const status = {
      ...view,
      losses: smoothed.losses,
      imagesPerSecond: batchSize / seconds,
      gigaflops: view.flopsPerStep / seconds / 1e9,
      memoryBytes: view.gpu.buffers.allocated,
    };
    line.update(status, logged);
  };
}
