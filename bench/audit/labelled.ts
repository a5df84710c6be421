// Labelled pictures for the audit bench: pixel art unchanged, enlarged and damaged; photos and
// paintings unchanged, and their naive conversions. Sizes overlap, so that a picture's size does
// not reveal its label.

import sharp from "sharp";
import type { Kind } from "../../src/dataset/audit/odds.ts";
import { pixelsOf, type Image } from "../../src/picture/image.ts";
import { resize, type ResizeFilter } from "../../src/picture/resize.ts";
import { enlarge as enlargeWhole } from "../../src/pixelart/grid/cells/geometry.ts";
import { Random } from "../../src/random.ts";
import { decoded, pictureOf } from "../degradations.ts";
import { enlarge, kernels } from "../enlarge.ts";
import { composed, composites } from "../grid-methods/composites.ts";
import { damaged, damages, type Damage } from "../grid-methods/damage.ts";
import { naiveCells, type PaletteChoice, type Recipe } from "./naive.ts";

export interface Labelled {
  readonly image: Image;
  readonly truth: Kind;
  /** The cells at one pixel each, if they must be recovered exactly. */
  readonly cells?: Image;
  /** The processing, one row of the table. */
  readonly row: string;
  /**
   * Groups that a fit may leave out: the picture's source, such as `crawl`, and the way it was
   * made, such as `k-means`.
   */
  readonly source: string;
  readonly way: string;
}

export interface Original {
  readonly image: Image;
  readonly source: string;
  /** The index of the original, from 0; the kinds of processing alternate by it. */
  readonly turn: number;
}

type Made = Pick<Labelled, "image" | "row"> & Partial<Labelled>;

/** A random crop of at most `most` pixels a side. */
function partOf(image: Image, most: number, random: Random): Image {
  const [width, height] = [Math.min(image.width, most), Math.min(image.height, most)];
  const [left, top] = [random.below(image.width - width + 1), random.below(image.height - height + 1)];
  const from = pixelsOf(image);
  const pixels = Uint32Array.from({ length: width * height }, (_, i) => {
    return from[(top + Math.floor(i / width)) * image.width + left + (i % width)];
  });
  return { ...image, width, height, data: new Uint8ClampedArray(pixels.buffer) };
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[random.below(list.length)];
}

/** Cells along a side, distributed evenly over octaves. */
function sideOf(least: number, most: number, random: Random): number {
  return Math.round(least * (most / least) ** random.uniform());
}

function times(image: Image, factor: number): Image {
  return enlargeWhole(image, factor, factor * image.width, factor * image.height);
}

/** The largest side of nearest-neighbour results. */
const mostPixels = 448;

function factorFor(cells: Image, random: Random): number {
  const most = Math.min(16, Math.floor(mostPixels / Math.max(cells.width, cells.height)));
  return 2 + random.below(Math.max(1, most - 1));
}

const isWhole = ({ name }: Damage) => /^nearest x\d+(,|$)/.test(name);
const rescalings = damages.filter((damage) => !isWhole(damage));

function drawn(source: string, truth: Kind, made: Made): Labelled {
  return { truth, source, way: "art", ...made };
}

/** Everything that is made from one picture of art; `next` is another one. */
export async function* fromArt(original: Original, next: Image): AsyncGenerator<Labelled> {
  const { image: art, source, turn } = original;
  const random = new Random(turn);
  const real = (made: Made) => drawn(source, "real", made);
  yield real({ row: "art, one pixel a cell", image: art, cells: art });
  const small = partOf(art, sideOf(32, 128, random), random);
  yield real({ row: "a part of art, one pixel a cell", image: small, cells: small });
  for (const most of [48, 160]) {
    const part = partOf(art, sideOf(32, most, random), random);
    const image = times(part, factorFor(part, random));
    yield real({ row: "art, enlarged by a whole number", image, cells: part });
  }
  for (let i = 0; i < 4; i++) {
    const damage = rescalings[(4 * turn + i) % rescalings.length];
    const { image } = await damaged(partOf(art, 64, random), damage, turn);
    yield drawn(source, "rescaled", { row: damage.name, image });
  }
  for (let i = 0; i < 2; i++) {
    const composite = composites[(2 * turn + i) % composites.length];
    const image = await composed(art, next, composite, turn);
    if (image) yield drawn(source, "mixed", { row: composite.name, image });
  }
}

const shrinks: readonly ResizeFilter[] = ["box", "lanczos", "nearest", "bicubic"];
const namedPalettes = [
  "gameboy",
  "cga",
  "c64",
  "nes",
  "pico-8",
  "db16",
  "db32",
  "endesga-32",
  "aap-64",
  "resurrect-64",
];
const dithers = ["Bayer 2", "Bayer 4", "Bayer 8", "Floyd-Steinberg"] as const;

function palettes(random: Random): readonly [string, PaletteChoice][] {
  const colours = () => sideOf(8, 64, random);
  return [
    ["median cut", { by: "median cut", colours: colours() }],
    ["k-means", { by: "k-means", colours: colours() }],
    ["a built-in palette", { named: pick(namedPalettes, random) }],
  ];
}

/** Everything that is made from one photo or painting. */
export async function* fromPhoto({ image: photo, source, turn }: Original): AsyncGenerator<Labelled> {
  const random = new Random(turn);
  const label = (truth: Kind, made: Made): Labelled => ({ truth, source, way: "photo", ...made });
  const not = (made: Made) => label("photo", made);
  yield not({ row: "photo as it is", image: photo });
  yield not({ row: "a part of a photo", image: partOf(photo, sideOf(32, 200, random), random) });
  const less = sideOf(32, 200, random);
  yield not({ row: "photo, made small smoothly", image: shrunk(photo, less, "lanczos") });
  const part = partOf(photo, sideOf(48, 160, random), random);
  const factor = 1.5 + 3 * random.uniform();
  const smooth = enlarge(part, kernels.bicubic, { factor: [factor, factor] });
  yield not({ row: "photo, enlarged smoothly", image: smooth });
  yield not({ row: "photo, JPEG again", image: await jpeg(photo, pick([50, 75, 90], random)) });

  const made = (way: string, recipe: Recipe, most: number) => {
    const cells = naiveCells(photo, sideOf(32, most, random), recipe, turn);
    const truth = recipe.dither ? "dithered" : recipe.palette ? "palette" : "shrunk";
    const naive = (row: string, made: Partial<Labelled> & Pick<Labelled, "image">) =>
      label(truth, { row, way, ...made });
    return { cells, naive, exact: (row: string, image: Image) => naive(row, { image, cells }) };
  };
  const large = (cells: Image) => times(cells, factorFor(cells, random));
  const shrink = () => pick(shrinks, random);
  for (const most of [64, 192]) {
    const { cells, exact } = made("all colours", { shrink: shrink() }, most);
    yield exact("naive, all colours", large(cells));
  }
  for (const [way, palette] of palettes(random)) {
    const { cells, exact } = made(way, { shrink: shrink(), palette }, 192);
    yield exact(`naive, ${way}`, large(cells));
  }
  for (const [way, palette] of palettes(random)) {
    const { cells, exact } = made(way, { shrink: shrink(), palette }, 192);
    yield exact("naive, a palette, one pixel a cell", cells);
  }
  for (const dither of [pick(dithers.slice(0, 3), random), dithers[3]]) {
    const [way, palette] = pick(palettes(random), random);
    const { cells, exact } = made(way, { shrink: shrink(), palette, dither }, 192);
    yield exact(`naive, ${dither === "Floyd-Steinberg" ? dither : "Bayer"}`, large(cells));
    const own = made(way, { shrink: shrink(), palette, dither }, 192);
    yield own.exact("naive, dithered, one pixel a cell", own.cells);
  }
  for (const palette of [undefined, pick(palettes(random), random)[1]]) {
    const { cells, naive } = made("afterwards", { shrink: shrink(), palette }, 80);
    const factor = 3 + random.below(4);
    const step = 0.7 + 0.8 * random.uniform();
    const kernel = pick([kernels.nearest, kernels.bilinear, kernels.Lanczos], random);
    const resized = enlarge(times(cells, factor), kernel, { factor: [step, step] });
    yield naive("naive, resized by a fraction", { image: resized });
    const whole = 3 + random.below(4);
    const image = await jpeg(times(cells, whole), pick([75, 90], random));
    yield naive("naive, JPEG", { image });
  }
}

function shrunk(photo: Image, longer: number, filter: ResizeFilter): Image {
  const share = Math.min(1, longer / Math.max(photo.width, photo.height));
  return resize(photo, Math.round(photo.width * share), Math.round(photo.height * share), filter);
}

async function jpeg(image: Image, quality: number): Promise<Image> {
  return decoded(sharp(await pictureOf(image).removeAlpha().jpeg({ quality }).toBuffer()));
}
