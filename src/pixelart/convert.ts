// Converts a picture: through the network, then onto the grid, with the source's colours and alpha.

import type { Gpu } from "../gpu/gpu.ts";
import type { Generator, Sharing } from "../nn/generator.ts";
import type { ConvertOptions } from "../nn/picture-program.ts";
import { blankImage, type Image } from "../picture/image.ts";
import { mirrorAround } from "../picture/mirror.ts";
import { crop } from "../picture/preprocess.ts";
import { shadersOfColours } from "./colours.ts";
import type { GridOptions } from "./grid/geometry.ts";
import { finishCells, shadersOfSnap, snapCells, type Cells, type PixelArt } from "./pixelate.ts";

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

export interface BorderOptions {
  /**
   * Pixels that are mirrored around the picture before the network and cropped after it, since the
   * network gets its border wrong. A multiple of the cell keeps the grid where the network draws
   * it. Default: 0.
   */
  readonly margin?: number | undefined;
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
  if (options.raw) return { image: withAlphaOf(image, await generator.convert(image, options)) };
  return finishCells(gpu, await drawCells(gpu, generator, image, options), options);
}

/**
 * A picture on its grid, before its colours are reduced. A palette for several pictures is found
 * from this.
 *
 * @throws as `convertPicture`
 */
export async function drawCells(
  gpu: Gpu,
  generator: Generator,
  image: Image,
  options: GridPictureOptions & ConvertOptions & Sharing,
): Promise<Cells> {
  const { width, height } = image;
  const snapping = { ...options, width, height, source: image };
  foreseeGrid(gpu, options);
  const drawn = await drawPicture(generator, image, options);
  return snapCells(gpu, drawn, snapping);
}

/** Announces the kernels of grid and colours, to be compiled while the network is busy. */
export function foreseeGrid(gpu: Gpu, options: GridPictureOptions): void {
  const picture = blankImage(8, 8); // any size has the same kernels
  gpu.ahead?.foresee("snap", () => shadersOfSnap(gpu, picture, { ...options, source: picture }));
  gpu.ahead?.foresee("colours", () => shadersOfColours(gpu, options));
}

/**
 * The first half of a conversion, which takes nearly all of its time: the picture as the network
 * draws it, before any grid. Without a margin, a ResNet's output may be up to three pixels a side
 * larger than the picture, so `pixelate` needs the picture's own size.
 *
 * @throws UserError if the picture does not fit the network or the memory
 */
export async function drawPicture(
  generator: Generator,
  image: Image,
  options: BorderOptions & ConvertOptions & Sharing = {},
): Promise<Image> {
  const { width, height } = image;
  const { margin = 0 } = options;
  generator.checkFits(width, height, margin);
  const wide = await generator.convert(widened(image, margin), options);
  return withAlphaOf(image, margin > 0 ? crop(wide, margin, margin, width, height) : wide);
}

/** The picture with its margin, as the network receives it. */
export function widened(image: Image, margin: number): Image {
  return margin > 0 ? mirrorAround(image, margin) : image;
}

/**
 * The colours of `image` with the alpha of `source`, whose last row and column are repeated if it
 * is smaller.
 */
function withAlphaOf(source: Image, image: Image): Image {
  if (!source.hasAlpha) return image;
  const { width, height, data } = image;
  for (let y = 0; y < height; y++) {
    const row = Math.min(y, source.height - 1) * source.width;
    for (let x = 0; x < width; x++) {
      data[4 * (y * width + x) + 3] = source.data[4 * (row + Math.min(x, source.width - 1)) + 3];
    }
  }
  return { ...image, hasAlpha: true };
}
