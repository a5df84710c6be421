// Borders between colours, in whole pixels. A straight border counts once, however long it is:
// where it begins, and again where the colours beside it change. In a compressed picture all
// neighbours differ, so there a border is a strong step of lightness that is larger than the steps
// beside it.

import { seenPixels, type Image } from "../../../picture/image.ts";
import { block } from "../signal/jpeg-blocks.ts";

/** For each line between two columns (or rows): the rows (or columns) where borders begin. */
export type LineBorders = readonly (readonly number[])[];

export interface Borders {
  readonly across: LineBorders;
  readonly down: LineBorders;
}

/** The colours of a picture, seen at its borders. */
interface Colours {
  /** Marks the pixels that have a border to the pixel `stride` before them, across or down. */
  mark(isDown: boolean): Uint8Array;
  /** Whether the colours beside a border change from one pixel to the next. */
  differ(a: number, b: number): boolean;
}

export function bordersOf(image: Image, isExact: boolean): Borders {
  const { width, height } = image;
  const colours = isExact ? exactColours(image) : strongSteps(image);
  const along = (isDown: boolean): LineBorders => {
    const marks = colours.mark(isDown);
    const found = Array.from({ length: isDown ? height : width }, (): number[] => []);
    const [stride, next] = isDown ? [width, 1] : [1, width];
    for (let y = 0, at = 0; y < height; y++)
      for (let x = 0; x < width; x++, at++) {
        if (marks[at] === 0) continue;
        const place = isDown ? x : y;
        const goesOn = place > 0 && marks[at - next] !== 0;
        if (!goesOn || colours.differ(at, at - next) || colours.differ(at - stride, at - stride - next))
          found[isDown ? y : x].push(place);
      }
    return found;
  };
  return { across: along(false), down: along(true) };
}

function exactColours(image: Image): Colours {
  const { width, height } = image;
  const pixels = seenPixels(image);
  return {
    mark(isDown) {
      const marks = new Uint8Array(pixels.length);
      const stride = isDown ? width : 1;
      for (let y = isDown ? 1 : 0; y < height; y++)
        for (let x = isDown ? 0 : 1, at = y * width + x; x < width; x++, at++)
          if (pixels[at] !== pixels[at - stride]) marks[at] = 1;
      return marks;
    },
    differ: (a, b) => pixels[a] !== pixels[b],
  };
}

/**
 * A smaller step, in levels of lightness, is no border. A step below this share of the strongest
 * step in its JPEG block may be ringing, which stays within the block.
 */
const leastLevels = 10;
const ringing = 0.3;

function strongSteps({ width, height, data }: Image): Colours {
  const lights = new Float32Array(width * height);
  for (let i = 0, at = 0; i < lights.length; i++, at += 4)
    lights[i] = ((0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]) * data[at + 3]) / 255;
  const blocks = Math.ceil(width / block);
  const least = new Float32Array(blocks * Math.ceil(height / block)).fill(leastLevels);
  const blockAt = (x: number, y: number) => Math.floor(y / block) * blocks + Math.floor(x / block);
  for (let y = 0, at = 0; y < height; y++)
    for (let left = 0; left < width; left += block) {
      const own = blockAt(left, y);
      let strongest = 0;
      for (let x = left; x < Math.min(left + block, width); x++, at++) {
        const across = x > 0 ? Math.abs(lights[at] - lights[at - 1]) : 0;
        const down = y > 0 ? Math.abs(lights[at] - lights[at - width]) : 0;
        if (across > strongest) strongest = across;
        if (down > strongest) strongest = down;
      }
      least[own] = Math.max(least[own], ringing * strongest);
    }
  return {
    mark(isDown) {
      const marks = new Uint8Array(lights.length);
      const [stride, lines] = isDown ? [width, height] : [1, width];
      for (let y = isDown ? 1 : 0; y < height; y++)
        for (let x = isDown ? 0 : 1, at = y * width + x; x < width; x++, at++) {
          const step = Math.abs(lights[at] - lights[at - stride]);
          if (step < leastLevels || step < least[blockAt(x, y)]) continue;
          const line = isDown ? y : x;
          const before = line > 1 ? Math.abs(lights[at - stride] - lights[at - 2 * stride]) : 0;
          const after = line + 1 < lines ? Math.abs(lights[at + stride] - lights[at]) : 0;
          if (before <= step && after <= step) marks[at] = 1;
        }
      return marks;
    },
    differ: (a, b) => Math.abs(lights[a] - lights[b]) >= least[blockAt(a % width, Math.floor(a / width))],
  };
}
