// Reduces cells to a palette: one that is given, or one that is found in a picture or in several.

import { makePlan } from "../autograd/plan.ts";
import { traitsOf } from "../autograd/program.ts";
import { apply, input, type Tensor } from "../autograd/tensor.ts";
import { pixelsOf, type Image, type Pixels } from "../data/image.ts";
import { everyNth } from "../data/spread.ts";
import { UserError } from "../errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { vector, type TensorType } from "../kernels/core/operation.ts";
import { cones, shadeOf, squaredDistance } from "../kernels/pixelart/oklab.ts";
import { kMeans, maximumColours, maximumSample } from "../kernels/pixelart/palette.ts";
import { ditherKinds, mappedTo, type DitherOptions } from "./dither.ts";
import { seedsOf } from "./initial-centres.ts";
import type { Colour } from "./palettes/palette.ts";
import { coloursOf, pixelOf, sampleOf } from "./picture-colours.ts";
import { runOnce } from "./run-once.ts";

export interface ColourOptions extends DitherOptions {
  /**
   * The most colours of the result. `none` leaves as many as the cells have. Default: `auto`, the
   * smallest number that the eye hardly distinguishes from all of them.
   */
  readonly colors?: number | "auto" | "none" | undefined;
  /** The only colours [red, green, blue] that the result may have; in place of `colors`. */
  readonly palette?: readonly Colour[] | undefined;
  /** Colours that a found palette must contain; they count towards `colors`. */
  readonly locked?: readonly Colour[] | undefined;
}

/** @throws UserError if an option is out of range, or makes no sense in combination with another */
export function checkColours(options: ColourOptions): void {
  const { colors, palette, locked = [], dither = "none", ditherStrength = 1 } = options;
  if (typeof colors === "number" && !(Number.isInteger(colors) && colors >= 2 && colors <= maximumColours))
    throw new UserError(`The number of colors must be a whole number from 2 to ${maximumColours}, not ${colors}.`);
  if (palette) {
    if (colors !== undefined && colors !== "auto")
      throw new UserError(
        "A palette sets the number of colors itself; give a palette or a number of colors, not both.",
      );
    const isByte = (value: number) => Number.isInteger(value) && value >= 0 && value <= 255;
    const isGood = palette.every((colour) => colour.length === 3 && colour.every(isByte));
    if (!isGood || palette.length < 1 || palette.length > maximumColours)
      throw new UserError(
        `A palette must have from 1 to ${maximumColours} colors, each three bytes [red, green, blue].`,
      );
  }
  if (locked.length > 0 && (palette || colors === "none"))
    throw new UserError("Locked colors need a palette that is found for the pictures; here none is.");
  const most = typeof colors === "number" ? colors : mostColours;
  if (locked.length > most)
    throw new UserError(`${locked.length} colors are locked, but the palette may have only ${most}; unlock some.`);
  if (!ditherKinds.includes(dither))
    throw new UserError(`There is no dithering called ${String(dither)}; use one of ${ditherKinds.join(", ")}.`);
  if (!(ditherStrength >= 0 && ditherStrength <= 1))
    throw new UserError(`The strength of dithering must be a number from 0 to 1, not ${ditherStrength}.`);
  if (dither !== "none" && colors === "none")
    throw new UserError(
      "Dithering mixes the colors of a palette; without a limit on colors there is no palette to mix.",
    );
}

/** `auto` finds at most this many colours: artists' palettes are smaller. */
export const mostColours = 64;

/**
 * The tolerated distance of shades from the palette, as a root mean square over them, in parts of
 * 2^15. The eye distinguishes colours 0.02 apart in adjacent areas. But chroma is stretched here,
 * and k-means brings the centres a tenth closer than the seeds are.
 */
const unseen = Math.round(0.0275 * 2 ** 15);

/** After this many rounds the centres of k-means hardly move. */
const iterations = 24;

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

/** As `coloursOf`, for all frames together. */
export function coloursOfFrames(
  frames: readonly Image[],
  most: number,
  locked: readonly Colour[] = [],
): readonly Colour[] | undefined {
  let all = locked;
  for (const frame of frames) {
    const more = coloursOf(pixelsOf(frame), most, all);
    if (!more) return undefined;
    all = more;
  }
  return all;
}

/** One palette for many pictures: each adds its colours, and all influence the result. */
export class SharedPalette {
  private readonly samples: Pixels[] = [];
  private readonly most: number;

  constructor(
    private readonly colors: number | "auto" = "auto",
    private readonly locked: readonly Colour[] = [],
  ) {
    checkColours({ colors, locked });
    this.most = colors === "auto" ? mostColours : colors;
  }

  /** @param cells one pixel per cell */
  add(cells: Image): void {
    this.samples.push(sampleOf(pixelsOf(cells), this.most));
  }

  /**
   * The colours, including the locked ones, from dark to light; undefined if no picture had a
   * visible pixel.
   */
  async find(gpu: Gpu): Promise<readonly Colour[] | undefined> {
    const all = Uint32Array.from(this.samples.flatMap((sample) => [...sample]));
    if (all.length === 0) return undefined;
    const few = coloursOf(all, this.most, this.locked);
    if (few) return few;
    const sample = Uint32Array.from(everyNth(all, all.length / maximumSample));
    if (this.locked.length > 0) return besideLocked(gpu, this.locked, sample, this.colors);
    const { tensor, inputs } = foundPalette(sample, this.most, this.colors === "auto");
    return coloursOf(await runOnce(gpu, tensor, inputs), this.most);
  }
}

interface PaletteTensor {
  readonly tensor: Tensor;
  readonly inputs: Readonly<Record<string, Pixels | Float32Array<ArrayBuffer>>>;
}

function takenPalette(palette: readonly Colour[]): PaletteTensor {
  const pixels = Uint32Array.from(palette, pixelOf);
  return { tensor: input("palette", { layout: "pixels", shape: [1, 1, pixels.length] }), inputs: { palette: pixels } };
}

function foundPalette(sample: Pixels, most: number, findsNumber: boolean): PaletteTensor {
  const points = Array.from(sample, (cell) => shadeOf(cell));
  const seeds = seedsOf(points, most, findsNumber ? unseen : 0);
  return { tensor: tracedKMeans(sample.length, seeds.length), inputs: { sample, seeds, cones } };
}

function tracedKMeans(cells: number, seedNumbers: number): Tensor {
  const sample = input("sample", { layout: "pixels", shape: [1, 1, cells] });
  const seeds = input("seeds", vector(seedNumbers));
  return apply(kMeans, [sample, seeds, input("cones", vector(cones.length))], { iterations });
}

/** The kernels that `colourCells` will need, which are the same for any cells. */
export function shadersOfColours(gpu: Gpu, options: ColourOptions): string[] {
  const { colors = "auto", palette } = options;
  if (!palette && colors === "none") return [];
  const cells = input("cells", { layout: "pixels", shape: [1, 1, 1] });
  const colours = palette ? takenPalette(palette).tensor : tracedKMeans(1, 4);
  return makePlan(traitsOf(gpu), [mappedTo(colours, cells, options).cells]).launches.map(({ shader }) => shader);
}

/**
 * A palette that contains the locked colours. The others are found among the cells that are too far
 * from all of these.
 *
 * @returns colours from dark to light
 */
async function besideLocked(
  gpu: Gpu,
  locked: readonly Colour[],
  sample: Pixels,
  colors: number | "auto" | "none",
): Promise<readonly Colour[]> {
  const most = typeof colors === "number" ? colors : mostColours;
  const shades = locked.map((colour) => shadeOf(pixelOf(colour)));
  const rest = sample.filter((pixel) => {
    const shade = shadeOf(pixel);
    return shades.every((other) => squaredDistance(shade, other) > unseen ** 2);
  });
  if (rest.length === 0 || locked.length === most) return coloursOf(new Uint32Array(), most, locked)!;
  const { tensor, inputs } = foundPalette(rest, most - locked.length, colors === "auto");
  return coloursOf(await runOnce(gpu, tensor, inputs), most, locked)!;
}
