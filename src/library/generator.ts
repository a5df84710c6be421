// The library's one object: a generator that takes pictures and gives pictures, in Node and in a page alike.

import { fillHidden } from "../data/fill-hidden.ts";
import type { Image } from "../data/image.ts";
import { readCheckpoint } from "../formats/checkpoint.ts";
import type { Gpu as EngineGpu } from "../gpu/gpu.ts";
import { Generator, type GeneratorArchitecture } from "../nn/generator.ts";
import { looksLikeGenerator } from "../nn/identify.ts";
import type { ConvertOptions } from "../nn/picture-program.ts";
import { convertPicture, type PictureOptions } from "../pixelart/convert.ts";
import { engineOf, type Gpu } from "./gpu.ts";
import { imageOf, type Picture } from "./picture.ts";

/**
 * Where a network runs, and which one it is.
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
  /** Which of a checkpoint's several networks, as in `G_A`. */
  readonly key?: string | undefined;
}

/**
 * A generator that is on the GPU.
 *
 * @typeParam Converted the pictures that it gives: what the platform calls a picture
 */
export class PictureGenerator<Converted extends Picture> {
  private constructor(
    private readonly gpu: EngineGpu,
    private readonly generator: Generator,
    private readonly give: (image: Image, source: Picture) => Converted,
  ) {}

  /**
   * @param bytes a checkpoint: `.pth` in either format, or safetensors; which network it is of is read off it
   * @param key which of the checkpoint's several networks: `G_A`; without it there has to be one generator
   * @param give makes the platform's picture of what was converted
   * @throws UserError that says in one sentence what is wrong with it
   */
  static async create<Converted extends Picture>(
    gpu: Gpu,
    bytes: Uint8Array,
    key: string | undefined,
    give: (image: Image, source: Picture) => Converted,
  ): Promise<PictureGenerator<Converted>> {
    const engine = engineOf(gpu);
    const { tensors } = readCheckpoint(bytes, { key, suits: looksLikeGenerator });
    return new PictureGenerator(engine, await Generator.create(engine, tensors), give);
  }

  /** What the checkpoint says it is. */
  get architecture(): GeneratorArchitecture {
    return this.generator.architecture;
  }

  /**
   * Converts a picture. Without `raw`, the result is pixel art: `cell` pixels of the network's picture become one colour,
   * drawn `scale` pixels wide, and colours under full transparency do not count; with `raw` they do, as in the reference.
   *
   * @throws UserError for what is no picture, or does not fit the network, the grid or the memory
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

  /** Gives the device's memory back. */
  release(): void {
    this.generator.release();
  }
}
