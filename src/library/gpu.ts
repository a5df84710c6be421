// The GPU as the library's users see it. The engine's own type mentions WebGPU's types, which not
// every project has installed.

import type { AdapterDescription } from "../gpu/adapter.ts";
import { Gpu as EngineGpu } from "../gpu/gpu.ts";

/**
 * An open GPU, from `openGpu`.
 *
 * @example
 * ```ts
 * let hasEnded = false;
 * void gpu.lost.then(() => (hasEnded = true));
 * ```
 */
export interface Gpu {
  /** The adapter's name, and whether it runs on the CPU. */
  readonly adapter: AdapterDescription;
  /** Resolves with the reason when the device is lost, also after `close`. */
  readonly lost: Promise<Error>;
  /** Frees everything. Nothing that was created on this GPU may be used afterwards. */
  close(): void;
}

export function engineOf(gpu: Gpu): EngineGpu {
  if (gpu instanceof EngineGpu) return gpu;
  throw new TypeError("loadGenerator takes the GPU that openGpu gave.");
}
