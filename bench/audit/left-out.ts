// How well art is distinguished from shrunk photos when a source or a way of conversion was left
// out of the fit.

import { probabilities } from "../../src/dataset/audit/origin/network.ts";
import { fitOrigins, originExamples, type Sample } from "./fit.ts";
import { table } from "./tables.ts";

/**
 * Several sources are left out together, at least one of art and one of photos, so that few fits
 * are needed.
 */
const folds = 4;

export function printLeftOut(samples: readonly Sample[]): void {
  const sources = [true, false].map((isArt) => {
    const own = samples.filter(({ origin }) => (origin === "drawn") === isArt);
    return [...new Set(own.map(({ source }) => source))].sort();
  });
  const rows = Array.from({ length: folds }, (_, fold) => {
    const out = new Set(sources.flatMap((list) => list.filter((_, i) => i % folds === fold)));
    return rowsWithout(
      samples,
      ({ source }) => out.has(source),
      ({ source }) => source,
    );
  });
  const ways = [...new Set(samples.map(({ way }) => way))].filter((way) => way !== "art" && way !== "photo").sort();
  rows.push(
    ...ways.map((way) =>
      rowsWithout(
        samples,
        (sample) => sample.way === way,
        () => way,
      ),
    ),
  );
  table(["left out", "pictures", "% right, intact", "% right, changed"], rows.flat());
}

/** Fits without some samples, and evaluates on them. */
function rowsWithout(
  samples: readonly Sample[],
  isOut: (sample: Sample) => boolean,
  nameOf: (sample: Sample) => string,
): (string | number)[][] {
  const judged = [true, false].flatMap((isIntact) => {
    const own = originExamples(samples, isIntact);
    const weights = fitOrigins(own.filter(({ sample }) => !isOut(sample)));
    const out = own.filter(({ sample }) => isOut(sample));
    return out.map(({ inputs, sample }) => {
      const isDrawn = probabilities(weights, inputs)[0] >= 0.5;
      return { name: nameOf(sample), isIntact, isRight: isDrawn === (sample.origin === "drawn") };
    });
  });
  return [...new Set(judged.map(({ name }) => name))].sort().map((name) => {
    const own = judged.filter((one) => one.name === name);
    const percent = (isIntact: boolean) => {
      const part = own.filter((one) => one.isIntact === isIntact);
      return part.length === 0 ? "-" : ((100 * part.filter(({ isRight }) => isRight).length) / part.length).toFixed(0);
    };
    return [name, own.length, percent(true), percent(false)];
  });
}
