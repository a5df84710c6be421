// Describes a run in words.

import { bytesText, countText, durationText, flopsText, plural } from "../parts/words.ts";
import type { Activity, Progress, RunListing, StepCost } from "./api.ts";

export const activityWords: Readonly<Record<Activity, string>> = {
  opening: "Preparing",
  compiling: "Compiling kernels",
  training: "Training",
  paused: "Paused",
  saving: "Saving",
  finished: "Finished",
  stopped: "Stopped",
  failed: "Failed",
};

/** `step 1,200 of 9,600 · epoch 3 of 20`. */
export function whereText({
  step,
  steps,
  epoch,
  epochs,
}: Pick<Progress, "step" | "steps" | "epoch" | "epochs">): string {
  return `step ${countText(step)} of ${countText(steps)} · epoch ${countText(epoch)} of ${countText(epochs)}`;
}

export function rateText(imagesPerSecond: number): string {
  if (imagesPerSecond <= 0) return "–";
  if (imagesPerSecond < 0.1) return `${durationText(1 / imagesPerSecond)} per image`;
  return `${imagesPerSecond.toFixed(imagesPerSecond < 10 ? 2 : 0)} images/s`;
}

/** `just now`, `12 s ago`, `3 min ago`. */
export function ageText(seconds: number): string {
  if (seconds < 2) return "just now";
  return `${seconds < 60 ? `${Math.round(seconds)} s` : durationText(seconds)} ago`;
}

export function listingText({ step, steps, epoch, epochs, saved, bytes }: RunListing, now: number): string {
  const where = step >= steps ? `finished · ${plural(steps, "step")}` : whereText({ step, steps, epoch, epochs });
  return `${where} · saved ${ageText((now - saved) / 1000)} · ${bytesText(bytes)}`;
}

/**
 * `5.81 GFLOP per step · 0.6 s here · 42.5 MB of GPU memory`; without the time if it is unknown.
 */
export function costText({ flops, memoryBytes, seconds }: StepCost): string {
  const time = seconds === null ? "" : ` · ${durationText(seconds)} here`;
  return `${flopsText(flops)} per step${time} · ${bytesText(memoryBytes)} of GPU memory`;
}

/** The steps of a whole run, and its time. */
export function wholeText(steps: number, seconds: number | null): string {
  return seconds === null
    ? plural(steps, "step")
    : `${plural(steps, "step")}, about ${durationText(seconds * steps)} here`;
}

/** Learning rates in the usual notation: `0.0002`, `2.5e-5`. */
export function learningRateText(rate: number): string {
  return rate < 1e-4 ? rate.toExponential(1).replace(".0e", "e") : String(Number(rate.toPrecision(2)));
}
