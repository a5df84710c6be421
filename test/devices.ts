// Descriptions of real devices, for results that must not depend on the machine.

import type { Traits } from "../src/kernels/core/operation.ts";

/** Mesa's llvmpipe. */
export const software: Traits = {
  software: true,
  subgroupSize: 8,
  bindingBytes: 2 ** 27,
  offsetAlignment: 256,
  workgroupBytes: 32768,
  workgroupInvocations: 1024,
  workgroupsPerDimension: 65535,
};

/** A graphics card with WebGPU's guaranteed limits. */
export const hardware: Traits = {
  ...software,
  software: false,
  subgroupSize: 32,
  workgroupBytes: 16384,
  workgroupInvocations: 256,
};

/** A graphics card as Dawn reports it: large bindings and workgroups. */
export const largeHardware: Traits = {
  ...hardware,
  bindingBytes: 2 ** 31 - 4,
  workgroupBytes: 32768,
  workgroupInvocations: 1024,
};
