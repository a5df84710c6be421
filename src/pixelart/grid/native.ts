// Whether a picture is art at its own size, with one pixel per cell. Such art has few colours, and no faint steps from compression. Its
// shades go up and down, while those of photos and smoothly enlarged art continue in one direction. In art that was enlarged without loss,
// nothing is one pixel wide. That is decisive: the grid cannot be confused with tiles of the art, or tiles with a grid.

import { countDistinct } from "../../distinct.ts";
import { seenPixels, type Image } from "../../picture/image.ts";

export interface Looks {
  readonly colours: number;
  /** Whether all of them are grey. */
  readonly isGrey: boolean;
  /** The number of runs of one colour in rows and columns, without the first and last of each, and how many are one pixel long. */
  readonly runs: number;
  readonly singles: number;
  /** The number of neighbours that differ, and the share of these steps that are at most three levels. */
  readonly steps: number;
  readonly faint: number;
  /** How often two steps follow each other, and the share of these pairs that go in one direction. */
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
    colours: Math.max(...all.map(({ colours }) => colours)),
    isGrey: all.every(({ isGrey }) => isGrey),
    runs: sum(({ runs }) => runs),
    singles: sum(({ singles }) => singles),
    steps,
    faint: sum(({ steps, faint }) => steps * faint) / Math.max(1, steps),
    pairs,
    onwards: sum(({ pairs, onwards }) => pairs * onwards) / Math.max(1, pairs),
  };
}

/** In art at its own size, at least this share of runs is one pixel long; in enlarged art, none is. */
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
 * The probability that a picture is art at its own size: a logistic regression, fitted to pixel art of a
 * training set against photos and the same art enlarged and damaged (docs/pixelart.md has the
 * calibration).
 */
export function nativenessOf(image: Image, looks = looksOf(image)): number {
  const { colours, isGrey, runs, faint, onwards } = looks;
  if (runs >= fewRuns && !hasSingles(looks)) return 0;
  if (onwards > mostOnwards || faint > mostFaint || colours > noise * image.width * image.height + 64) return 0;
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
  const lights = new Int32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i];
    lights[i] = 2 * (pixel & 255) + 5 * ((pixel >>> 8) & 255) + ((pixel >>> 16) & 255);
  }
  const isGrey = pixels.every((pixel) => ((pixel ^ (pixel >>> 8)) & 0xffff) === 0);
  let [runs, singles, steps, faint, pairs, onwards] = [0, 0, 0, 0, 0, 0];
  const look = (from: number, stride: number, length: number) => {
    // The start of the current run. The one before the first step does not count.
    let began = -1;
    let before = 0;
    for (let i = 1, at = from + stride; i < length; i++, at += stride) {
      const step = lights[at] - lights[at - stride];
      if (pixels[at] !== pixels[at - stride]) {
        steps++;
        if (Math.abs(step) <= faintStep) faint++;
        if (began >= 0) runs++;
        if (began === i - 1) singles++;
        began = i;
      }
      if (step !== 0 && before !== 0) {
        pairs++;
        if (step > 0 === before > 0) onwards++;
      }
      before = step;
    }
  };
  for (let y = 0; y < height; y++) look(y * width, 1, width);
  for (let x = 0; x < width; x++) look(x, width, height);
  return {
    colours: countDistinct(pixels),
    isGrey,
    runs,
    singles,
    steps,
    faint: faint / Math.max(1, steps),
    pairs,
    onwards: onwards / Math.max(1, pairs),
  };
}
