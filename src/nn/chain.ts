// Generators applied one after another. Each receives the float output of the previous one, not its
// bytes as a picture. The cycle of a CycleGAN is such a chain of two.

import type { Tensor } from "../autograd/tensor.ts";
import { UserError } from "../errors.ts";
import type { NamedTensor } from "../formats/tensors/tensors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Image } from "../picture/image.ts";
import { checkSize, pictureArchitecture, type PictureArchitecture } from "./generator.ts";
import { converting, parametersOf, type Mode } from "./layers.ts";
import { network } from "./networks.ts";
import { PictureProgram, type ConvertOptions, type TracePicture } from "./picture-program.ts";
import { uploadWeights } from "./weights.ts";

export class GeneratorChain {
  private constructor(
    private readonly program: PictureProgram,
    private readonly releaseWeights: () => void,
  ) {}

  /**
   * @param stateDicts one per generator, the first generator's first
   * @throws UserError if one does not belong to a generator of pictures, or its output does not fit
   * the next
   */
  static async create(
    gpu: Gpu,
    stateDicts: readonly (readonly NamedTensor[])[],
    mode: Mode = converting,
  ): Promise<GeneratorChain> {
    const architectures = stateDicts.map(pictureArchitecture);
    const weights = new Map<string, GPUBuffer>();
    const releaseWeights = () => weights.forEach((buffer) => gpu.buffers.release(buffer));
    try {
      for (const [i, tensors] of stateDicts.entries()) {
        const uploaded = await uploadWeights(gpu, architectures[i], tensors);
        uploaded.forEach((buffer, name) => weights.set(prefix(i) + name, buffer));
      }
      const trace: TracePicture = (picture, shown) => traceChain(architectures, picture, mode).map(shown);
      const program = await PictureProgram.create(gpu, weights, architectures[0].inputChannels, trace);
      return new GeneratorChain(program, releaseWeights);
    } catch (error) {
      releaseWeights();
      throw error;
    }
  }

  /**
   * The picture itself and the output of each generator, opaque and truncated to bytes as the
   * reference does. A byte of the picture itself may come out one lower.
   *
   * @throws UserError if the picture does not fit a network or the memory; nothing has been started
   * then
   */
  async convert(image: Image, options: ConvertOptions = {}): Promise<Image[]> {
    const { width, height } = image;
    const { shortage } = this.program.need({ width, height });
    if (shortage) throw new UserError(`A picture of ${width} x ${height} pixels ${shortage}: make it smaller.`);
    return this.program.convert({ width, height }, image, options);
  }

  /** Releases the device's memory. */
  release(): void {
    this.releaseWeights();
    this.program.release();
  }
}

/**
 * [picture, the first generator's output, the second's, ...]; the parameters of generator i are
 * called `i.NAME`.
 */
export function traceChain(architectures: readonly PictureArchitecture[], picture: Tensor, mode: Mode): Tensor[] {
  const pictures = [picture];
  for (const [i, architecture] of architectures.entries()) {
    const [, channels, height, width] = pictures[i].shape;
    if (channels !== architecture.inputChannels) {
      throw new UserError(
        `A generator takes images of ${architecture.inputChannels} channels, but its input has ${channels}: ` +
          "the two are not from the same run.",
      );
    }
    checkSize(architecture, width, height);
    pictures.push(network(architecture, pictures[i], mode, parametersOf(architecture, prefix(i))));
  }
  return pictures;
}

function prefix(index: number): string {
  return `${index}.`;
}
