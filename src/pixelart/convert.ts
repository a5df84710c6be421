// Converts a picture: through the network, then onto the grid, with the source's colours and alpha.

import type { Gpu } from "../gpu/gpu.ts";
import type { Generator, Sharing } from "../nn/generator.ts";
import type { BorderOptions, ConvertOptions } from "../nn/picture-program.ts";
import type { Image } from "../picture/image.ts";
import { shadersOfColours } from "./colours.ts";
import type { GridOptions } from "./grid/cells/geometry.ts";
import { checkResult, finishCells, snapping, type Cells, type PixelArt } from "./pixelate.ts";

/**
 * The kind of result. `raw` is the network's own picture, as the reference writes it; otherwise the
 * picture is snapped to a grid.
 *
 * @example
 * ```ts
 * const options: PictureOptions = { raw: true };
 * const painted = await generator.convert(photo, options);
 * ```
 */
export type PictureOptions =
  | {
      /** No grid. */
      readonly raw: true;
    }
  | GridPictureOptions;

/**
 * The grid and the colours of pixel art.
 *
 * @example
 * ```ts
 * const options: GridPictureOptions = { cell: 4, scale: 4, colors: 24, clean: 0.5, margin: 32 };
 * const drawn = await generator.convert(photo, options);
 * ```
 */
export interface GridPictureOptions extends GridOptions, BorderOptions {
  /** Omitted or false: cells, not the network's own picture. */
  readonly raw?: false | undefined;
}

/**
 * Converts one picture. The result has the size of the source (times scale / cell), or, if raw, 4 *
 * ceil(n / 4) pixels a side.
 *
 * @throws UserError if the picture does not fit the network, the grid or the memory
 */
export async function convertPicture(
  gpu: Gpu,
  generator: Generator,
  image: Image,
  options: PictureOptions & ConvertOptions & Sharing,
): Promise<PixelArt> {
  if (options.raw) {
    const { statistics, onProgress, signal } = options;
    return { image: await generator.convert(image, { statistics, onProgress, signal }) };
  }
  gpu.ahead?.foresee("colours", () => shadersOfColours(gpu, options));
  return finishCells(gpu, await drawCells(generator, image, options), options);
}

/**
 * A picture on its grid, before its colours are reduced: one program from the source's pixels to
 * the cells. A palette for several pictures is found from this.
 *
 * @throws as `convertPicture`
 */
export async function drawCells(
  generator: Generator,
  image: Image,
  options: GridPictureOptions & ConvertOptions & Sharing,
): Promise<Cells> {
  const { width, height } = image;
  checkResult(width, height, options);
  const cells = await generator.convert(image, { ...options, continuation: snapping(options) });
  return { image: cells, width, height };
}
