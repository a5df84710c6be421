// Opens WebGPU in a page, a worker or Deno, which bring their own implementation.

import { NoAdapterError } from "../../gpu/errors.ts";
import { Gpu, type GpuOptions } from "../../gpu/gpu.ts";

/** @throws NoAdapterError in a browser or Deno without WebGPU, or without an adapter */
export function openGpu(options: GpuOptions = {}): Promise<Gpu> {
  // The types claim that `gpu` is always there; older browsers do not have it.
  const entry = (navigator as { gpu?: GPU }).gpu;
  if (!entry) {
    return Promise.reject(
      new NoAdapterError(
        "Deno" in globalThis
          ? "This Deno has no WebGPU. Run it with --unstable-webgpu, or use a newer version."
          : "This browser has no WebGPU. Use Chrome or Edge 113, Firefox 141 or Safari 26, or a later one.",
      ),
    );
  }
  return Gpu.open(entry, options);
}
