// Measures how time and memory grow with the picture's side, the networks' width and the batch, for
// a forward pass and for a training step. Memory comes from the plan, so it is known even for sizes
// that do not fit on the machine. Time is measured as far as the time limit allows.

import { makePlan } from "../src/autograd/plan.ts";
import { traitsOf } from "../src/autograd/program.ts";
import { input } from "../src/autograd/tensor.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { image } from "../src/kernels/core/operation.ts";
import { converting } from "../src/nn/layers.ts";
import { network } from "../src/nn/networks.ts";
import type { TrainingOptions } from "../src/train/options/options.ts";
import { planStep } from "../src/train/step/plan.ts";
import { timePlan } from "./network.ts";
import { resnetOf } from "./options.ts";
import { secondsOfStep } from "./step-times.ts";

export const axes = {
  side: [32, 64, 128, 256, 512, 1024, 2048],
  width: [8, 16, 32, 64, 128],
  batch: [1, 2, 4, 8, 16],
} as const;

export type Axis = keyof typeof axes;
/** The dimensions: pixels along a side, filters of the first layers, pictures. */
export type Sizes = Readonly<Record<Axis, number>>;

export interface GrowthPoint {
  readonly value: number;
  readonly flops: number;
  /** Planned device memory, including weights and what outlives a step. */
  readonly bytes: number;
  /** Absent if it would take too much time or memory. */
  readonly seconds?: number;
}

export interface Growth {
  readonly of: "forward" | "step";
  readonly along: Axis;
  readonly points: readonly GrowthPoint[];
  /**
   * Time grows with this power of the axis, from the two largest timed points; memory with this
   * power, from the two largest points.
   */
  readonly timeExponent?: number | undefined;
  readonly memoryExponent: number;
}

/** What is planned and timed for one size. */
export interface Subject {
  readonly of: Growth["of"];
  readonly cost: (sizes: Sizes) => { readonly flops: number; readonly bytes: number };
  readonly seconds: (sizes: Sizes) => Promise<number>;
}

export function forwardOf(gpu: Gpu, blocks: number, repeats: number): Subject {
  const planOf = ({ side, width, batch }: Sizes) => {
    const picture = input("input", image(batch, 3, side, side));
    return makePlan(traitsOf(gpu), [network(resnetOf(width, blocks), picture, converting)]);
  };
  return {
    of: "forward",
    cost(sizes) {
      const { flops, bytes, parameterBytes } = planOf(sizes);
      return { flops, bytes: bytes + parameterBytes };
    },
    seconds: async (sizes) => (await timePlan(gpu, planOf(sizes), { repeats, isWhole: false })).seconds,
  };
}

/** @param options the common options of all steps */
export function stepOf(gpu: Gpu, options: TrainingOptions, repeats: number): Subject {
  const optionsOf = ({ width, batch }: Sizes) => ({ ...options, ngf: width, ndf: width, batchSize: batch });
  return {
    of: "step",
    cost(sizes) {
      const { side, batch: count } = sizes;
      const shape = { count, A: [side, side], B: [side, side] } as const;
      const { plan, keptBytes } = planStep(optionsOf(sizes), shape, traitsOf(gpu));
      return { flops: plan.flops, bytes: plan.bytes + keptBytes };
    },
    seconds: (sizes) => secondsOfStep(gpu, optionsOf(sizes), sizes.side, repeats),
  };
}

/**
 * Varies one axis and keeps the other two as in `sizes`.
 *
 * @param limit the most seconds for a run, extrapolated from the previous one, and the most bytes
 */
export async function growthOf(
  { of, cost, seconds }: Subject,
  along: Axis,
  sizes: Sizes,
  limit: { readonly seconds: number; readonly bytes: number },
): Promise<Growth> {
  const points: GrowthPoint[] = [];
  for (const value of axes[along]) {
    const at = { ...sizes, [along]: value };
    const { flops, bytes } = cost(at);
    const last = points.at(-1);
    const isShort = !last || (last.seconds !== undefined && (last.seconds * flops) / last.flops <= limit.seconds);
    points.push({ value, flops, bytes, ...(isShort && bytes <= limit.bytes && { seconds: await seconds(at) }) });
  }
  return {
    of,
    along,
    points,
    timeExponent: exponentOf(points.map(({ value, seconds }) => [value, seconds])),
    memoryExponent: exponentOf(points.map(({ value, bytes }) => [value, bytes]))!,
  };
}

/** The slope of the last two points in a log-log plot; undefined if there are fewer. */
export function exponentOf(points: readonly (readonly [number, number | undefined])[]): number | undefined {
  const [a, b] = points.filter(([, y]) => y !== undefined).slice(-2) as [number, number][];
  return b && Math.log(b[1] / a[1]) / Math.log(b[0] / a[0]);
}
