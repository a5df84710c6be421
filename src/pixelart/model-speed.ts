// Chooses between two models if the user has not: the better one, unless a picture would take it
// too long on this device. The speed is measured, not guessed from the adapter's name.

import type { Generator } from "../nn/generator.ts";
import { blankImage } from "../picture/image.ts";

/**
 * The side of the trial picture in pixels. With its margin it is a few percent of a usual picture.
 */
const trialSide = 64;

const runs = 3;

/** The size of a usual picture: four by three, its longest side 384. */
const usual = { width: 384, height: 288 };

/** The most seconds that a picture may take with the better model. */
export const patience = 1;

/** Seconds beyond `patience` by this factor are not due to other load on the machine. */
const clearly = 3;

/**
 * Estimates from a small picture how many seconds a generator takes for a usual one. A first run
 * compiles the kernels. Of the later runs the fastest counts, since other load on the machine only
 * adds to the rest. A run that is clearly too slow is the last.
 *
 * @param margin pixels that are mirrored around a picture
 */
export async function secondsAPicture(generator: Generator, margin: number): Promise<number> {
  const trial = blankImage(trialSide, trialSide);
  trial.data.forEach((_, i) => i % 4 < 3 && (trial.data[i] = (i * 89) % 256));
  await generator.convert(trial, { margin });
  const area = (width: number, height: number) => (width + 2 * margin) * (height + 2 * margin);
  const trials = area(usual.width, usual.height) / area(trialSide, trialSide);
  let seconds = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await generator.convert(trial, { margin });
    const own = (trials * (performance.now() - start)) / 1000;
    seconds = Math.min(seconds, own);
    if (own > clearly * patience) break;
  }
  return seconds;
}

export interface Choice {
  readonly name: string;
  /** Which model it is and why, for the user. */
  readonly sentence: string;
}

/**
 * The better model if it is fast enough, or if the lighter one is no faster.
 *
 * @param software whether the adapter runs on the CPU. There the lighter one is measured first,
 * since it is likely to be chosen, and measuring the better one takes as long as several pictures.
 * Elsewhere the better one comes first, and the lighter one is not even loaded if that is fast
 * enough.
 * @param secondsOf loads and measures a model by its name
 */
export async function chooseBySpeed(
  better: string,
  lighter: string,
  software: boolean,
  secondsOf: (name: string) => Promise<number>,
): Promise<Choice> {
  const known = software ? await secondsOf(lighter) : undefined;
  if (known !== undefined && known > patience) {
    const sentence = `${lighter}: about ${secondsText(known)} per picture here, and ${better} would take longer.`;
    return { name: lighter, sentence };
  }
  const long = await secondsOf(better);
  if (long <= patience) return { name: better, sentence: `${better}: about ${secondsText(long)} per picture here.` };
  const short = known ?? (await secondsOf(lighter));
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
