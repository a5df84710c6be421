// A network's weights on the device, uploaded once and shared by all programs of that network.

import { UserError } from "../errors.ts";
import { float32ToFloat16, largestFloat16 } from "../float16.ts";
import { toFloat32, type NamedTensor } from "../formats/tensors/tensors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { pack } from "../kernels/core/layout.ts";
import type { Precision } from "../kernels/core/operation.ts";
import { stateDict, type Architecture } from "./architecture.ts";
import { deviceType } from "./layers.ts";

/**
 * Uploads the tensors that the architecture names. Others (old PyTorch's statistics of instance
 * norm) are ignored.
 *
 * @param precision of the convolutions' filters
 * @returns a pool buffer for each name
 * @throws UserError if a tensor is missing or has another shape, or holds a number that half
 * precision cannot represent
 */
export async function uploadWeights(
  gpu: Gpu,
  architecture: Architecture,
  tensors: readonly NamedTensor[],
  precision: Precision = "full",
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
      const packed = pack(type, toFloat32(tensor));
      const stored = precision === "half" && type.layout !== "vector" ? inHalf(expected.name, packed) : packed;
      buffers.set(expected.name, await gpu.buffers.upload(stored, `the weights ${expected.name}`));
    }
    return buffers;
  } catch (error) {
    buffers.forEach((buffer) => gpu.buffers.release(buffer));
    throw error;
  }
}

function inHalf(name: string, numbers: Float32Array): Uint16Array<ArrayBuffer> {
  const large = numbers.find((number) => Math.abs(number) > largestFloat16);
  if (large === undefined) return float32ToFloat16(numbers);
  throw new UserError(
    `The tensor ${name} holds ${large}, which half precision cannot represent: its largest number is ${largestFloat16}. ` +
      "Convert in full precision.",
  );
}
