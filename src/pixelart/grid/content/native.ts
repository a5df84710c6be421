// Whether a picture is art at its own size, with one pixel per cell. Such art has few colours, and
// no faint steps from compression. Its shades go up and down, while those of photos and smoothly
// enlarged art continue in one direction. In art that was enlarged without loss, nothing is one
// pixel wide. That is decisive: the grid cannot be confused with tiles of the art, or tiles with a
// grid.

import { countDistinct } from "../../../distinct.ts";
import { seenPixels, type Image } from "../../../picture/image.ts";

export interface Looks {
  /** Counts the colours, which takes a while and is seldom needed. */
  readonly colours: () => number;
  /** Whether all of them are grey. */
  readonly isGrey: boolean;
  /**
   * The number of runs of one colour in rows and columns, without the first and last of each, and
   * how many are one pixel long.
   */
  readonly runs: number;
  readonly singles: number;
  /**
   * The number of neighbours that differ, and the share of these steps that are at most three
   * levels.
   */
  readonly steps: number;
  readonly faint: number;
  /**
   * How often two steps follow each other, and the share of these pairs that go in one direction.
   */
  readonly pairs: number;
  readonly onwards: number;
}

/** Combines the looks of frames. Flat ones, such as those of a fade, add nothing. */
export function looksTogether(all: readonly Looks[]): Looks {
  // A single picture has its own shares, to the last bit.
  if (all.length === 1) return all[0];
  const sum = (of: (looks: Looks) => number) => all.reduce((sum, looks) => sum + of(looks), 0);
  const [steps, pairs] = [sum((looks) => looks.steps), sum((looks) => looks.pairs)];
  return {
    colours: () => Math.max(...all.map(({ colours }) => colours())),
    isGrey: all.every(({ isGrey }) => isGrey),
    runs: sum(({ runs }) => runs),
    singles: sum(({ singles }) => singles),
    steps,
    faint: sum(({ steps, faint }) => steps * faint) / Math.max(1, steps),
    pairs,
    onwards: sum(({ pairs, onwards }) => pairs * onwards) / Math.max(1, pairs),
  };
}

/**
 * In art at its own size, at least this share of runs is one pixel long; in enlarged art, none is.
 */
const leastSingles = 0.1;
/** Fewer runs than this are no evidence. */
const fewRuns = 16;
/** Above these shares a picture is not art, however few colours it has. */
const mostOnwards = 0.6;
const mostFaint = 0.75;
/**
 * A grey picture has 256 colours at most, so without this a photo would count as art. Found on the
 * training set in grey: 143 of 145 pictures of art are still told, and 7 of 97 photos, not 78.
 */
const greyVariety = 1.5;
/** In art, fewer colours occur than this share of the pixels, plus a few for small pictures. */
const noise = 0.75;

/**
 * The probability that a picture is art at its own size: a logistic regression, fitted to pixel art
 * of a training set against photos and the same art enlarged and damaged (docs/pixelart.md has the
 * calibration).
 */
export function nativenessOf(image: Image, looks = looksOf(image)): number {
  const { isGrey, runs, faint, onwards } = looks;
  if (runs >= fewRuns && !hasSingles(looks)) return 0;
  if (onwards > mostOnwards || faint > mostFaint) return 0;
  const colours = looks.colours();
  if (colours > noise * image.width * image.height + 64) return 0;
  const variety = (isGrey ? greyVariety : 1) * Math.log2(colours);
  return 1 / (1 + Math.exp(8.7 * faint + 5.55 * onwards + 1.07 * variety - 18.35));
}

/** Whether many runs are one pixel long. */
export function hasSingles({ runs, singles }: Looks): boolean {
  return singles >= leastSingles * runs;
}

/** Three levels, in units of the lightness below. */
const faintStep = 3 * 8;

export function looksOf(image: Image): Looks {
  const { width, height } = image;
  const pixels = seenPixels(image);
  const lights = new Int16Array(pixels.length);
  let isGrey = true;
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i];
    lights[i] = 2 * (pixel & 255) + 5 * ((pixel >>> 8) & 255) + ((pixel >>> 16) & 255);
    if (((pixel ^ (pixel >>> 8)) & 0xffff) !== 0) isGrey = false;
  }
  const sides = [false, true].map((isDown) => countAlong(pixels, lights, width, height, isDown));
  const sum = (of: (counts: Counts) => number) => of(sides[0]) + of(sides[1]);
  const [steps, pairs] = [sum((counts) => counts.steps), sum((counts) => counts.pairs)];
  return {
    colours: () => countDistinct(pixels),
    isGrey,
    runs: sum(({ runs }) => runs),
    singles: sum(({ singles }) => singles),
    steps,
    faint: sum(({ faint }) => faint) / Math.max(1, steps),
    pairs,
    onwards: sum(({ onwards }) => onwards) / Math.max(1, pairs),
  };
}

/** `faint` and `onwards` are numbers here, not shares. */
type Counts = Omit<Looks, "colours" | "isGrey">;

/** Counts along rows, or down columns. Either way pixels are visited as they lie in memory. */
function countAlong(pixels: Uint32Array, lights: Int16Array, width: number, height: number, isDown: boolean): Counts {
  const [stride, lines] = isDown ? [width, width] : [1, height];
  const hasSteps = new Uint8Array(lines);
  let [singles, steps, faint, pairs, onwards] = [0, 0, 0, 0, 0];
  for (let y = isDown ? 1 : 0; y < height; y++)
    for (let x = isDown ? 0 : 1, at = y * width + x; x < width; x++, at++) {
      const step = lights[at] - lights[at - stride];
      // In photos no branch here can be foreseen, so there is none: `isAny` is 1 for all numbers
      // but 0.
      const stepped = isAny(pixels[at] ^ pixels[at - stride]);
      steps += stepped;
      faint += stepped & ((Math.abs(step) - faintStep - 1) >>> 31);
      hasSteps[isDown ? x : y] |= stepped;
      if ((isDown ? y : x) < 2) continue;
      const both = step * (lights[at - stride] - lights[at - 2 * stride]);
      singles += stepped & isAny(pixels[at - stride] ^ pixels[at - 2 * stride]);
      pairs += isAny(both);
      onwards += -both >>> 31;
    }
  // The first step of a line ends no run that counts.
  const runs = steps - hasSteps.reduce((sum, has) => sum + has, 0);
  return { runs, singles, steps, faint, pairs, onwards };
}

function isAny(value: number): number {
  return (value | -value) >>> 31;
}
