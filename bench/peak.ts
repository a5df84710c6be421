// Measures the adapter's peak instead of looking it up: multiply-adds in registers, and a memory
// copy. Both kernels come in several shapes, and the best shape counts.

import { bind, type Dispatch } from "../src/gpu/commands.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { secondsOf } from "../src/gpu/timing.ts";
import { composeShader } from "../src/kernels/core/shader.ts";
import { fillRandomly, interleave } from "./measure.ts";
import copy from "./shaders/copy.wgsl";
import fma from "./shaders/fma.wgsl";

export interface Peak {
  flopsPerSecond: number;
  bytesPerSecond: number;
  /** The best shape of each kernel. */
  arithmetic: string;
  memory: string;
}

/** The target duration of a kernel, long enough to make overhead negligible. */
const targetSeconds = 0.03;

export interface PeakOptions {
  readonly repeats: number;
  /** Aborts between two runs. */
  readonly signal?: AbortSignal | undefined;
  /** Earlier results: only their best shapes run again, and the better result counts. */
  readonly earlier?: Peak;
}

/** The best of several runs of each kernel, since a peak is a maximum. */
export async function measurePeak(gpu: Gpu, options: PeakOptions): Promise<Peak> {
  const { earlier } = options;
  const taken: GPUBuffer[] = [];
  const acquire: Acquire = async (bytes, purpose) => {
    const buffer = await gpu.buffers.acquire(bytes, purpose);
    taken.push(buffer);
    fillRandomly(gpu, buffer);
    return buffer;
  };
  try {
    const arithmetic = await best(gpu, options, await arithmeticKernels(gpu, acquire, options));
    const memory = await best(gpu, options, await copyKernels(gpu, acquire, options));
    return {
      flopsPerSecond: Math.max(arithmetic.rate, earlier?.flopsPerSecond ?? 0),
      bytesPerSecond: Math.max(memory.rate, earlier?.bytesPerSecond ?? 0),
      arithmetic: arithmetic.name,
      memory: memory.name,
    };
  } finally {
    taken.forEach((buffer) => gpu.buffers.release(buffer));
    gpu.buffers.trim();
  }
}

/** A buffer of random numbers. */
type Acquire = (bytes: number, purpose: string) => Promise<GPUBuffer>;

interface Kernel {
  name: string;
  dispatch: Dispatch;
  /** Operations or bytes per run. */
  work: number;
}

/** A shape whose first run reaches less than this share of the best does not run again. */
const promising = 0.8;

async function best(
  gpu: Gpu,
  { repeats, signal }: PeakOptions,
  kernels: Kernel[],
): Promise<{ name: string; rate: number }> {
  const measure = async (kernels: readonly Kernel[], repeats: number) => {
    const runs = kernels.map(({ dispatch }) => {
      return () => secondsOf(gpu, [dispatch]);
    });
    const times = await interleave(repeats, runs, signal);
    return kernels.map((kernel, i) => ({ kernel, rate: kernel.work / Math.min(...times[i]) }));
  };
  const first = await measure(kernels, 1);
  const highest = Math.max(...first.map(({ rate }) => rate));
  const chosen = first.filter(({ rate }) => rate >= promising * highest).map(({ kernel }) => kernel);
  const again = await measure(chosen, repeats - 1);
  const { kernel, rate } = [...first, ...again].reduce((a, b) => (b.rate > a.rate ? b : a));
  return { name: kernel.name, rate };
}

async function arithmeticKernels(gpu: Gpu, acquire: Acquire, { signal, earlier }: PeakOptions): Promise<Kernel[]> {
  const lanes = 64;
  const groups = 4096;
  const kernels: Kernel[] = [];
  const seeds = await acquire(16 * 10, "seeds of the chains");
  const results = await acquire(16 * groups * lanes, "results of the chains");
  for (const chains of [1, 2, 3, 4, 8]) {
    for (const steps of [4, 8]) {
      const name = `${chains} chains of vec4, ${steps} steps a round`;
      if (earlier && name !== earlier.arithmetic) continue;
      const shader = composeShader(fma, { LANES: lanes, CHAINS: chains, STEPS: steps });
      const pipeline = await gpu.pipelines.get(shader, name);
      const kernelOf = async (rounds: number): Promise<Kernel> => {
        const uniform = await gpu.buffers.uniform(new Uint32Array([rounds, 0, 0, 0]), name);
        const ranges = [seeds, results, uniform].map((buffer) => ({ buffer, offset: 0, size: buffer.size }));
        const bindGroup = bind(gpu, name, pipeline, ranges);
        const flops = groups * lanes * rounds * steps * chains * 4 * 2;
        const dispatch: Dispatch = { label: name, pipeline, bindGroup, workgroups: [groups, 1, 1], flops };
        return { name, work: flops, dispatch };
      };
      let rounds = 1;
      let kernel = await kernelOf(rounds);
      await secondsOf(gpu, [kernel.dispatch]); // compiles
      for (;;) {
        signal?.throwIfAborted();
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

async function copyKernels(gpu: Gpu, acquire: Acquire, { signal, earlier }: PeakOptions): Promise<Kernel[]> {
  // More than caches hold.
  const bytes = Math.min(2 ** 28, 2 ** Math.floor(Math.log2(gpu.limits.bindingBytes)));
  const source = await acquire(bytes, "source of the copy");
  const target = await acquire(bytes, "target of the copy");
  const kernels: Kernel[] = [];
  for (const lanes of [8, 64, 256]) {
    for (const each of [1, 4, 16, 64]) {
      const groups = bytes / 16 / lanes / each;
      if (groups > gpu.limits.workgroupsPerDimension) continue;
      signal?.throwIfAborted();
      const name = `${each} vec4 a lane, ${lanes} lanes`;
      if (earlier && name !== earlier.memory) continue;
      const pipeline = await gpu.pipelines.get(composeShader(copy, { LANES: lanes, EACH: each }), name);
      const ranges = [source, target].map((buffer) => ({ buffer, offset: 0, size: buffer.size }));
      const bindGroup = bind(gpu, name, pipeline, ranges);
      const dispatch: Dispatch = { label: name, pipeline, bindGroup, workgroups: [groups, 1, 1], flops: bytes };
      await secondsOf(gpu, [dispatch]); // compiles
      kernels.push({ name, dispatch, work: 2 * bytes });
    }
  }
  return kernels;
}
