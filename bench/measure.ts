// How things are timed: on the GPU's own clock, on random numbers, several times, the median of them.

import { submit, type Dispatch } from "../src/gpu/commands.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { timeDispatches } from "../src/gpu/timing.ts";
import { Random } from "../src/data/random.ts";

const random = new Random(1);

/** Uniform numbers in [-1, 1): zeros would let hardware and caches do less than real work. */
export function randomNumbers(count: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, () => 2 * random.uniform() - 1);
}

/** Fills a buffer with random numbers, a block of them over and over. */
export function fillRandomly(gpu: Gpu, buffer: GPUBuffer): void {
  const block = randomNumbers(Math.min(buffer.size / 4, 2 ** 20));
  for (let offset = 0; offset < buffer.size; offset += block.byteLength) {
    gpu.device.queue.writeBuffer(buffer, offset, block, 0, Math.min(block.length, (buffer.size - offset) / 4));
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Seconds that the dispatches take on the GPU, one after another. */
export async function secondsOf(gpu: Gpu, dispatches: readonly Dispatch[]): Promise<number> {
  const times = await timeDispatches(gpu, dispatches);
  return times.reduce((total, time) => total + time, 0) / 1e9;
}

/** Seconds that a caller waits for the dispatches: what the driver does before the GPU starts is in it. */
export async function secondsUntilDone(gpu: Gpu, dispatches: readonly Dispatch[]): Promise<number> {
  await gpu.settled();
  const start = performance.now();
  submit(gpu, dispatches);
  await gpu.settled();
  return (performance.now() - start) / 1e3;
}

/** Takes turns over the candidates, so that whatever else the machine does falls on all of them: the times of each. */
export async function interleave(repeats: number, candidates: readonly (() => Promise<number>)[]): Promise<number[][]> {
  const times: number[][] = candidates.map(() => []);
  for (let i = 0; i < repeats; i++) {
    for (const [index, run] of candidates.entries()) times[index].push(await run());
  }
  return times;
}
