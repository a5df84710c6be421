// The door to WebGPU in Node: Dawn, through the npm package `webgpu`.

import { create } from "webgpu";

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
