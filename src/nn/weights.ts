// A network's weights on the device, uploaded once and shared by all programs of that network.

import { UserError } from "../errors.ts";
import { toFloat32, type NamedTensor } from "../formats/tensors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { pack } from "../kernels/core/layout.ts";
import { stateDict, type Architecture } from "./architecture.ts";
import { deviceType } from "./layers.ts";

/**
 * Uploads the tensors that the architecture names. Others (old PyTorch's statistics of instance
 * norm) are ignored.
 *
 * @returns a pool buffer for each name
 * @throws UserError if a tensor is missing or has another shape
 */
export async function uploadWeights(
  gpu: Gpu,
  architecture: Architecture,
  tensors: readonly NamedTensor[],
): Promise<Map<string, GPUBuffer>> {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const buffers = new Map<string, GPUBuffer>();
  try {
    for (const expected of stateDict(architecture)) {
      const type = deviceType(expected);
      if (!type) continue;
      const tensor = byName.get(expected.name);
      if (!tensor) throw new UserError(`The weights have no tensor called ${expected.name}.`);
      if (String(tensor.shape) !== String(expected.shape)) {
        throw new UserError(`${expected.name} has shape [${tensor.shape}]; the network needs [${expected.shape}].`);
      }
      buffers.set(
        expected.name,
        await gpu.buffers.upload(pack(type, toFloat32(tensor)), `the weights ${expected.name}`),
      );
    }
    return buffers;
  } catch (error) {
    buffers.forEach((buffer) => gpu.buffers.release(buffer));
    throw error;
  }
}
