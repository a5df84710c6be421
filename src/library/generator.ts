// The library's main object: a generator that converts pictures to pictures, in Node and in a page.

import { readCheckpoint } from "../formats/checkpoint/checkpoint.ts";
import type { Gpu as EngineGpu } from "../gpu/gpu.ts";
import { Generator, type GeneratorArchitecture } from "../nn/generator.ts";
import { looksLikeGenerator } from "../nn/identify.ts";
import { converting } from "../nn/layers.ts";
import type { ConvertOptions } from "../nn/picture-program.ts";
import { fillHidden } from "../picture/fill-hidden.ts";
import type { Image } from "../picture/image.ts";
import { convertPicture, type PictureOptions } from "../pixelart/convert.ts";
import { engineOf, type Gpu } from "./gpu.ts";
import { imageOf, type Picture } from "./picture.ts";

/**
 * The device for a network, and the choice of one in a checkpoint.
 *
 * @example
 * ```ts
 * const options: LoadOptions = { gpu, key: "G_B" };
 * const back = await loadGenerator("networks.pth", options);
 * ```
 */
export interface LoadOptions {
  /** From `openGpu`. */
  readonly gpu: Gpu;
  /** Selects one of several networks in a checkpoint, for example `G_A`. */
  readonly key?: string | undefined;
  /**
   * How weights and the images between layers are stored. "half" takes half of the memory, on any
   * GPU, and changes colours slightly. Default: "full".
   */
  readonly precision?: "full" | "half" | undefined;
}

/**
 * A generator on the GPU.
 *
 * @typeParam Converted the platform's picture type, which it returns
 */
export class PictureGenerator<Converted extends Picture> {
  private constructor(
    private readonly gpu: EngineGpu,
    private readonly generator: Generator,
    private readonly give: (image: Image, source: Picture) => Converted,
  ) {}

  /**
   * @param bytes a checkpoint: `.pth` in either format, or safetensors; its tensors determine the
   * architecture
   * @param options which of several networks, without which there must be exactly one generator, and
   * the precision
   * @param give turns a converted image into the platform's picture type
   * @throws UserError that says in one sentence what is wrong with the checkpoint
   */
  static async create<Converted extends Picture>(
    gpu: Gpu,
    bytes: Uint8Array,
    { key, precision }: Omit<LoadOptions, "gpu">,
    give: (image: Image, source: Picture) => Converted,
  ): Promise<PictureGenerator<Converted>> {
    const engine = engineOf(gpu);
    const { tensors } = readCheckpoint(bytes, { key, suits: looksLikeGenerator });
    return new PictureGenerator(engine, await Generator.create(engine, tensors, converting, precision), give);
  }

  /** The architecture that the checkpoint determines. */
  get architecture(): GeneratorArchitecture {
    return this.generator.architecture;
  }

  /**
   * Converts a picture. Without `raw`, the result is pixel art: each cell of `cell` pixels of the
   * network's output gets one colour and is drawn `scale` pixels wide. Colours under full
   * transparency do not count, except with `raw`, as in the reference.
   *
   * @throws UserError if it is not a picture, or does not fit the network, the grid or the memory
   * @example
   * ```ts
   * const small = await generator.convert(photo, { cell: 4, scale: 1, colors: 16 });
   * const painted = await generator.convert(photo); // raw
   * ```
   */
  async convert(picture: Picture, options: PictureOptions & ConvertOptions = { raw: true }): Promise<Converted> {
    const image = imageOf(picture);
    const source = options.raw ? image : fillHidden(image);
    return this.give((await convertPicture(this.gpu, this.generator, source, options)).image, picture);
  }

  /** Frees the device memory. */
  release(): void {
    this.generator.release();
  }
}
