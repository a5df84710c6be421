// Descriptions of real devices, so that the pinned results do not depend on the machine.

import type { Traits } from "../../../src/kernels/core/operation.ts";

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
