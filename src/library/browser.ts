// What `import ... from "pixelcycle"` gives in a page.
//
//   const gpu = await openGpu();
//   const generator = await loadGenerator("weights/pixelart-4.safetensors", { gpu });
//   const art = await generator.convert(imageData, { cell: 4, scale: 4, margin: 32 });
//   context.putImageData(art, 0, 0);

import type { GpuOptions } from "../gpu/gpu.ts";
import * as door from "../platform/gpu.browser.ts";
import { fetchBytes } from "./fetch.browser.ts";
import { PictureGenerator as PlatformGenerator, type LoadOptions } from "./generator.ts";
import type { Gpu } from "./gpu.ts";

export { UserError } from "../errors.ts";
export { type LoadOptions } from "./generator.ts";
export { type DitherKind } from "../pixelart/dither.ts";
export { builtInNames as paletteNames } from "../pixelart/palettes/built-in.ts";
export { type Palette } from "../pixelart/palettes/palette.ts";
export { encodePalette, type PaletteKind } from "../pixelart/palettes/write.ts";
export { type Gpu } from "./gpu.ts";
export { loadPalette } from "./palettes.browser.ts";
export { type Picture } from "./picture.ts";

export type PictureGenerator = PlatformGenerator<ImageData>;

/** @throws UserError in a browser without WebGPU, or without an adapter for it */
export function openGpu(options: GpuOptions = {}): Promise<Gpu> {
  return door.openGpu(options);
}

/**
 * @param source a checkpoint's address, or its bytes
 * @throws UserError where it cannot be fetched, is no generator, or holds several and no key says which
 */
export async function loadGenerator(source: string | Uint8Array, { gpu, key }: LoadOptions): Promise<PictureGenerator> {
  const bytes = typeof source === "string" ? await fetchBytes(source) : source;
  return PlatformGenerator.create(gpu, bytes, key, ({ width, height, data }, picture) => {
    // Numbers go through the network as they are: they mean the colours that they meant before.
    const { colorSpace } = picture as Partial<ImageData>;
    return new ImageData(data, width, height, colorSpace && { colorSpace });
  });
}
