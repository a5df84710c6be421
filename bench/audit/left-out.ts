// How well the networks judge pictures that they were not fitted to: in cross-validation, and if
// all of some sources, or all conversions of one way, were left out of the fit.

import type { Weights } from "../../src/dataset/audit/network.ts";
import { fitOdds } from "./fit.ts";
import type { Sample } from "./sample.ts";
import { judged, printTables, table, type Judgement } from "./tables.ts";

const folds = 4;

/** Prints the tables of all samples, each judged by networks fitted without its original. */
export function printCrossValidation(samples: readonly Sample[]): void {
  const originals = [...new Set(samples.map(({ original }) => original))].sort();
  const foldOf = new Map(originals.map((name, i) => [name, i % folds]));
  const judgements = Array.from({ length: folds }, (_, fold) =>
    without(samples, ({ original }) => foldOf.get(original) === fold),
  );
  printTables(judgements.flat());
}

/** Several sources are left out together, at least one of art and one of photos. */
export function printLeftOut(samples: readonly Sample[]): void {
  const sources = [true, false].map((isArt) => {
    const own = samples.filter(({ way }) => (way === "art") === isArt);
    return [...new Set(own.map(({ source }) => source))].sort();
  });
  const rows = Array.from({ length: folds }, (_, fold) => {
    const out = sources.flatMap((list) => list.filter((_, i) => i % folds === fold));
    return out.map((name) => ({ name, isOut: ({ source }: Sample) => source === name, others: new Set(out) }));
  }).flatMap((fold) => {
    const weights = fitOdds(
      samples.filter(({ source }) => !fold[0]?.others.has(source)),
      1,
    );
    return fold.map(({ name, isOut }) => shareRow(name, judgedBy(weights, samples.filter(isOut))));
  });
  const ways = [...new Set(samples.map(({ way }) => way))].filter((way) => way !== "art" && way !== "photo").sort();
  for (const way of ways)
    rows.push(
      shareRow(
        way,
        without(samples, (sample) => sample.way === way),
      ),
    );
  table(["left out", "pictures", "% right"], rows);
}

/** Fits a network without some samples, and judges these. */
function without(samples: readonly Sample[], isOut: (sample: Sample) => boolean): Judgement[] {
  const weights = fitOdds(samples.filter((sample) => !isOut(sample)));
  return judgedBy(weights, samples.filter(isOut));
}

function judgedBy(weights: Weights, samples: readonly Sample[]): Judgement[] {
  return samples.map((sample) => judged(sample, weights));
}

function shareRow(name: string, judgements: readonly Judgement[]): (string | number)[] {
  const right = judgements.filter(({ truth, verdict }) => truth === verdict).length;
  return [name, judgements.length, ((100 * right) / Math.max(1, judgements.length)).toFixed(0)];
}
