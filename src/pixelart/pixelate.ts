// From a picture that looks like pixel art to one that is: cells of one colour each, from a palette if one is asked for.
// The GPU works on the picture and on its cells; only cells come back.

import { makePlan } from "../autograd/plan.ts";
import { Program, traitsOf } from "../autograd/program.ts";
import { apply, input, type Tensor } from "../autograd/tensor.ts";
import { checkImageSize, type Image } from "../data/image.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { averageCells, snapToCells } from "../kernels/pixelart/cells.ts";
import { cleanCells } from "../kernels/pixelart/clean.ts";
import { keepColours } from "../kernels/pixelart/keep-colours.ts";
import { cones, lights, oklabOf, shadeOf } from "../kernels/pixelart/oklab.ts";
import { vector, type TensorType } from "../kernels/core/operation.ts";
import { kMeans, mapToPalette, maximumSample } from "../kernels/pixelart/palette.ts";
import { checkGrid, enlarge, outputSize, type GridOptions } from "./grid/geometry.ts";
import { seedsOf } from "./initial-centres.ts";

export interface PixelateOptions extends GridOptions {
  /** The part of the picture that counts, from its upper left corner: what lies beyond is padding. Default: all. */
  readonly width?: number;
  readonly height?: number;
  /** The picture that this one was painted after, whose colours are kept as far as `keepColors` says. Default: there is none. */
  readonly source?: Image;
}

export interface PixelArt {
  readonly image: Image;
  /** The colours [red, green, blue] of the picture from dark to light, unless as many were wanted as there are. */
  readonly palette?: readonly (readonly number[])[];
}

type Pixels = Uint32Array<ArrayBuffer>;

/** More colours than this are not looked for by ourselves: an artist's palettes are smaller. */
const mostColours = 64;

/**
 * How far shades may be from the palette, as a root mean square over them, in parts of 2^15. The eye tells 0.02 apart where
 * areas lie beside each other; chroma is spread here, and k-means brings what is cut a tenth nearer.
 */
const unseen = Math.round(0.0275 * 2 ** 15);

/** After so many rounds the centres of k-means hardly move. */
const iterations = 24;

/**
 * Snaps a picture to its grid, reduces its colours and cleans its cells if asked to, and draws the cells at their scale.
 * The same picture gives the same bytes on every device. A picture that has no more colours than asked for keeps them.
 *
 * @throws UserError where an option is out of its range or the result larger than pictures may be, OutOfMemoryError where the picture does not fit; nothing is kept
 */
export async function pixelate(gpu: Gpu, image: Image, options: PixelateOptions): Promise<PixelArt> {
  checkGrid(options);
  const { cell, scale, colors = "auto", clean = 0, width = image.width, height = image.height } = options;
  const strength = Math.round(256 * (options.keepColors ?? 1));
  const [outputWidth, outputHeight] = [outputSize(width, options), outputSize(height, options)];
  checkImageSize(outputWidth, outputHeight);
  const whole = (name: string, { width, height }: Image) =>
    input(name, { layout: "pixels", shape: [1, height, width] });
  const drawn = apply(snapToCells, [whole("picture", image)], { cell, width, height });
  const { source } = options;
  const kept = source && strength > 0;
  const snapped = kept
    ? apply(
        keepColours,
        [
          drawn,
          apply(averageCells, [whole("source", source)], { cell, width, height }),
          input("cones", vector(cones.length)),
          input("lights", vector(lights.length)),
        ],
        { strength },
      )
    : drawn;
  const cells = await run(gpu, snapped, {
    picture: pixelsOf(image),
    ...(kept && { source: pixelsOf(source), cones, lights }),
  });
  const limited = await limitColours(gpu, cells, snapped.type, colors);
  const cleaned = clean > 0 ? await cleanedCells(gpu, limited.cells, snapped.type, clean) : limited.cells;
  const [, rows, columns] = snapped.shape;
  const data = new Uint8ClampedArray(cleaned.buffer);
  const small: Image = { width: columns, height: rows, data, hasAlpha: image.hasAlpha };
  return {
    image: enlarge(small, scale, outputWidth, outputHeight),
    palette: limited.palette && paletteOf(cleaned, limited.palette.length),
  };
}

function cleanedCells(gpu: Gpu, cells: Pixels, type: TensorType, strength: number): Promise<Pixels> {
  const inputs = [input("cells", type), input("cones", vector(cones.length))];
  return run(gpu, apply(cleanCells, inputs, { strength }), { cells, cones });
}

async function limitColours(
  gpu: Gpu,
  cells: Pixels,
  type: TensorType,
  colours: number | "auto" | "none",
): Promise<{ cells: Pixels; palette?: number[][] }> {
  if (colours === "none") return { cells };
  const most = colours === "auto" ? mostColours : colours;
  const few = paletteOf(cells, most);
  if (few) return { cells, palette: few };
  const sample = sampleOf(cells, most);
  const points = Array.from(sample, (cell) => shadeOf(cell));
  const seeds = seedsOf(points, most, colours === "auto" ? unseen : 0);
  const table = input("cones", vector(cones.length));
  const some = input("sample", { layout: "pixels", shape: [1, 1, sample.length] });
  const palette = apply(kMeans, [some, input("seeds", vector(seeds.length)), table], { iterations });
  const mapped = apply(mapToPalette, [input("cells", type), palette, table], {});
  const result = await run(gpu, mapped, { cells, sample, seeds, cones });
  return { cells: result, palette: paletteOf(result, most) };
}

/** Runs a program once and gives its memory back. */
async function run(
  gpu: Gpu,
  output: Tensor,
  inputs: Readonly<Record<string, ArrayBufferView<ArrayBuffer>>>,
): Promise<Pixels> {
  const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), [output]), new Map());
  try {
    for (const [name, data] of Object.entries(inputs)) program.write(name, data);
    await program.run();
    return new Uint32Array(await program.read());
  } finally {
    program.release();
  }
}

/** Red in the lowest byte: WebGPU and every machine that has it count bytes from the lowest. */
function pixelsOf({ data, width, height }: Image): Pixels {
  // A copy: bytes from elsewhere may begin where no 32-bit number can.
  return new Uint32Array(data.slice(0, 4 * width * height).buffer);
}

/**
 * The cells that a palette is found from. k-means gives colours to where the cells are: to the sky, not to the flower. So
 * of each shade, a cube of OKLab a 32nd wide, only the square root of its number of cells takes part; but of
 * all shades together no fewer than 16 cells a colour, if there are so many.
 */
function sampleOf(cells: Pixels, colours: number): Pixels {
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

/** One of every `n` values, which may be a fraction; all where `n` is less than 1. */
function everyNth(values: readonly number[], n: number): number[] {
  const step = Math.max(1, n);
  return Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values[Math.floor(i * step)]);
}

/** The different colours of all pixels that are not fully transparent, from dark to light, or nothing if they are more than `most`. */
function paletteOf(pixels: Pixels, most: number): number[][] | undefined {
  const colours = new Set<number>();
  for (const pixel of pixels) {
    if (pixel >>> 24 !== 0) colours.add(pixel & 0xffffff);
    if (colours.size > most) return undefined;
  }
  return [...colours]
    .sort((a, b) => oklabOf(a)[0] - oklabOf(b)[0] || a - b)
    .map((colour) => [colour & 255, (colour >>> 8) & 255, (colour >>> 16) & 255]);
}
