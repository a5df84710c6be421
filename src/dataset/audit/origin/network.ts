// A small network with one hidden layer: from the traits of a picture to probabilities.

/** The numbers of a layer are stored row by row; the last of each row is its bias. */
export interface Weights {
  /** The mean and standard deviation of each input over the training data. */
  readonly means: readonly number[];
  readonly spreads: readonly number[];
  readonly hidden: readonly (readonly number[])[];
  readonly output: readonly (readonly number[])[];
}

/** Inputs are clamped to this many standard deviations from the mean. */
export const farthest = 4;

export function standardized({ means, spreads }: Pick<Weights, "means" | "spreads">, inputs: readonly number[]) {
  return inputs.map((input, i) => Math.min(Math.max((input - means[i]) / spreads[i], -farthest), farthest));
}

/** The probability of each of the network's classes. */
export function probabilities(weights: Weights, inputs: readonly number[]): number[] {
  const hidden = layer(weights.hidden, standardized(weights, inputs)).map(Math.tanh);
  const sums = layer(weights.output, hidden);
  const most = Math.max(...sums);
  const powers = sums.map((sum) => Math.exp(sum - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function layer(rows: readonly (readonly number[])[], inputs: readonly number[]): number[] {
  return rows.map((row) => inputs.reduce((sum, input, i) => sum + row[i] * input, row[inputs.length]));
}
