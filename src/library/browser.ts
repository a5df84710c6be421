// What `import ... from "pixelcycle"` gives in a page.
//
//   const gpu = await openGpu();
//   const generator = await loadGenerator("weights/pixelart-4.safetensors", { gpu });
//   const art = await generator.convert(imageData, { cell: 4, scale: 4, margin: 32 });

import { UserError } from "../errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { PictureGenerator } from "./generator.ts";

export { type Image } from "../data/image.ts";
export { UserError } from "../errors.ts";
export { type Gpu } from "../gpu/gpu.ts";
export { openGpu } from "../platform/gpu.browser.ts";
export { type PictureGenerator } from "./generator.ts";

/**
 * @param source a checkpoint's address, or its bytes
 * @throws UserError where it cannot be fetched or is no generator
 */
export async function loadGenerator(source: string | Uint8Array, { gpu }: { gpu: Gpu }): Promise<PictureGenerator> {
  return PictureGenerator.create(gpu, typeof source === "string" ? await fetchBytes(source) : source);
}

async function fetchBytes(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new UserError(`${address} could not be fetched: ${response.status} ${response.statusText}.`);
  return new Uint8Array(await response.arrayBuffer());
}
