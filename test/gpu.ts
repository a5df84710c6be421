// The GPU that tests run on: whatever adapter Node's Dawn finds, opened once a test file.

import { afterAll } from "vitest";
import { Gpu, type GpuOptions } from "../src/gpu/gpu.ts";
import { openWebGpu } from "../src/platform/gpu.node.ts";
import { poisonPool } from "./poison.ts";

export { fromDevice, relativeError, runOperation, sampleValues, someValues, toDevice } from "./run-operation.ts";

export const webGpu = await openWebGpu();

/** Opens a device, whose memory is poisoned, and closes it when the file's tests are done. */
export async function openTestGpu(options: GpuOptions = {}): Promise<Gpu> {
  const gpu = poisonPool(await Gpu.open(webGpu, options));
  afterAll(() => gpu.close());
  return gpu;
}
