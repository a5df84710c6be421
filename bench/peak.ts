// What the adapter can do at best, measured and not looked up: multiply-adds in registers, and a copy of memory. Both
// kernels come in a few shapes, and the best of each counts.

import { bind, type Dispatch } from "../src/gpu/commands.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { composeShader } from "../src/kernels/shader.ts";
import { fillRandomly, interleave, secondsOf } from "./measure.ts";
import copy from "./shaders/copy.wgsl";
import fma from "./shaders/fma.wgsl";

export interface Peak {
  flopsPerSecond: number;
  bytesPerSecond: number;
  /** The shape of each kernel that was best. */
  arithmetic: string;
  memory: string;
}

/** A kernel runs for about this long, so that what surrounds it does not count. */
const targetSeconds = 0.1;

/** The best of several runs of each kernel: a peak is a maximum. */
export async function measurePeak(gpu: Gpu, repeats: number): Promise<Peak> {
  const arithmetic = await best(gpu, repeats, await arithmeticKernels(gpu));
  const memory = await best(gpu, repeats, await copyKernels(gpu));
  gpu.buffers.trim();
  return {
    flopsPerSecond: arithmetic.rate,
    bytesPerSecond: memory.rate,
    arithmetic: arithmetic.name,
    memory: memory.name,
  };
}

interface Kernel {
  name: string;
  dispatch: Dispatch;
  /** Operations or bytes of one run. */
  work: number;
  buffers: GPUBuffer[];
}

async function best(gpu: Gpu, repeats: number, kernels: Kernel[]): Promise<{ name: string; rate: number }> {
  const times = await interleave(
    repeats,
    kernels.map(
      ({ dispatch }) =>
        () =>
          secondsOf(gpu, [dispatch]),
    ),
  );
  new Set(kernels.flatMap(({ buffers }) => buffers)).forEach((buffer) => gpu.buffers.release(buffer));
  const rates = kernels.map(({ name, work }, i) => ({ name, rate: work / Math.min(...times[i]) }));
  return rates.reduce((a, b) => (b.rate > a.rate ? b : a));
}

async function arithmeticKernels(gpu: Gpu): Promise<Kernel[]> {
  const lanes = 64;
  const groups = 4096;
  const kernels: Kernel[] = [];
  const seeds = await gpu.buffers.acquire(16 * 10, "seeds of the chains");
  const results = await gpu.buffers.acquire(16 * groups * lanes, "results of the chains");
  fillRandomly(gpu, seeds);
  for (const chains of [1, 2, 3, 4, 8]) {
    for (const steps of [4, 8]) {
      const name = `${chains} chains of vec4, ${steps} steps a round`;
      const shader = composeShader(fma, { LANES: lanes, CHAINS: chains, STEPS: steps });
      const pipeline = await gpu.pipelines.get(shader, name);
      const kernelOf = async (rounds: number): Promise<Kernel> => {
        const uniform = await gpu.buffers.uniform(new Uint32Array([rounds, 0, 0, 0]), name);
        const ranges = [seeds, results, uniform].map((buffer) => ({ buffer, offset: 0, size: buffer.size }));
        const bindGroup = bind(gpu, name, pipeline, ranges);
        const flops = groups * lanes * rounds * steps * chains * 4 * 2;
        const dispatch: Dispatch = { label: name, pipeline, bindGroup, workgroups: [groups, 1, 1], flops };
        return { name, work: flops, dispatch, buffers: [seeds, results] };
      };
      let rounds = 1;
      let kernel = await kernelOf(rounds);
      await secondsOf(gpu, [kernel.dispatch]); // compiles
      for (;;) {
        const seconds = await secondsOf(gpu, [kernel.dispatch]);
        if (seconds > targetSeconds / 2) break;
        rounds *= Math.min(1024, Math.max(2, Math.round(targetSeconds / seconds)));
        kernel = await kernelOf(rounds);
      }
      kernels.push(kernel);
    }
  }
  return kernels;
}

async function copyKernels(gpu: Gpu): Promise<Kernel[]> {
  // More than caches hold.
  const bytes = Math.min(2 ** 28, 2 ** Math.floor(Math.log2(gpu.limits.bindingBytes)));
  const source = await gpu.buffers.acquire(bytes, "source of the copy");
  const target = await gpu.buffers.acquire(bytes, "target of the copy");
  fillRandomly(gpu, source);
  const kernels: Kernel[] = [];
  for (const lanes of [8, 64, 256]) {
    for (const each of [1, 4, 16, 64]) {
      const groups = bytes / 16 / lanes / each;
      if (groups > gpu.limits.workgroupsPerDimension) continue;
      const name = `${each} vec4 a lane, ${lanes} lanes`;
      const pipeline = await gpu.pipelines.get(composeShader(copy, { LANES: lanes, EACH: each }), name);
      const ranges = [source, target].map((buffer) => ({ buffer, offset: 0, size: buffer.size }));
      const bindGroup = bind(gpu, name, pipeline, ranges);
      const dispatch: Dispatch = { label: name, pipeline, bindGroup, workgroups: [groups, 1, 1], flops: bytes };
      await secondsOf(gpu, [dispatch]); // compiles
      kernels.push({ name, dispatch, work: 2 * bytes, buffers: [source, target] });
    }
  }
  return kernels;
}
