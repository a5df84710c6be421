// Borders between colours, in whole pixels. A straight border counts once, however long it is: where it begins, and again where the
// colours beside it change. In a compressed picture all neighbours differ, so there a border is a strong step of lightness that is larger
// than the steps beside it.

import { seenPixels, type Image } from "../../picture/image.ts";
import { block } from "./jpeg-blocks.ts";

/** For each line between two columns (or rows): the rows (or columns) where borders begin. */
export type LineBorders = readonly (readonly number[])[];

export interface Borders {
  readonly across: LineBorders;
  readonly down: LineBorders;
}

/** Compares pixels, given by their indices. */
interface Colours {
  /** Whether there is a border between two neighbours. The first and last lines have no neighbour beyond them. */
  isBorder(here: number, before: number, isFirst: boolean, isLast: boolean): boolean;
  /** Whether the colours beside a border change from one pixel to the next. */
  differ(a: number, b: number): boolean;
}

export function bordersOf(image: Image, isExact: boolean): Borders {
  const { width, height } = image;
  const colours = isExact ? exactColours(image) : strongSteps(image);
  const along = (lines: number, lineStride: number, length: number, stride: number): LineBorders =>
    Array.from({ length: lines }, (_, line) => {
      const found: number[] = [];
      let isBorder = false;
      for (let i = 0, at = line * lineStride; line > 0 && i < length; i++, at += stride) {
        const before = isBorder;
        isBorder = colours.isBorder(at, at - lineStride, line === 1, line === lines - 1);
        if (!isBorder) continue;
        if (!before || colours.differ(at, at - stride) || colours.differ(at - lineStride, at - lineStride - stride))
          found.push(i);
      }
      return found;
    });
  return { across: along(width, 1, height, width), down: along(height, width, width, 1) };
}

function exactColours(image: Image): Colours {
  const pixels = seenPixels(image);
  const differ = (a: number, b: number) => pixels[a] !== pixels[b];
  return { isBorder: differ, differ };
}

/**
 * A smaller step, in levels of lightness, is no border. A step below this share of the strongest step
 * in its JPEG block may be ringing, which stays within the block.
 */
const leastLevels = 10;
const ringing = 0.3;

function strongSteps({ width, height, data }: Image): Colours {
  const lights = new Float32Array(width * height);
  for (let i = 0; i < lights.length; i++) {
    const at = 4 * i;
    lights[i] = ((0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]) * data[at + 3]) / 255;
  }
  const stepOf = (a: number, b: number) => Math.abs(lights[a] - lights[b]);
  const blocks = Math.ceil(width / block);
  const least = new Float32Array(blocks * Math.ceil(height / block)).fill(leastLevels);
  const blockOf = (at: number) =>
    Math.floor(Math.floor(at / width) / block) * blocks + Math.floor((at % width) / block);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      const step = Math.max(x > 0 ? stepOf(at, at - 1) : 0, y > 0 ? stepOf(at, at - width) : 0);
      const own = blockOf(at);
      least[own] = Math.max(least[own], ringing * step);
    }
  return {
    isBorder(here, before, isFirst, isLast) {
      const step = stepOf(here, before);
      if (step < leastLevels || step < least[blockOf(here)]) return false;
      const stride = here - before;
      if (!isFirst && stepOf(before, before - stride) > step) return false;
      return isLast || stepOf(here + stride, here) <= step;
    },
    differ: (a, b) => stepOf(a, b) >= least[blockOf(a)],
  };
}
