// The colours of pixels: all distinct ones, and the sample from which a palette is found.

import type { Pixels } from "../data/image.ts";
import { everyNth } from "../data/spread.ts";
import { oklabOf, shadeOf } from "../kernels/pixelart/oklab.ts";
import { maximumSample } from "../kernels/pixelart/palette.ts";
import type { Colour } from "./palettes/palette.ts";

/** An opaque pixel. */
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
