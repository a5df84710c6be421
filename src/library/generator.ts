// The library's one object: a generator that takes pictures and gives pictures, in Node and in a page alike.

import { fillHidden } from "../data/fill-hidden.ts";
import type { Image } from "../data/image.ts";
import { readCheckpoint } from "../formats/checkpoint.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { Generator, type GeneratorArchitecture } from "../nn/generator.ts";
import type { ConvertOptions } from "../nn/picture-program.ts";
import { convertPicture, type PictureOptions } from "../pixelart/convert.ts";

export class PictureGenerator {
  private constructor(
    private readonly gpu: Gpu,
    private readonly generator: Generator,
  ) {}

  /**
   * @param bytes a checkpoint: `.pth` in either format, or safetensors; which network it is of is read off it
   * @throws UserError that says in one sentence what is wrong with it
   */
  static async create(gpu: Gpu, bytes: Uint8Array): Promise<PictureGenerator> {
    return new PictureGenerator(gpu, await Generator.create(gpu, readCheckpoint(bytes).tensors));
  }

  /** What the checkpoint says it is. */
  get architecture(): GeneratorArchitecture {
    return this.generator.architecture;
  }

  /**
   * Converts a picture. Without `raw`, the result is pixel art: `cell` pixels of the network's picture become one colour,
   * drawn `scale` pixels wide, and colours under full transparency do not count; with `raw` they do, as in the reference.
   *
   * @example
   * const art = await generator.convert(image, { cell: 4, scale: 1, colors: 16 });
   */
  async convert(image: Image, options: PictureOptions & ConvertOptions = { raw: true }): Promise<Image> {
    const source = options.raw ? image : fillHidden(image);
    return (await convertPicture(this.gpu, this.generator, source, options)).image;
  }

  /** Gives the device's memory back. */
  release(): void {
    this.generator.release();
  }
}
