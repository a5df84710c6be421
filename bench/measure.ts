// Measures times with the GPU's own clock, on random numbers, repeatedly, and takes the median. The
// same code runs in Node and in a page.

import { float32ToFloat16 } from "../src/float16.ts";
import { submit, type Dispatch } from "../src/gpu/commands.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { Random } from "../src/random.ts";

const random = new Random(1);

/** Uniform numbers in [-1, 1): zeros would let hardware and caches do less than real work. */
export function randomNumbers(count: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, () => 2 * random.uniform() - 1);
}

/** Fills a buffer with random numbers, repeating a block of them. */
export function fillRandomly(gpu: Gpu, buffer: GPUBuffer, half = false): void {
  const numbers = randomNumbers(Math.min(buffer.size / (half ? 2 : 4), 2 ** 20));
  gpu.fill(buffer, half ? new Float32Array(float32ToFloat16(numbers).buffer) : numbers);
}

/** Browsers round the GPU's clock to 0.1 ms, which is one hundredth of a run of this length. */
const leastSeconds = 0.01;

/**
 * Seconds that a caller waits for the dispatches, including the driver's work before the GPU
 * starts.
 */
export async function secondsUntilDone(gpu: Gpu, dispatches: readonly Dispatch[]): Promise<number> {
  await gpu.settled();
  const start = performance.now();
  submit(gpu, dispatches);
  await gpu.settled();
  return (performance.now() - start) / 1e3;
}

/**
 * Seconds that a caller waits for something, averaged over as many repetitions as a coarse clock
 * needs.
 */
export async function secondsOfCall(call: () => Promise<void>): Promise<number> {
  const start = performance.now();
  for (let calls = 1; ; calls++) {
    await call();
    const seconds = (performance.now() - start) / 1e3;
    if (seconds >= leastSeconds) return seconds / calls;
  }
}

/**
 * Measures the candidates in turns, so that other load on the machine affects all of them alike.
 * Returns the times of each.
 *
 * @param signal aborts between two of them
 */
export async function interleave(
  repeats: number,
  candidates: readonly (() => Promise<number>)[],
  signal?: AbortSignal,
): Promise<number[][]> {
  const times: number[][] = candidates.map(() => []);
  for (let i = 0; i < repeats; i++) {
    for (const [index, run] of candidates.entries()) {
      signal?.throwIfAborted();
      times[index].push(await run());
    }
  }
  return times;
}
