// Turns a picture that looks like pixel art into pixel art: cells of one colour each, from a
// palette if one is requested. The GPU works on the picture and on its cells; only the cells are
// read back.

import { makePlan } from "../autograd/plan.ts";
import { traitsOf } from "../autograd/program.ts";
import { apply, input } from "../autograd/tensor.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { vector } from "../kernels/core/operation.ts";
import { averageCells, snapToCells } from "../kernels/pixelart/cells.ts";
import { cleanCells } from "../kernels/pixelart/clean.ts";
import { keepColours } from "../kernels/pixelart/keep-colours.ts";
import { cones, lights } from "../kernels/pixelart/oklab.ts";
import type { Continuation } from "../nn/picture-program.ts";
import { checkImageSize, pixelsOf, type Image } from "../picture/image.ts";
import { colourFrames, type ColouredFrames } from "./colours.ts";
import { coloursOfFrames } from "./found-palette.ts";
import { checkGrid, enlarge, outputSize, type GridOptions } from "./grid/cells/geometry.ts";
import type { Colour } from "./palettes/palette.ts";
import { runOnce } from "./run-once.ts";

export interface PixelateOptions extends GridOptions {
  /**
   * The size of the picture from its upper left corner; what lies beyond is padding. Default: all.
   */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /**
   * The picture that this one was made from, `width` x `height` pixels. `keepColors` says how far
   * to keep its colours. Default: none.
   */
  readonly source?: Image;
}

export interface PixelArt {
  readonly image: Image;
  /**
   * The given palette; otherwise, if the number of colours was limited, the colours [red, green,
   * blue] of the picture from dark to light.
   */
  readonly palette?: readonly Colour[] | undefined;
}

/**
 * A picture with one pixel per cell and all of its colours, and the size of the picture that it
 * stands for.
 */
export interface Cells {
  readonly image: Image;
  readonly width: number;
  readonly height: number;
}

/**
 * Snaps a picture to its grid, reduces its colours, cleans its cells if requested, and draws the
 * cells at their scale. The same picture gives the same bytes on every device. A picture that has
 * no more colours than allowed keeps them.
 *
 * @throws UserError if an option is out of range or the result larger than pictures may be,
 * OutOfMemoryError if the picture does not fit; nothing is kept
 */
export async function pixelate(gpu: Gpu, image: Image, options: PixelateOptions): Promise<PixelArt> {
  return finishCells(gpu, await snapCells(gpu, image, options), options);
}

/** The first half: a picture on its grid, before its colours are reduced. @throws as `pixelate` */
export async function snapCells(gpu: Gpu, image: Image, options: PixelateOptions): Promise<Cells> {
  const { width = image.width, height = image.height } = options;
  checkResult(width, height, options);
  const { tensor, inputs } = tracedSnap(image, options);
  const cells = await runOnce(gpu, tensor, inputs());
  const [, rows, columns] = tensor.shape;
  const data = new Uint8ClampedArray(cells.buffer);
  return { image: { width: columns, height: rows, data, hasAlpha: image.hasAlpha }, width, height };
}

/** The kernels that `snapCells` will need, whatever the size of the picture. */
export function shadersOfSnap(gpu: Gpu, image: Image, options: PixelateOptions): string[] {
  return makePlan(traitsOf(gpu), [tracedSnap(image, options).tensor]).launches.map(({ shader }) => shader);
}

function tracedSnap(image: Image, options: PixelateOptions) {
  const { width = image.width, height = image.height, source } = options;
  const whole = (name: string, { width, height }: Pick<Image, "width" | "height">) =>
    input(name, { layout: "pixels", shape: [1, height, width] });
  const { trace, inputs } = snapping(source ? options : { ...options, keepColors: 0 });
  const keepsSource = source && strengthOf(options) > 0;
  return {
    tensor: trace(whole("picture", image), whole("source", { width, height })),
    inputs: () => ({ ...inputs, picture: pixelsOf(image), ...(keepsSource && { source: pixelsOf(source) }) }),
  };
}

/**
 * The first half for a picture that a network has just drawn and that is still on the device. Its
 * source's colours are kept.
 */
export function snapping(options: GridOptions): Continuation {
  const { cell } = options;
  const strength = strengthOf(options);
  return {
    name: `cells of ${cell}, ${strength}`,
    trace(drawn, source) {
      const [, height, width] = source.shape;
      const size = { cell, width, height };
      const cells = apply(snapToCells, [drawn], size);
      if (strength === 0) return cells;
      const tables = [input("cones", vector(cones.length)), input("lights", vector(lights.length))];
      return apply(keepColours, [cells, apply(averageCells, [source], size), ...tables], { strength });
    },
    inputs: strength === 0 ? {} : { cones, lights },
  };
}

/** How far to keep the source's colours, in parts of 256. */
function strengthOf({ keepColors = 1 }: GridOptions): number {
  return Math.round(256 * keepColors);
}

/** The second half: colours, cleaning, and cells drawn at their scale. @throws as `pixelate` */
export async function finishCells(gpu: Gpu, cells: Cells, options: GridOptions): Promise<PixelArt> {
  const { frames, palette } = await finishFrames(gpu, [cells], options);
  return { image: drawnAtScale(frames[0], cells, options), palette };
}

/**
 * The same for an animation's frames, with one pixel per cell and one palette.
 *
 * @throws as `pixelate`
 */
export async function finishFrames(gpu: Gpu, drawn: readonly Cells[], options: GridOptions): Promise<ColouredFrames> {
  for (const { width, height } of drawn) checkResult(width, height, options);
  const { clean = 0 } = options;
  const coloured = await colourFrames(
    gpu,
    drawn.map(({ image }) => image),
    options,
  );
  if (clean === 0) return coloured;
  const frames: Image[] = [];
  for (const cells of coloured.frames) frames.push(await cleanedCells(gpu, cells, clean));
  const { palette } = coloured;
  // Cleaning may have removed the last cell of a colour.
  return { frames, palette: options.palette ?? (palette && coloursOfFrames(frames, palette.length, options.locked)) };
}

/**
 * The cells enlarged to squares of `scale` pixels; the result covers the picture that they stand
 * for.
 */
export function drawnAtScale(cells: Image, { width, height }: Omit<Cells, "image">, options: GridOptions): Image {
  return enlarge(cells, options.scale, outputSize(width, options), outputSize(height, options));
}

/** @throws UserError if an option is out of range or the result larger than pictures may be */
export function checkResult(width: number, height: number, options: GridOptions): void {
  checkGrid(options);
  checkImageSize(outputSize(width, options), outputSize(height, options));
}

async function cleanedCells(gpu: Gpu, cells: Image, strength: number): Promise<Image> {
  const { width, height } = cells;
  const inputs = [
    input("cells", { layout: "pixels", shape: [1, height, width] }),
    input("cones", vector(cones.length)),
  ];
  const cleaned = await runOnce(gpu, apply(cleanCells, inputs, { strength }), { cells: pixelsOf(cells), cones });
  return { ...cells, data: new Uint8ClampedArray(cleaned.buffer) };
}
