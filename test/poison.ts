// Poisons device memory for tests. A buffer from the pool contains its last user's data, which in a
// test that compares two runs is the right answer, and a new buffer contains zeros, which are right
// too often. Here both contain NaN, or another pattern that is asked for.

import type { Gpu } from "../src/gpu/gpu.ts";

/**
 * `nan` is a quiet NaN; as a pixel, a dark blue that is nearly transparent. As a whole number it is
 * large, so it looks like the initial value of a minimum: `one`, the number 1, does not.
 */
const patterns = { nan: 0x7fc00000, one: 1 };
type Poison = keyof typeof patterns;

const blocks = Object.fromEntries(
  Object.entries(patterns).map(([poison, pattern]) => [poison, new Uint32Array(2 ** 18).fill(pattern)]),
) as Record<Poison, Uint32Array<ArrayBuffer>>;

const scratchOf = new WeakMap<Gpu, Set<GPUBuffer>>();

/** The poison is noted on the pool, since the mutation tests bundle this file again for every fault. */
interface PoisonedPool {
  poison?: Poison;
}

/** Does something while the pool's buffers contain another poison. */
export async function poisonedWith(gpu: Gpu, poison: Poison, act: () => Promise<void>): Promise<void> {
  const pool = gpu.buffers as PoisonedPool;
  pool.poison = poison;
  try {
    await act();
  } finally {
    delete pool.poison;
  }
}

/** Makes the pool return only poisoned buffers from now on. */
export function poisonPool(gpu: Gpu): Gpu {
  const { buffers } = gpu;
  const scratch = new Set<GPUBuffer>();
  scratchOf.set(gpu, scratch);
  const acquire = buffers.acquire.bind(buffers);
  const upload = buffers.upload.bind(buffers);
  const release = buffers.release.bind(buffers);
  buffers.acquire = async (bytes, purpose) => {
    const buffer = await acquire(bytes, purpose);
    poisonBuffer(gpu, buffer);
    scratch.add(buffer);
    return buffer;
  };
  buffers.upload = async (data, purpose) => {
    const buffer = await upload(data, purpose);
    scratch.delete(buffer);
    return buffer;
  };
  buffers.release = (buffer) => {
    release(buffer);
    scratch.delete(buffer);
  };
  return gpu;
}

/** Poisons all computed results, which the next run must not need. Uploaded data stays. */
export function poisonScratch(gpu: Gpu): void {
  for (const buffer of scratchOf.get(gpu)!) poisonBuffer(gpu, buffer);
}

function poisonBuffer(gpu: Gpu, buffer: GPUBuffer): void {
  const block = blocks[(gpu.buffers as PoisonedPool).poison ?? "nan"];
  for (let offset = 0; offset < buffer.size; offset += block.byteLength) {
    const size = Math.min(block.byteLength, buffer.size - offset);
    gpu.device.queue.writeBuffer(buffer, offset, block, 0, size / 4);
  }
}
