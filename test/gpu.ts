// The GPU that tests run on: whatever adapter Node's Dawn finds, opened once per test file.

import { afterAll } from "vitest";
import { BufferPool } from "../src/gpu/buffers.ts";
import { Gpu, type GpuOptions, type Observers } from "../src/gpu/gpu.ts";
import { openWebGpu } from "../src/platform/gpu/gpu.node.ts";
import { poisonPool } from "./poison.ts";

export { fromDevice, relativeError, runOperation, trialValues, someValues, toDevice } from "./run-operation.ts";

export const webGpu = await openWebGpu();

/**
 * Opens a device with poisoned memory, and closes it when the file's tests are done.
 *
 * @param memory the limit for all buffers together on any adapter, since a GPU does not report its
 * memory, which may exceed what tests request
 */
export async function openTestGpu({
  memory,
  ...options
}: GpuOptions & Observers & { memory?: number } = {}): Promise<Gpu> {
  const gpu = await Gpu.open(webGpu, options);
  if (memory !== undefined) Object.assign(gpu, { buffers: new BufferPool(gpu.device, memory) });
  afterAll(() => gpu.close());
  return poisonPool(gpu);
}
