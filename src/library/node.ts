/**
 * The exports of `import ... from "pixelcycle"` in Node. The other examples continue this one; at
 * the end, `gpu.close()` releases the device.
 *
 * @module Node
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { decodeImage, encodePng, loadGenerator, openGpu } from "pixelcycle";
 *
 * const gpu = await openGpu();
 * const generator = await loadGenerator("latest_net_G_A.pth", { gpu });
 * const photo = await decodeImage("photo.jpg");
 * const art = await generator.convert(photo, { cell: 4, scale: 4, margin: 32 });
 * await writeFile("photo.png", await encodePng(art));
 * ```
 */

import { maximumCheckpointBytes } from "../formats/checkpoint/checkpoint.ts";
import type { GpuOptions } from "../gpu/gpu.ts";
import type { Image } from "../picture/image.ts";
import { encodeIndexed } from "../pixelart/palettes/indexed.ts";
import type { Palette } from "../pixelart/palettes/palette.ts";
import { readFileBytes } from "../platform/files/files.node.ts";
import * as door from "../platform/gpu/gpu.node.ts";
import * as animations from "../platform/pictures/animations.node.ts";
import * as images from "../platform/pictures/images.node.ts";
import { PictureGenerator as PlatformGenerator, type LoadOptions } from "./generator.ts";
import type { Gpu } from "./gpu.ts";
import { imageOf, type Picture } from "./picture.ts";

export { UserError } from "../errors.ts";
export { type AdapterDescription } from "../gpu/adapter.ts";
export { type GpuOptions } from "../gpu/gpu.ts";
export { type ResnetGenerator, type UnetGenerator } from "../nn/architecture.ts";
export { type GeneratorArchitecture } from "../nn/generator.ts";
export { type ConvertOptions } from "../nn/picture-program.ts";
export { type Animation } from "../picture/animation.ts";
export { type Image } from "../picture/image.ts";
export { type GridPictureOptions, type PictureOptions } from "../pixelart/convert.ts";
export { type DitherKind } from "../pixelart/dither.ts";
export { builtInNames as paletteNames } from "../pixelart/palettes/built-in.ts";
export { type Colour, type Palette } from "../pixelart/palettes/palette.ts";
export { encodePalette, type PaletteKind } from "../pixelart/palettes/write.ts";
export { decodeAnimation, type AnimationKind, type AnimationTiming } from "../platform/pictures/animations.node.ts";
export { decodeImage, type DecodeOptions } from "../platform/pictures/images.node.ts";
export { type LoadOptions } from "./generator.ts";
export { type Gpu } from "./gpu.ts";
export { loadPalette } from "./palettes.node.ts";
export { type Picture } from "./picture.ts";

/**
 * A generator on the GPU. It returns pictures as an `Image`.
 *
 * @example
 * ```ts
 * const first: PictureGenerator = await loadGenerator("latest_net_G_A.pth", { gpu });
 * const { width, height } = await first.convert(photo, { cell: 4, scale: 1 });
 * first.release();
 * ```
 */
export interface PictureGenerator extends PlatformGenerator<Image> {}

/**
 * Opens a GPU. On a software adapter it may use up to three quarters of the memory that is
 * currently free.
 *
 * @throws UserError if there is no adapter, with advice
 * @example
 * ```ts
 * const gpu = await openGpu();
 * gpu.close();
 * ```
 */
export function openGpu(options: GpuOptions = {}): Promise<Gpu> {
  return door.openGpu(options);
}

/**
 * Loads a generator from a `.pth` in either format, or from safetensors. Its tensors determine the
 * architecture.
 *
 * @param source a checkpoint's path, or its bytes
 * @throws UserError if it cannot be read, is not a generator, or contains several and no key
 * selects one
 * @example
 * ```ts
 * const single = await loadGenerator("latest_net_G_A.pth", { gpu });
 * const oneOfSeveral = await loadGenerator("networks.pth", { gpu, key: "G_A" });
 * const compact = await loadGenerator("latest_net_G_A.pth", { gpu, precision: "half" });
 * ```
 */
export async function loadGenerator(
  source: string | Uint8Array,
  { gpu, ...options }: LoadOptions,
): Promise<PictureGenerator> {
  const bytes = typeof source === "string" ? await readFileBytes(source, maximumCheckpointBytes) : source;
  return PlatformGenerator.create(gpu, bytes, options, (image) => image);
}

/**
 * Encodes a PNG with 8 bits per channel: RGBA if the picture has alpha, otherwise RGB.
 *
 * @param palette if the picture has no other colours, the PNG is indexed: first transparency, if
 * there is any, then the palette in its order
 * @example
 * ```ts
 * const palette = await loadPalette("gameboy");
 * const art = await generator.convert(photo, { cell: 4, scale: 1, palette: palette.colours });
 * await writeFile("indexed.png", await encodePng(art, palette));
 * ```
 */
export async function encodePng(picture: Picture, palette?: Palette): Promise<Uint8Array> {
  const image = imageOf(picture);
  const indexed = palette && (await encodeIndexed(image, palette.colours));
  return indexed ?? images.encodePng(image);
}

/**
 * Encodes frames as a lossless animated WebP, or as a GIF with at most 256 colors for all frames
 * and pixels that are either opaque or transparent.
 *
 * @param timing the delay of each frame and the number of repetitions; a decoded `Animation` has
 * both
 * @throws UserError if the frames differ in size, or do not match the delays in number
 * @example
 * ```ts
 * const before = await generator.convert(photo, { cell: 4, scale: 4, colors: 4 });
 * const after = await generator.convert(photo, { cell: 4, scale: 4, colors: 16 });
 * await writeFile("both.gif", await encodeAnimation([before, after], "gif", { delays: [800, 800], loops: 0 }));
 * ```
 */
export function encodeAnimation(
  frames: AsyncIterable<Picture> | Iterable<Picture>,
  kind: animations.AnimationKind,
  timing: animations.AnimationTiming,
): Promise<Uint8Array> {
  return animations.encodeAnimation(imagesOf(frames), kind, timing);
}

async function* imagesOf(frames: AsyncIterable<Picture> | Iterable<Picture>): AsyncGenerator<Image> {
  for await (const frame of frames) yield imageOf(frame);
}
