// Fits the networks of the audit. Only the initial weights are random, and they are the same in
// every run.

import { standardized, type Layers, type Weights } from "../../src/dataset/audit/network.ts";
import { inputsOf, kinds } from "../../src/dataset/audit/odds.ts";
import { Random } from "../../src/random.ts";
import type { Sample } from "./sample.ts";

/** What a network is fitted to: the index of the true class. */
export interface Example {
  readonly inputs: readonly number[];
  readonly truth: number;
}

export function exampleOf(sample: Sample): Example {
  return { inputs: inputsOf(sample.evidence), truth: kinds.indexOf(sample.truth) };
}

const networkCount = 3;
const hiddenUnits = 24;
const rounds = 500;
const decay = 1e-3;

/**
 * The weight of an example is that of its group, such as all naive conversions, whatever their
 * colours: one over the square root of the group's size.
 *
 * @param groupOf the group of a class
 */
export function fit(
  examples: readonly Example[],
  classes: number,
  groupOf: (truth: number) => number,
  networks = networkCount,
): Weights {
  const scale = scaleOf(examples);
  const sizes = new Map<number, number>();
  for (const { truth } of examples) sizes.set(groupOf(truth), (sizes.get(groupOf(truth)) ?? 0) + 1);
  const weights = examples.map(({ truth }) => 1 / Math.sqrt(sizes.get(groupOf(truth))!));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const data: Data = {
    inputs: examples.map(({ inputs }) => Float64Array.of(...standardized(scale, inputs), 1)),
    truths: examples.map(({ truth }) => truth),
    weights: weights.map((weight) => weight / total),
    classes,
  };
  return { ...scale, networks: Array.from({ length: networks }, (_, seed) => fitNetwork(data, seed + 1)) };
}

/** Fits to samples; all naive conversions are one group. */
export function fitOdds(samples: readonly Sample[], networks?: number): Weights {
  const naive = kinds.indexOf("shrunk");
  const isNaive = (truth: number) => ["palette", "dithered"].includes(kinds[truth]);
  return fit(samples.map(exampleOf), kinds.length, (truth) => (isNaive(truth) ? naive : truth), networks);
}

interface Data {
  /** Standardized, followed by a 1 for the bias. */
  readonly inputs: readonly Float64Array[];
  readonly truths: readonly number[];
  readonly weights: readonly number[];
  readonly classes: number;
}

/** Adam (Kingma and Ba, 2015) on the full batch. */
function fitNetwork({ inputs, truths, weights, classes }: Data, seed: number): Layers {
  const random = new Random(seed);
  const matrix = (rows: number, columns: number) =>
    Array.from({ length: rows }, () => Float64Array.from({ length: columns }, () => 0.5 * (random.uniform() - 0.5)));
  const hidden = matrix(hiddenUnits, inputs[0].length);
  const output = matrix(classes, hiddenUnits + 1);
  const rows = [...hidden, ...output];
  const [units, errors] = [new Float64Array(hiddenUnits + 1).fill(1), new Float64Array(classes)];
  const [first, second] = [0, 1].map(() => rows.map(({ length }) => new Float64Array(length)));
  for (let round = 1; round <= rounds; round++) {
    const slopes = rows.map((row) => row.map((weight, i) => (i === row.length - 1 ? 0 : decay * weight)));
    inputs.forEach((input, i) => addSlopes(slopes, { hidden, output, units, errors }, input, truths[i], weights[i]));
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
  return { hidden: hidden.map(roundedAll), output: output.map(roundedAll) };
}

interface Network {
  readonly hidden: readonly Float64Array[];
  readonly output: readonly Float64Array[];
  /**
   * Scratch space: the outputs of the hidden units, followed by a 1 for the bias, and the errors of
   * the classes.
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

function scaleOf(examples: readonly Example[]): Pick<Weights, "means" | "spreads"> {
  const columns = examples[0].inputs.map((_, i) => examples.map(({ inputs }) => inputs[i]));
  const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);
  const spreads = columns.map((column, i) => {
    const variance = column.reduce((sum, value) => sum + (value - means[i]) ** 2, 0) / column.length;
    return Math.max(Math.sqrt(variance), 1e-3);
  });
  return { means: roundedAll(means), spreads: roundedAll(spreads) };
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
function roundedAll(values: ArrayLike<number>): number[] {
  return Array.from(values, (value) => Number(value.toFixed(4)));
}
