// Loss curves of small trainings, ours compared with PyTorch's, and the criterion for a match:
// docs/curves/README.md. test/torch/curves.py writes the files.

import { readFileSync } from "node:fs";

export const lossNames = /** @type {const} */ (["D_A", "G_A", "cycle_A", "idt_A", "D_B", "G_B", "cycle_B", "idt_B"]);

/** @typedef {(typeof lossNames)[number]} LossName */
/** @typedef {Record<LossName, number[]>} Run the losses of every step */
/** @typedef {{ by: string, settings: object, runs: { seed: number, losses: Run }[] }} Curves */

/**
 * The half-open spans of steps whose means are compared: short spans at the beginning, where much
 * changes, then one pass over the 48 pictures each.
 *
 * @type {readonly (readonly [number, number])[]}
 */
export const windows = [
  [0, 8],
  [8, 24],
  [24, 48],
  [48, 96],
  [96, 144],
  [144, 192],
  [192, 240],
  [240, 300],
];

/**
 * The largest allowed deviation of a loss, in standard deviations of PyTorch's seeds. Each of
 * those, compared with the other four, reaches at most 2.4; a detectable mistake reaches 4 and
 * more.
 */
export const limit = 3;

/**
 * @param {string | URL} file
 * @returns {Curves}
 */
export function readCurves(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** @param {readonly number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The deviation of each loss of a run from runs that differ only in their seeds: the root mean
 * square, over the windows, of the distance between the run's mean and their mean, in their
 * standard deviations. A few runs may agree by chance, so a standard deviation is at least the
 * median of the loss's relative standard deviations.
 *
 * @param {readonly Run[]} others at least 3
 * @param {Run} run as many steps as the windows span
 * @returns {Record<LossName, number>}
 */
export function deviationsOf(others, run) {
  const deviations = lossNames.map((loss) => {
    const spans = windows.map(([from, to]) => {
      if (!(run[loss].length >= to)) throw new Error(`${loss} ends before step ${to}.`);
      const means = others.map((other) => mean(other[loss].slice(from, to)));
      const centre = mean(means);
      const squares = means.reduce((sum, value) => sum + (value - centre) ** 2, 0);
      return { centre, spread: Math.sqrt(squares / (others.length - 1)), ours: mean(run[loss].slice(from, to)) };
    });
    const relative = spans.map(({ centre, spread }) => spread / centre).sort((a, b) => a - b);
    const usual = (relative[relative.length / 2 - 1] + relative[relative.length / 2]) / 2;
    const squares = spans.map(({ centre, spread, ours }) => ((ours - centre) / Math.max(spread, usual * centre)) ** 2);
    return [loss, Math.sqrt(mean(squares))];
  });
  return /** @type {Record<LossName, number>} */ (Object.fromEntries(deviations));
}

/**
 * The losses of a run that do not match those of the others.
 *
 * @param {readonly Run[]} others at least 3
 * @param {Run} run
 * @returns {LossName[]}
 */
export function unlike(others, run) {
  const deviations = deviationsOf(others, run);
  return lossNames.filter((loss) => !(deviations[loss] <= limit));
}

/**
 * The mean over `width` steps around each; fewer at the ends.
 *
 * @param {readonly number[]} values
 * @param {number} width
 */
export function smooth(values, width) {
  return values.map((_, i) => mean(values.slice(Math.max(0, i - width / 2), i + width / 2)));
}
