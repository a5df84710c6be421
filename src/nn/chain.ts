// Generators one after another: each is fed the numbers that the one before it made, not the bytes that a picture of them has. The cycle of
// a CycleGAN is such a chain of two.

import type { Tensor } from "../autograd/tensor.ts";
import type { Image } from "../data/image.ts";
import { UserError } from "../errors.ts";
import type { NamedTensor } from "../formats/tensors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { checkSize, pictureArchitecture, type PictureArchitecture } from "./generator.ts";
import { converting, parametersOf, type Mode } from "./layers.ts";
import { network } from "./networks.ts";
import { PictureProgram, type ConvertOptions } from "./picture-program.ts";
import { uploadWeights } from "./weights.ts";

export class GeneratorChain {
  private constructor(private readonly program: PictureProgram) {}

  /**
   * @param stateDicts of each generator, the first one's first
   * @throws UserError where one is not of a generator of pictures, or makes pictures that the next does not take
   */
  static async create(
    gpu: Gpu,
    stateDicts: readonly (readonly NamedTensor[])[],
    mode: Mode = converting,
  ): Promise<GeneratorChain> {
    const architectures = stateDicts.map(pictureArchitecture);
    const weights = new Map<string, GPUBuffer>();
    try {
      for (const [i, tensors] of stateDicts.entries()) {
        const uploaded = await uploadWeights(gpu, architectures[i], tensors);
        uploaded.forEach((buffer, name) => weights.set(prefix(i) + name, buffer));
      }
      const trace = (picture: Tensor) => traceChain(architectures, picture, mode);
      return new GeneratorChain(await PictureProgram.create(gpu, weights, architectures[0].inputChannels, trace));
    } catch (error) {
      weights.forEach((buffer) => gpu.buffers.release(buffer));
      throw error;
    }
  }

  /**
   * The picture itself and what each generator makes of what is before it, truncated to bytes as the reference truncates them: a byte of the
   * picture may have become the one below it.
   *
   * @throws UserError where the picture does not fit a network or the memory; nothing has been started then
   */
  async convert(image: Image, options: ConvertOptions = {}): Promise<Image[]> {
    const { width, height } = image;
    const shortage = this.program.shortage(width, height);
    if (shortage) throw new UserError(`A picture of ${width} x ${height} pixels ${shortage}: make it smaller.`);
    return this.program.convert(image, options);
  }

  /** Gives the device's memory back. */
  release(): void {
    this.program.release();
  }
}

/** [picture, what the first makes of it, what the second makes of that, ...]; the parameters of the generator i are called `i.NAME`. */
export function traceChain(architectures: readonly PictureArchitecture[], picture: Tensor, mode: Mode): Tensor[] {
  const pictures = [picture];
  for (const [i, architecture] of architectures.entries()) {
    const [, channels, height, width] = pictures[i].shape;
    if (channels !== architecture.inputChannels) {
      throw new UserError(
        `A generator takes images of ${architecture.inputChannels} channels, and what it is given has ${channels}: ` +
          "the two are not of one run.",
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
