// Chooses between two models if the user has not: the better one, unless a picture would take it
// too long on this device. The speed is measured, not guessed from the adapter's name.

import type { Generator } from "../nn/generator.ts";
import { blankImage } from "../picture/image.ts";
import { drawPicture } from "./convert.ts";

/**
 * The side of the trial picture in pixels. With its margin it is a few percent of a usual picture.
 */
const trialSide = 64;

const runs = 3;

/** The size of a usual picture: four by three, its longest side 384. */
const usual = { width: 384, height: 288 };

/** The most seconds that a picture may take with the better model. */
export const patience = 1;

/**
 * Estimates from a small picture how many seconds a generator takes for a usual one. A first run
 * compiles the kernels. Of the later runs the fastest counts, since other load on the machine only
 * adds to the rest.
 *
 * @param margin pixels that are mirrored around a picture
 */
export async function secondsAPicture(generator: Generator, margin: number): Promise<number> {
  const trial = blankImage(trialSide, trialSide);
  trial.data.forEach((_, i) => i % 4 < 3 && (trial.data[i] = (i * 89) % 256));
  await drawPicture(generator, trial, { margin });
  let seconds = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await drawPicture(generator, trial, { margin });
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  const area = (width: number, height: number) => (width + 2 * margin) * (height + 2 * margin);
  return (seconds * area(usual.width, usual.height)) / area(trialSide, trialSide);
}

export interface Choice {
  readonly name: string;
  /** Which model it is and why, for the user. */
  readonly sentence: string;
}

/**
 * The better model if it is fast enough, or if the lighter one is no faster.
 *
 * @param secondsOf measures a model by its name; the lighter one is not measured if the better one
 * is fast enough
 */
export async function chooseBySpeed(
  better: string,
  lighter: string,
  secondsOf: (name: string) => Promise<number>,
): Promise<Choice> {
  const long = await secondsOf(better);
  if (long <= patience) return { name: better, sentence: `${better}: about ${secondsText(long)} per picture here.` };
  const short = await secondsOf(lighter);
  if (short >= long) {
    return {
      name: better,
      sentence: `${better}: about ${secondsText(long)} per picture here, and ${lighter} is no faster.`,
    };
  }
  const sentence = `${lighter}: about ${secondsText(short)} per picture here, where ${better} would take ${secondsText(long)}.`;
  return { name: lighter, sentence };
}

function secondsText(seconds: number): string {
  return `${seconds < 0.1 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
}
