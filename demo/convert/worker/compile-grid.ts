// Compiles the kernels that turn the network's output into pixel art before there is any: while the
// model is downloaded, the compiler is idle.

import type { Gpu } from "../../../src/gpu/gpu.ts";
import { blankImage } from "../../../src/picture/image.ts";
import { shadersOfColours } from "../../../src/pixelart/colours.ts";
import { shadersOfSnap } from "../../../src/pixelart/pixelate.ts";

/**
 * Starts to compile, for the settings that a visitor finds. What fails here is compiled again where
 * it is needed, and fails there by its name.
 */
export function compileGrid(gpu: Gpu): void {
  const picture = blankImage(8, 8); // any size has the same kernels
  const shaders = [
    ...shadersOfSnap(gpu, picture, { cell: 4, scale: 4, source: picture }),
    ...shadersOfColours(gpu, {}),
  ];
  for (const shader of shaders) gpu.pipelines.get(shader, "pixel art").catch(() => {});
}
