// What `import ... from "pixelcycle"` gives in Node.
//
//   import { decodeImage, encodePng, loadGenerator, openGpu } from "pixelcycle";
//
//   const gpu = await openGpu();
//   const generator = await loadGenerator("latest_net_G_A.pth", { gpu });
//   const art = await generator.convert(await decodeImage("photo.jpg"), { cell: 4, scale: 4, margin: 32 });
//   await writeFile("photo.png", await encodePng(art));
//   gpu.close();

import { maximumCheckpointBytes } from "../formats/checkpoint.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { readFileBytes } from "../platform/files.node.ts";
import { PictureGenerator } from "./generator.ts";

export { type Image } from "../data/image.ts";
export { UserError } from "../errors.ts";
export { type Gpu } from "../gpu/gpu.ts";
export { openGpu } from "../platform/gpu.node.ts";
export { decodeImage, encodePng } from "../platform/images.node.ts";
export { type PictureGenerator } from "./generator.ts";

/**
 * @param source a checkpoint's path, or its bytes
 * @throws UserError where it cannot be read or is no generator
 */
export async function loadGenerator(source: string | Uint8Array, { gpu }: { gpu: Gpu }): Promise<PictureGenerator> {
  const bytes = typeof source === "string" ? await readFileBytes(source, maximumCheckpointBytes) : source;
  return PictureGenerator.create(gpu, bytes);
}
