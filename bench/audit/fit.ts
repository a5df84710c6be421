// Fits the networks that classify the origin of cells: their training data and the optimisation.
// Only the initial weights are random, and they are the same in every run. Art has half of the
// total weight.

import { Random } from "../../src/data/random.ts";
import { intactness, intactShare } from "../../src/dataset/audit/intact.ts";
import { origins, standardized, traitNames, traitsOf } from "../../src/dataset/audit/origin/origin.ts";
import type { Origin, Traits, Weights } from "../../src/dataset/audit/origin/origin.ts";
import { cellsAt } from "../../src/pixelart/grid/recover.ts";
import type { Labelled } from "./labelled.ts";

export interface Sample {
  readonly traits: Traits;
  readonly isIntact: boolean;
  readonly origin: Origin;
  readonly source: string;
  readonly way: string;
}

/** @returns undefined if the picture's cells are not known */
export function sampleOf({ image, cells, cuts, origin, source, way, verdict }: Labelled): Sample | undefined {
  const known = cells ?? (cuts ? cellsAt(image, cuts) : verdict === "not-pixel-art" ? image : undefined);
  if (!known) return undefined;
  const isIntact = !cuts || intactness(image, cuts, known) >= intactShare;
  return { traits: traitsOf(known, isIntact), isIntact, origin, source, way };
}

const hiddenUnits = 24;
const rounds = 1000;
const decay = 3e-4;

/**
 * Adam (Kingma and Ba, 2015) on the full batch.
 *
 * @throws RangeError without samples of art, or of anything else
 */
export function fitNetwork(samples: readonly Sample[]): Weights {
  const art = samples.filter(({ origin }) => origin === "drawn").length;
  if (art === 0 || art === samples.length) throw new RangeError("A fit needs art and photos.");
  const scale = scaleOf(samples);
  const inputs = samples.map(({ traits }) => Float64Array.of(...standardized(scale, traits), 1));
  const truths = samples.map(({ origin }) => origins.indexOf(origin));
  const shares = samples.map(({ origin }) => 0.5 / (origin === "drawn" ? art : samples.length - art));
  const random = new Random(1);
  const matrix = (rows: number, columns: number, spread: number) =>
    Array.from({ length: rows }, () => Float64Array.from({ length: columns }, () => spread * (random.uniform() - 0.5)));
  const hidden = matrix(hiddenUnits, traitNames.length + 1, 0.5);
  const output = matrix(origins.length, hiddenUnits + 1, 0.5);
  const rows = [...hidden, ...output];
  const [units, errors] = [new Float64Array(hiddenUnits + 1).fill(1), new Float64Array(origins.length)];
  const [first, second] = [0, 1].map(() => rows.map(({ length }) => new Float64Array(length)));
  for (let round = 1; round <= rounds; round++) {
    const slopes = rows.map((row) => row.map((weight, i) => (i === row.length - 1 ? 0 : decay * weight)));
    inputs.forEach((input, i) => addSlopes(slopes, { hidden, output, units, errors }, input, truths[i], shares[i]));
    const rate = round < 0.6 * rounds ? 0.03 : 0.006;
    rows.forEach((row, r) =>
      row.forEach((_, i) => {
        const slope = slopes[r][i];
        first[r][i] += 0.1 * (slope - first[r][i]);
        second[r][i] += 0.01 * (slope ** 2 - second[r][i]);
        const mean = first[r][i] / (1 - 0.9 ** round);
        row[i] -= (rate * mean) / (Math.sqrt(second[r][i] / (1 - 0.99 ** round)) + 1e-8);
      }),
    );
  }
  return { ...scale, hidden: hidden.map(rounded), output: output.map(rounded) };
}

interface Network {
  readonly hidden: readonly Float64Array[];
  readonly output: readonly Float64Array[];
  /**
   * Scratch space: the outputs of the hidden units, followed by a 1 for the bias, and the errors of
   * the origins.
   */
  readonly units: Float64Array;
  readonly errors: Float64Array;
}

/** Adds the derivatives of a sample's cross entropy to the sums. */
function addSlopes(
  slopes: readonly Float64Array[],
  { hidden, output, units, errors }: Network,
  input: Float64Array,
  truth: number,
  weight: number,
) {
  for (let h = 0; h < hidden.length; h++) units[h] = Math.tanh(dot(hidden[h], input));
  for (let k = 0; k < output.length; k++) errors[k] = dot(output[k], units);
  let [most, total] = [-Infinity, 0];
  for (let k = 0; k < output.length; k++) most = Math.max(most, errors[k]);
  for (let k = 0; k < output.length; k++) total += errors[k] = Math.exp(errors[k] - most);
  for (let k = 0; k < output.length; k++) {
    errors[k] = weight * (errors[k] / total - (k === truth ? 1 : 0));
    addScaled(slopes[hidden.length + k], errors[k], units);
  }
  for (let h = 0; h < hidden.length; h++) {
    let error = 0;
    for (let k = 0; k < output.length; k++) error += errors[k] * output[k][h];
    addScaled(slopes[h], error * (1 - units[h] ** 2), input);
  }
}

function scaleOf(samples: readonly Sample[]): Pick<Weights, "means" | "spreads"> {
  const columns = traitNames.map((name) => samples.map(({ traits }) => traits[name]));
  const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);
  const spreads = columns.map((column, i) => {
    const variance = column.reduce((sum, value) => sum + (value - means[i]) ** 2, 0) / column.length;
    return Math.max(Math.sqrt(variance), 1e-3);
  });
  return { means: rounded(means), spreads: rounded(spreads) };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(to: Float64Array, factor: number, from: Float64Array) {
  for (let i = 0; i < to.length; i++) to[i] += factor * from[i];
}

/** Rounded, since people also read the file of weights. */
function rounded(values: ArrayLike<number>): number[] {
  return Array.from(values, (value) => Number(value.toFixed(4)));
}
