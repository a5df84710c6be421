/**
 * The exports of `import ... from "pixelcycle"` in a page. The other examples continue this one; at
 * the end, `gpu.close()` releases the device.
 *
 * @module Page
 * @example
 * ```ts
 * import { loadGenerator, openGpu } from "pixelcycle";
 *
 * const gpu = await openGpu();
 * const generator = await loadGenerator("latest_net_G_A.pth", { gpu });
 * const canvas = document.querySelector("canvas")!;
 * const context = canvas.getContext("2d")!;
 * const photo = context.getImageData(0, 0, canvas.width, canvas.height);
 * const art = await generator.convert(photo, { cell: 4, scale: 4, margin: 32 });
 * context.putImageData(art, 0, 0);
 * ```
 */

import type { GpuOptions } from "../gpu/gpu.ts";
import * as door from "../platform/gpu/gpu.browser.ts";
import { fetchBytes } from "./fetch.browser.ts";
import { PictureGenerator as PlatformGenerator, type LoadOptions } from "./generator.ts";
import type { Gpu } from "./gpu.ts";

export { UserError } from "../errors.ts";
export { type AdapterDescription } from "../gpu/adapter.ts";
export { type GpuOptions } from "../gpu/gpu.ts";
export { type ResnetGenerator, type UnetGenerator } from "../nn/architecture.ts";
export { type GeneratorArchitecture } from "../nn/generator.ts";
export { type ConvertOptions } from "../nn/picture-program.ts";
export { type GridPictureOptions, type PictureOptions } from "../pixelart/convert.ts";
export { type DitherKind } from "../pixelart/dither.ts";
export { builtInNames as paletteNames } from "../pixelart/palettes/built-in.ts";
export { type Colour, type Palette } from "../pixelart/palettes/palette.ts";
export { encodePalette, type PaletteKind } from "../pixelart/palettes/write.ts";
export { type LoadOptions } from "./generator.ts";
export { type Gpu } from "./gpu.ts";
export { loadPalette } from "./palettes.browser.ts";
export { type Picture } from "./picture.ts";

/**
 * A generator on the GPU. It returns pictures as `ImageData`.
 *
 * @example
 * ```ts
 * const first: PictureGenerator = await loadGenerator("latest_net_G_A.pth", { gpu });
 * context.putImageData(await first.convert(photo, { cell: 4, scale: 4 }), 0, 0);
 * first.release();
 * ```
 */
export interface PictureGenerator extends PlatformGenerator<ImageData> {}

/**
 * Opens the page's GPU.
 *
 * @throws UserError in a browser without WebGPU, or without an adapter
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
 * @param source a checkpoint's URL, or its bytes
 * @throws UserError if it cannot be fetched, is not a generator, or contains several and no key
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
  const bytes = typeof source === "string" ? await fetchBytes(source) : source;
  return PlatformGenerator.create(gpu, bytes, options, ({ width, height, data }, picture) => {
    // The network does not convert colour spaces, so the result has that of the source.
    const { colorSpace } = picture as Partial<ImageData>;
    return new ImageData(data, width, height, colorSpace && { colorSpace });
  });
}
