// The GPU as the library's users see it. What the engine's own has besides names WebGPU's types, which not every project knows.

import type { AdapterDescription } from "../gpu/adapter.ts";
import { Gpu as EngineGpu } from "../gpu/gpu.ts";

/**
 * A GPU that is open; `openGpu` gives one.
 *
 * @example
 * ```ts
 * let hasEnded = false;
 * void gpu.lost.then(() => (hasEnded = true));
 * ```
 */
export interface Gpu {
  /** What it is called, and whether it runs on the CPU. */
  readonly adapter: AdapterDescription;
  /** Resolves, with the reason, when the device is gone, `close` included. */
  readonly lost: Promise<Error>;
  /** Frees everything at once. Nothing that was made on it may be used afterwards. */
  close(): void;
}

export function engineOf(gpu: Gpu): EngineGpu {
  if (gpu instanceof EngineGpu) return gpu;
  throw new TypeError("loadGenerator takes the GPU that openGpu gave.");
}
