// Borders between colours, in whole pixels. A straight border is one, however long: it counts where it begins, and where it goes on between other colours.
// In a picture that compression has changed all neighbours differ, so there a border is a strong step of light, the strongest of three in its row.

import { seenPixels, type Image } from "../../data/image.ts";
import { block } from "./jpeg-blocks.ts";

/** For each line between two columns (or rows), where borders in it begin: lists of rows (or columns). */
export type LineBorders = readonly (readonly number[])[];

export interface Borders {
  readonly across: LineBorders;
  readonly down: LineBorders;
}

/** Tells pixels apart, by their places. */
interface Colours {
  /** Whether there is a border between two neighbours. At the first and the last line of the picture nothing lies beyond one of them. */
  isBorder(here: number, before: number, isFirst: boolean, isLast: boolean): boolean;
  /** Whether a border that goes on past two pixels lies between other colours. */
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

/** Ringing stays within the blocks of JPEG. Levels of light below which a step is no border; and the share of the strongest step near by, below which it may be that one's ringing. */
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
