// The door to WebGPU in a page: the browser's own.

import { NoAdapterError } from "../gpu/errors.ts";
import { Gpu, type GpuOptions } from "../gpu/gpu.ts";

/** @throws NoAdapterError in a browser without WebGPU, or without an adapter for it */
export function openGpu(options: GpuOptions = {}): Promise<Gpu> {
  // The types promise that `gpu` is there; older browsers know better.
  const entry = (navigator as { gpu?: GPU }).gpu;
  if (!entry) {
    return Promise.reject(
      new NoAdapterError(
        "This browser has no WebGPU. Use Chrome or Edge 113, Firefox 141 or Safari 26, or a later one.",
      ),
    );
  }
  return Gpu.open(entry, options);
}
