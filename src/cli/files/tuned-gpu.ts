// Opens a GPU for conversions: with the kernels that were measured on its adapter, if any were.

import type { Gpu, GpuOptions, Observers } from "../../gpu/gpu.ts";
import { cacheStorage } from "../../platform/files/cache.node.ts";
import { openGpu } from "../../platform/gpu/gpu.node.ts";
import { knownChoices } from "../../tuning/choose.ts";
import { tuneModeFrom } from "../options/tune-mode.ts";

/**
 * @param say is told if what was measured cannot be used
 * @throws NoAdapterError
 */
export async function openTunedGpu(options: GpuOptions & Observers, say: (sentence: string) => void): Promise<Gpu> {
  const mode = tuneModeFrom(process.env);
  const gpu = await openGpu(options);
  gpu.choices = await knownChoices(gpu, { mode, storage: cacheStorage(), say });
  return gpu;
}
