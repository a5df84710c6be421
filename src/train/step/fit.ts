// Checks whether a run fits the device before it starts. A plan costs no memory, so settings can be
// tried until some fit.

import { traitsOf } from "../../autograd/program.ts";
import { UserError } from "../../errors.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { option } from "../options/option.ts";
import { sizeMisfit, type TrainingOptions } from "../options/options.ts";
import { planStep, type BatchShape } from "./plan.ts";

/** Settings of a run, and the memory of its plan. */
interface Settings {
  readonly options: TrainingOptions;
  readonly shape: BatchShape;
  /**
   * Pictures per side in an epoch's last batch, if it is smaller; 0 if all batches are full. Both
   * programs are kept.
   */
  readonly rest: number;
}

/**
 * Refuses a run that does not fit the device's memory. A software adapter's memory is known. For a
 * GPU only the limits of a single buffer and a single binding are known; it refuses anything else
 * when the memory is allocated.
 *
 * @param shape the shape of most batches
 * @param rest pictures per side in an epoch's last batch if it is smaller, else 0
 * @throws UserError that says how much is needed, how much there is, and which settings would fit
 */
export function checkFits(options: TrainingOptions, shape: BatchShape, gpu: Gpu, rest = 0): void {
  const excess = excessOf({ options, shape, rest }, gpu);
  if (!excess) return;
  const settings = settingsThatFit({ options, shape, rest }, gpu);
  throw new UserError(
    `The run does not fit: ${excess}. ` +
      (settings.length > 0
        ? `It would fit with ${settings.join(", or with ")}.`
        : "Reducing only the size, the width or the batch is not enough: reduce all of them, or train on another adapter."),
  );
}

/** What is too large, for the end of a sentence; undefined if nothing is. */
function excessOf({ options, shape, rest }: Settings, gpu: Gpu): string | undefined {
  const { adapter, buffers, limits } = gpu;
  const whole = planStep(options, shape, traitsOf(gpu));
  const plans = [whole.plan];
  if (rest > 0 && rest < shape.count) plans.push(planStep(options, { ...shape, count: rest }, traitsOf(gpu)).plan);

  const bytes = plans.reduce((sum, plan) => sum + plan.bytes, whole.keptBytes);
  if (bytes > buffers.budget) {
    return `it needs ${bytesText(bytes)} of memory, but only ${bytesText(buffers.budget)} may be used on ${adapter.name}`;
  }
  const ofBuffers = plans.flatMap((plan) => [
    ...plan.slotBytes,
    ...[...plan.parameters.values()].map(({ bytes }) => bytes),
  ]);
  const largestBuffer = Math.max(...ofBuffers);
  if (largestBuffer > limits.bufferBytes) {
    return `it needs a buffer of ${bytesText(largestBuffer)}, but ${adapter.name} allows none above ${bytesText(limits.bufferBytes)}`;
  }
  const ofBindings = plans.flatMap(({ launches }) =>
    launches.map(({ bindings }) => Math.max(...bindings.map(({ operand, bytes }) => bytes ?? operand.bytes))),
  );
  const largestBinding = Math.max(...ofBindings);
  if (largestBinding > limits.bindingBytes) {
    return `it has filters of ${bytesText(largestBinding)}, but ${adapter.name} binds at most ${bytesText(limits.bindingBytes)} at once`;
  }
  return undefined;
}

/** Single changes that suffice. */
function settingsThatFit(settings: Settings, gpu: Gpu): string[] {
  const fits = (change: Settings) => excessOf(change, gpu) === undefined;
  const { options, shape } = settings;

  const size = largest(smallerSizes(settings), (side) => fits({ ...settings, shape: squares(shape.count, side) }));
  const halves = Array.from({ length: Math.floor(Math.log2(options.ngf)) }, (_, i) => options.ngf / 2 ** (i + 1));
  const widths = halves.filter((ngf) => Number.isInteger(ngf)).reverse();
  const ngf = largest(widths, (ngf) => fits({ ...settings, options: { ...options, ngf } }));
  const counts = Array.from({ length: shape.count - 1 }, (_, i) => i + 1);
  // The size of the last batch is unknown for another batch size: at most one picture less.
  const count = largest(counts, (count) => fits({ options, shape: { ...shape, count }, rest: count - 1 }));
  return [
    ...(size === undefined ? [] : [sizeOption(options, size)]),
    ...(ngf === undefined ? [] : [option("ngf", ngf)]),
    ...(count === undefined ? [] : [option("batchSize", count)]),
  ];
}

/**
 * The sides of squares that these networks accept and that are smaller than the pictures, in
 * ascending order.
 */
function smallerSizes({ options, shape }: Settings): number[] {
  const shortest = Math.min(...shape.A, ...shape.B);
  const sides = Array.from({ length: shortest - 1 }, (_, i) => i + 1);
  return sides.filter((side) => sizeMisfit({ width: side, height: side }, options) === undefined);
}

function squares(count: number, side: number): BatchShape {
  return { count, A: [side, side], B: [side, side] };
}

function sizeOption({ preprocess }: TrainingOptions, side: number): string {
  if (preprocess.includes("crop")) return option("cropSize", side);
  if (preprocess.includes("resize")) return option("loadSize", side);
  const cropped = preprocess === "none" ? "crop" : `${preprocess}_and_crop`;
  return `${option("preprocess", cropped)} ${option("cropSize", side)}`;
}

/**
 * The last value for which `fits` holds, if it also holds for all earlier ones; undefined if it
 * holds for none.
 */
function largest(values: readonly number[], fits: (value: number) => boolean): number | undefined {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(values[middle])) low = middle + 1;
    else high = middle;
  }
  return values[low - 1];
}

function bytesText(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
