// The door to WebGPU in Node: Dawn, through the npm package `webgpu`.

import { freemem } from "node:os";
import { create } from "webgpu";
import { Gpu, type GpuOptions } from "../gpu/gpu.ts";

/**
 * Dawn's `navigator.gpu`. It must stay referenced as long as a device of it lives, and be let go before the process
 * ends: the caller holds it.
 *
 * @param fast leaves out the robustness checks of every memory access: for benches, never for tests.
 */
export function openWebGpu({ fast = false } = {}): GPU {
  const toggles = fast ? ["enable-dawn-features=disable_robustness,skip_validation"] : [];
  return create([...toggles, "disable-dawn-features=timestamp_quantization"]);
}

/**
 * Opens a GPU. On a software adapter three quarters of the memory that is free now may be taken.
 *
 * @throws NoAdapterError where there is none; `npm run setup` installs one
 */
export function openGpu(options: GpuOptions = {}): Promise<Gpu> {
  return Gpu.open(openWebGpu(), { systemMemory: 0.75 * freemem(), ...options });
}
