// Finds a palette in one picture or in several: k-means in OKLab over a sample of the cells, with
// all pictures' samples together and beside locked colours.

import { apply, input, type Tensor } from "../autograd/tensor.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { vector } from "../kernels/core/operation.ts";
import { cones, oklabOf, shadeOf, squaredDistance } from "../kernels/pixelart/oklab.ts";
import { kMeans, maximumSample } from "../kernels/pixelart/palette.ts";
import { pixelsOf, type Image, type Pixels } from "../picture/image.ts";
import { everyNth } from "../spread.ts";
import { checkColours, mostColours } from "./colour-options.ts";
import { seedsOf } from "./initial-centres.ts";
import type { Colour } from "./palettes/palette.ts";
import { runOnce } from "./run-once.ts";

/**
 * The tolerated distance of shades from the palette, as a root mean square over them, in parts of
 * 2^15. The eye distinguishes colours 0.02 apart in adjacent areas. But chroma is stretched here,
 * and k-means brings the centres a tenth closer than the seeds are.
 */
const unseen = Math.round(0.0275 * 2 ** 15);

/** After this many rounds the centres of k-means hardly move. */
const iterations = 24;

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

export interface PaletteTensor {
  readonly tensor: Tensor;
  readonly inputs: Readonly<Record<string, Pixels | Float32Array<ArrayBuffer>>>;
}

export function foundPalette(sample: Pixels, most: number, findsNumber: boolean): PaletteTensor {
  const points = Array.from(sample, (cell) => shadeOf(cell));
  const seeds = seedsOf(points, most, findsNumber ? unseen : 0);
  return { tensor: tracedKMeans(sample.length, seeds.length), inputs: { sample, seeds, cones } };
}

export function tracedKMeans(cells: number, seedNumbers: number): Tensor {
  const sample = input("sample", { layout: "pixels", shape: [1, 1, cells] });
  const seeds = input("seeds", vector(seedNumbers));
  return apply(kMeans, [sample, seeds, input("cones", vector(cones.length))], { iterations });
}

/**
 * A palette that contains the locked colours. The others are found among the cells that are too far
 * from all of these.
 *
 * @returns colours from dark to light
 */
export async function besideLocked(
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

export function pixelOf([red, green, blue]: Colour): number {
  return (red | (green << 8) | (blue << 16) | 0xff000000) >>> 0;
}

/**
 * The cells that a palette is found from. k-means puts its colours where most cells are: into the
 * sky, not the flower. So of each shade, a cube of OKLab a 32nd wide, only the square root of its
 * number of cells takes part; but all shades together provide at least 16 cells per colour, if
 * there are that many.
 */
export function sampleOf(cells: Pixels, colours: number): Pixels {
  const shades = new Map<number, number[]>();
  for (const cell of cells) {
    if (cell >>> 24 === 0) continue;
    const [l, a, b] = shadeOf(cell);
    const shade = ((l >> 10) << 10) | ((a >> 10) << 5) | (b >> 10);
    const members = shades.get(shade);
    if (members) members.push(cell);
    else shades.set(shade, [cell]);
  }
  const visible = [...shades.values()].reduce((sum, { length }) => sum + length, 0);
  const most = visible / (16 * colours);
  const sample = [...shades.values()].flatMap((all) => everyNth(all, Math.min(Math.sqrt(all.length), most)));
  return Uint32Array.from(everyNth(sample, sample.length / maximumSample));
}

/**
 * The distinct colours of all pixels that are not fully transparent, and the locked ones, from dark
 * to light; undefined if there are more than `most`.
 */
export function coloursOf(pixels: Pixels, most: number, locked: readonly Colour[] = []): number[][] | undefined {
  const colours = new Set(locked.map((colour) => pixelOf(colour) & 0xffffff));
  for (const pixel of pixels) {
    if (pixel >>> 24 !== 0) colours.add(pixel & 0xffffff);
    if (colours.size > most) return undefined;
  }
  return [...colours]
    .sort((a, b) => oklabOf(a)[0] - oklabOf(b)[0] || a - b)
    .map((colour) => [colour & 255, (colour >>> 8) & 255, (colour >>> 16) & 255]);
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
