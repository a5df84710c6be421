// Computes a discriminator's verdicts on pictures, and the pixels that each verdict depends on.

import { makePlan } from "../../../src/autograd/plan.ts";
import { Program, traitsOf } from "../../../src/autograd/program.ts";
import { apply, input, parameter } from "../../../src/autograd/tensor.ts";
import { UserError } from "../../../src/errors.ts";
import type { NamedTensor } from "../../../src/formats/tensors/tensors.ts";
import type { Gpu } from "../../../src/gpu/gpu.ts";
import { unpack } from "../../../src/kernels/core/layout.ts";
import { vector } from "../../../src/kernels/core/operation.ts";
import { byteLevels, fromPixels } from "../../../src/kernels/pixelart/pixels.ts";
import { networkName, parameterCount, type PatchDiscriminator } from "../../../src/nn/architecture.ts";
import { identify } from "../../../src/nn/identify.ts";
import { converting } from "../../../src/nn/layers.ts";
import { network } from "../../../src/nn/networks.ts";
import { receptiveField } from "../../../src/nn/receptive-field.ts";
import { uploadWeights } from "../../../src/nn/weights.ts";
import type { Image } from "../../../src/picture/image.ts";
import type { FileNetworks } from "../../parts/own-network.ts";
import type { Judged, Judgement } from "../api.ts";

export interface Judge {
  readonly name: string;
  readonly tensors: readonly NamedTensor[];
  readonly networks: FileNetworks;
}

/** @param pictures squares of equal size */
export async function judgePictures(
  gpu: Gpu,
  { name, tensors, networks }: Judge,
  pictures: readonly { readonly kind: Judgement["kind"]; readonly picture: Image }[],
): Promise<Judged> {
  const architecture = patchDiscriminator(name, tensors);
  const side = pictures[0].picture.width;
  const pixels = input("pixels", { layout: "pixels", shape: [1, side, side] });
  const levels = parameter("byte levels", vector(byteLevels.length));
  const numbers = apply(fromPixels, [pixels, levels], { channels: architecture.inputChannels as 1 | 3 });
  const verdicts = network(architecture, numbers, converting);
  const [, , height, width] = verdicts.shape;
  const fields = Array.from({ length: height }, (_, row) =>
    receptiveField(verdicts, numbers, { first: row, last: row }),
  );

  const weights = await uploadWeights(gpu, architecture, tensors);
  try {
    weights.set("byte levels", await gpu.buffers.upload(byteLevels, "the table of byte levels"));
    const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), [verdicts]), weights);
    try {
      const judgements: Judgement[] = [];
      for (const { kind, picture } of pictures) {
        program.write("pixels", picture.data);
        await program.run();
        const values = unpack(verdicts.type, new Float32Array(await program.read())) as Float32Array<ArrayBuffer>;
        judgements.push({ kind, picture, verdicts: { values, width, height }, fields });
      }
      const judge = { name, network: networkName(architecture), parameters: parameterCount(architecture), networks };
      return { judge, norm: architecture.norm, judgements };
    } finally {
      program.release();
    }
  } finally {
    weights.forEach((buffer) => gpu.buffers.release(buffer));
    gpu.buffers.trim();
  }
}

/** @throws UserError if the tensors belong to another kind of network */
function patchDiscriminator(name: string, tensors: readonly NamedTensor[]): PatchDiscriminator {
  const { architecture } = identify(tensors);
  if (architecture.kind !== "patch") {
    throw new UserError(
      `${name}: these are the weights of ${networkName(architecture)}, which does not judge patches. ` +
        "Open the file of a PatchGAN, such as latest_net_D_A.pth.",
    );
  }
  if (architecture.inputChannels !== 1 && architecture.inputChannels !== 3) {
    throw new UserError(
      `${name}: it judges images with ${architecture.inputChannels} channels, but pictures have 1 or 3.`,
    );
  }
  return architecture;
}
