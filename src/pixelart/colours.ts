// Reduces the cells of a picture, or of an animation's frames, to a palette: one that is given, or
// one that is found in them (found-palette.ts).

import { makePlan } from "../autograd/plan.ts";
import { traitsOf } from "../autograd/program.ts";
import { input } from "../autograd/tensor.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { TensorType } from "../kernels/core/operation.ts";
import { pixelsOf, type Image } from "../picture/image.ts";
import { everyNth } from "../spread.ts";
import { checkColours, mostColours, type ColourOptions } from "./colour-options.ts";
import { mappedTo, type DitherOptions } from "./dither.ts";
import {
  besideLocked,
  coloursOf,
  coloursOfFrames,
  foundPalette,
  pixelOf,
  sampleOf,
  SharedPalette,
  tracedKMeans,
  type PaletteTensor,
} from "./found-palette.ts";
import type { Colour } from "./palettes/palette.ts";
import { runOnce } from "./run-once.ts";

export interface Coloured {
  /** One pixel per cell. */
  readonly cells: Image;
  /**
   * The given palette; otherwise the colours [red, green, blue] of the cells from dark to light, if
   * their number was limited.
   */
  readonly palette?: readonly Colour[] | undefined;
}

/**
 * Reduces cells to a palette. Cells that have no more colours than allowed stay as they are, unless
 * a palette is given.
 *
 * @param cells one pixel per cell
 * @throws UserError as `checkColours`, OutOfMemoryError if the cells do not fit; nothing is kept
 */
export async function colourCells(gpu: Gpu, cells: Image, options: ColourOptions): Promise<Coloured> {
  checkColours(options);
  const { colors = "auto", palette: given, locked = [] } = options;
  if (!given && colors === "none") return { cells };
  const pixels = pixelsOf(cells);
  const type: TensorType = { layout: "pixels", shape: [1, cells.height, cells.width] };
  const most = colors === "none" || colors === "auto" ? mostColours : colors;
  const few = given ? undefined : coloursOf(pixels, most, locked);
  if (few) return { cells, palette: few };
  const sample = () => sampleOf(pixels, most);
  const taken = given ?? (locked.length > 0 ? await besideLocked(gpu, locked, sample(), colors) : undefined);
  const { tensor, inputs } = taken ? takenPalette(taken) : foundPalette(sample(), most, colors === "auto");
  const mapped = mappedTo(tensor, input("cells", type), options);
  const result = await runOnce(gpu, mapped.cells, { ...inputs, ...mapped.tables, cells: pixels });
  return {
    cells: { ...cells, data: new Uint8ClampedArray(result.buffer) },
    palette: given ?? coloursOf(result, most, locked),
  };
}

export interface ColouredFrames {
  /** One pixel per cell. */
  readonly frames: readonly Image[];
  /** As in `Coloured`, for all frames together. */
  readonly palette?: readonly Colour[] | undefined;
}

/**
 * Reduces the cells of an animation's frames to one palette. Frames that together have no more
 * colours than allowed stay as they are, unless a palette is given.
 *
 * @throws UserError as `checkColours`, OutOfMemoryError if the cells do not fit; nothing is kept
 */
export async function colourFrames(
  gpu: Gpu,
  frames: readonly Image[],
  options: ColourOptions,
): Promise<ColouredFrames> {
  checkColours(options);
  const { colors = "auto", palette: given, locked = [] } = options;
  if (!given && colors === "none") return { frames };
  if (frames.length === 1) {
    const { cells, palette } = await colourCells(gpu, frames[0], options);
    return { frames: [cells], palette };
  }
  const most = typeof colors === "number" ? colors : mostColours;
  const few = given ? undefined : coloursOfFrames(frames, most, locked);
  if (few) return { frames, palette: few };
  const palette = given ?? (await paletteOf(gpu, frames, colors, locked));
  const coloured: Image[] = [];
  const { width, height } = frames[0];
  const together = Math.max(1, Math.floor(mostCells / (width * height)));
  for (let first = 0; first < frames.length; first += together)
    coloured.push(...(await framesMapped(gpu, frames.slice(first, first + together), palette, options)));
  return { frames: coloured, palette };
}

/** Frames are mapped to their palette together, up to this many cells at a time. */
const mostCells = 2 ** 22;

async function framesMapped(
  gpu: Gpu,
  frames: readonly Image[],
  palette: readonly Colour[],
  options: DitherOptions,
): Promise<readonly Image[]> {
  const { width, height } = frames[0];
  const bytes = new Uint8ClampedArray(4 * frames.length * width * height);
  frames.forEach(({ data }, i) => bytes.set(data, i * data.length));
  const { tensor, inputs } = takenPalette(palette);
  const mapped = mappedTo(tensor, input("cells", { layout: "pixels", shape: [frames.length, height, width] }), options);
  const result = await runOnce(gpu, mapped.cells, { ...inputs, ...mapped.tables, cells: bytes });
  return frames.map((frame, i) => {
    const start = i * width * height;
    return { ...frame, data: new Uint8ClampedArray(result.slice(start, start + width * height).buffer) };
  });
}

/** A palette is found from at most this many frames, spread evenly over a longer animation. */
const mostFrames = 256;

/** The palette of frames that have more colours than it may have. */
async function paletteOf(
  gpu: Gpu,
  frames: readonly Image[],
  colors: number | "auto" | "none",
  locked: readonly Colour[],
): Promise<readonly Colour[]> {
  const shared = new SharedPalette(colors === "none" ? "auto" : colors, locked);
  for (const frame of everyNth(frames, frames.length / mostFrames)) shared.add(frame);
  return (await shared.find(gpu))!;
}

function takenPalette(palette: readonly Colour[]): PaletteTensor {
  const pixels = Uint32Array.from(palette, pixelOf);
  return { tensor: input("palette", { layout: "pixels", shape: [1, 1, pixels.length] }), inputs: { palette: pixels } };
}

/** The kernels that `colourCells` will need, which are the same for any cells. */
export function shadersOfColours(gpu: Gpu, options: ColourOptions): string[] {
  const { colors = "auto", palette } = options;
  if (!palette && colors === "none") return [];
  const cells = input("cells", { layout: "pixels", shape: [1, 1, 1] });
  const most = colors === "auto" || colors === "none" ? mostColours : colors;
  const colours = palette ? takenPalette(palette).tensor : tracedKMeans(1, 4 * most);
  return makePlan(traitsOf(gpu), [mappedTo(colours, cells, options).cells]).launches.map(({ shader }) => shader);
}
