// Our forward pass of the ResNet generator, as the bench of the peers runs it in Node and in a
// page.

import { makePlan } from "../src/autograd/plan.ts";
import { Program, traitsOf } from "../src/autograd/program.ts";
import { input } from "../src/autograd/tensor.ts";
import type { NamedTensor } from "../src/formats/tensors/tensors.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { pack, unpack } from "../src/kernels/core/layout.ts";
import { image } from "../src/kernels/core/operation.ts";
import type { ResnetGenerator } from "../src/nn/architecture.ts";
import { converting } from "../src/nn/layers.ts";
import { network } from "../src/nn/networks.ts";
import { uploadWeights } from "../src/nn/weights.ts";

/**
 * A forward pass that can be repeated, to the values of its output.
 *
 * @param picture [1, 3, H, W]
 */
export async function prepareForward(
  gpu: Gpu,
  architecture: ResnetGenerator,
  tensors: readonly NamedTensor[],
  picture: { readonly shape: readonly number[]; readonly data: Float32Array },
): Promise<() => Promise<Float32Array>> {
  const type = image(...(picture.shape as [number, number, number, number]));
  const plan = makePlan(traitsOf(gpu), [network(architecture, input("image", type), converting)]);
  const program = await Program.prepare(gpu, plan, await uploadWeights(gpu, architecture, tensors));
  program.write("image", pack(type, picture.data));
  return async () => {
    await program.run();
    return unpack(plan.outputs[0].type!, new Float32Array(await program.read()));
  };
}
