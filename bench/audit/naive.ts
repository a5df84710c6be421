// Naive conversions as people and programs make them: a photo shrunk to cells, with or without a
// palette and dithering. They run on the CPU, with textbook methods instead of our own converter,
// so that an audit cannot learn our converter's habits.

import type { Image } from "../../src/picture/image.ts";
import { resize, type ResizeFilter } from "../../src/picture/resize.ts";
import { builtInPalette } from "../../src/pixelart/palettes/built-in.ts";
import { Random } from "../../src/random.ts";

export type PaletteChoice =
  { readonly by: "median cut" | "k-means"; readonly colours: number } | { readonly named: string };

export interface Recipe {
  readonly shrink: ResizeFilter;
  /** Without one all colours are kept. */
  readonly palette?: PaletteChoice | undefined;
  readonly dither?: "Bayer 2" | "Bayer 4" | "Bayer 8" | "Floyd-Steinberg";
}

type Colour = [number, number, number];

/**
 * @param columns the number of cells across
 * @returns one pixel a cell, opaque
 */
export function naiveCells(photo: Image, columns: number, { shrink, palette, dither }: Recipe, seed: number): Image {
  const rows = Math.max(1, Math.round((columns * photo.height) / photo.width));
  const cells = resize(photo, columns, rows, shrink);
  if (!palette) return cells;
  const colours =
    "named" in palette ? coloursOf(palette.named) : paletteOf(cells, palette.by, palette.colours, new Random(seed));
  return dither === "Floyd-Steinberg" ? diffused(cells, colours) : ordered(cells, colours, dither);
}

function coloursOf(name: string): Colour[] {
  return builtInPalette(name)!.colours.map(([red, green, blue]) => [red, green, blue]);
}

function pointsOf({ data }: Image): Colour[] {
  return Array.from({ length: data.length / 4 }, (_, i) => [data[4 * i], data[4 * i + 1], data[4 * i + 2]]);
}

function paletteOf(cells: Image, by: "median cut" | "k-means", count: number, random: Random): Colour[] {
  const points = pointsOf(cells);
  const found = by === "median cut" ? medianCut(points, count) : kMeans(points, count, random);
  return found.map((colour) => colour.map(Math.round) as Colour);
}

/**
 * Heckbert, Color image quantization, 1982: repeatedly splits the box with the longest side at its
 * median.
 */
function medianCut(points: readonly Colour[], count: number): Colour[] {
  const boxes: Colour[][] = [[...points]];
  while (boxes.length < count) {
    const spans = boxes.map((box) => [0, 1, 2].map((c) => spanOf(box, c)));
    const longest = spans.map((span) => Math.max(...span));
    const at = longest.indexOf(Math.max(...longest));
    if (longest[at] === 0) break;
    const channel = spans[at].indexOf(longest[at]);
    const box = boxes[at].sort((a, b) => a[channel] - b[channel]);
    boxes.splice(at, 1, box.slice(0, box.length >> 1), box.slice(box.length >> 1));
  }
  return boxes.map(meanOf);
}

function spanOf(box: readonly Colour[], channel: number): number {
  let [least, most] = [255, 0];
  for (const colour of box) [least, most] = [Math.min(least, colour[channel]), Math.max(most, colour[channel])];
  return most - least;
}

function kMeans(points: readonly Colour[], count: number, random: Random): Colour[] {
  let centres = Array.from({ length: count }, () => points[random.below(points.length)]);
  for (let round = 0; round < 8; round++) {
    const members: Colour[][] = centres.map(() => []);
    for (const point of points) members[nearest(centres, point)].push(point);
    centres = centres.map((centre, i) => (members[i].length > 0 ? meanOf(members[i]) : centre));
  }
  return centres;
}

function meanOf(colours: readonly Colour[]): Colour {
  const sum = colours.reduce<Colour>((s, [r, g, b]) => [s[0] + r, s[1] + g, s[2] + b], [0, 0, 0]);
  return [sum[0] / colours.length, sum[1] / colours.length, sum[2] / colours.length];
}

function nearest(colours: readonly Colour[], [r, g, b]: Colour): number {
  let [best, least] = [0, Infinity];
  for (let i = 0; i < colours.length; i++) {
    const colour = colours[i];
    const distance = (colour[0] - r) ** 2 + (colour[1] - g) ** 2 + (colour[2] - b) ** 2;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

/**
 * Maps each cell to its nearest colour. With Bayer's matrix the cell is first offset by up to the
 * distance of neighbouring colours.
 */
function ordered(cells: Image, colours: readonly Colour[], dither?: string): Image {
  const side = dither ? Number(dither.slice(6)) : 1;
  const spread = dither ? 256 / Math.cbrt(colours.length) / 2 : 0;
  const data = cells.data.slice();
  pointsOf(cells).forEach((point, i) => {
    const push = spread * ((bayer(i % cells.width, Math.floor(i / cells.width), side) + 0.5) / side ** 2 - 0.5);
    data.set(colours[nearest(colours, [point[0] + push, point[1] + push, point[2] + push])], 4 * i);
  });
  return { ...cells, data };
}

function bayer(x: number, y: number, side: number): number {
  let value = 0;
  for (let bit = side >> 1, weight = 1; bit > 0; bit >>= 1, weight *= 4) {
    const [right, down] = [x & bit ? 1 : 0, y & bit ? 1 : 0];
    value += weight * (2 * (right ^ down) + down);
  }
  return value;
}

function diffused(cells: Image, colours: readonly Colour[]): Image {
  const { width, height } = cells;
  const data = cells.data.slice();
  const wanted = Float64Array.from(cells.data);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      const point: Colour = [wanted[at], wanted[at + 1], wanted[at + 2]];
      const colour = colours[nearest(colours, point)];
      data.set(colour, at);
      const hand = (aside: number, down: number, share: number) => {
        if (x + aside < 0 || x + aside >= width || y + down >= height) return;
        const to = at + 4 * (down * width + aside);
        for (let c = 0; c < 3; c++) wanted[to + c] += (share / 16) * (point[c] - colour[c]);
      };
      hand(1, 0, 7);
      hand(-1, 1, 3);
      hand(0, 1, 5);
      hand(1, 1, 1);
    }
  return { ...cells, data };
}
