// Poisons device memory for tests. A buffer from the pool contains its last user's data, which in a
// test that compares two runs is the right answer, and a new buffer contains zeros, which are right
// too often. Here both contain NaN.

import type { Gpu } from "../src/gpu/gpu.ts";

/** A quiet NaN; as a pixel, a dark blue that is nearly transparent. */
const pattern = 0x7fc00000;
const block = new Uint32Array(2 ** 18).fill(pattern);

const scratchOf = new WeakMap<Gpu, Set<GPUBuffer>>();

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

function poisonBuffer({ device }: Gpu, buffer: GPUBuffer): void {
  for (let offset = 0; offset < buffer.size; offset += block.byteLength) {
    const size = Math.min(block.byteLength, buffer.size - offset);
    device.queue.writeBuffer(buffer, offset, block, 0, size / 4);
  }
}
