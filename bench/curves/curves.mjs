// Loss curves of small trainings, ours beside PyTorch's, and when ours count as PyTorch's:
// docs/curves/README.md. The files are what test/torch/curves.py writes.

import { readFileSync } from "node:fs";

export const lossNames = /** @type {const} */ (["D_A", "G_A", "cycle_A", "idt_A", "D_B", "G_B", "cycle_B", "idt_B"]);

/** @typedef {(typeof lossNames)[number]} LossName */
/** @typedef {Record<LossName, number[]>} Run the losses of every step */
/** @typedef {{ by: string, settings: object, runs: { seed: number, losses: Run }[] }} Curves */

/**
 * Steps whose mean is compared, from and up to: short spans where much happens, then one pass over
 * the 48 pictures after the other.
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
 * The most that any loss may deviate, in standard deviations of PyTorch's seeds. Each of those,
 * held against the other four, comes to 2.4 at most; a mistake that shows comes to 4 and more.
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
 * How far each loss of a run is from runs that differ in their seeds alone: over the windows, the
 * root of the mean square of the distance between the run's mean and the mean of theirs, in
 * standard deviations of theirs. A handful of runs may happen to agree, so no standard deviation
 * counts as smaller than the median of the loss's, relative to its size.
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
 * The losses of a run that are not what theirs are.
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
 * The mean over so many steps around each; fewer at the ends.
 *
 * @param {readonly number[]} values
 * @param {number} width
 */
export function smooth(values, width) {
  return values.map((_, i) => mean(values.slice(Math.max(0, i - width / 2), i + width / 2)));
}
