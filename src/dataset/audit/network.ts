// Small networks with one hidden layer: from numbers about a picture to probabilities.

/** The numbers of a layer are stored row by row; the last of each row is its bias. */
export interface Layers {
  readonly hidden: readonly (readonly number[])[];
  readonly output: readonly (readonly number[])[];
}

export interface Weights {
  /** The mean and standard deviation of each input over the training data. */
  readonly means: readonly number[];
  readonly spreads: readonly number[];
  /** They differ by their initial weights. */
  readonly networks: readonly Layers[];
}

/** Inputs are clamped to this many standard deviations from the mean. */
export const farthest = 4;

export function standardized({ means, spreads }: Pick<Weights, "means" | "spreads">, inputs: readonly number[]) {
  return inputs.map((input, i) => Math.min(Math.max((input - means[i]) / spreads[i], -farthest), farthest));
}

/** The mean of the networks' probabilities, by class. */
export function meanProbabilities(weights: Weights, inputs: readonly number[]): number[] {
  const standard = standardized(weights, inputs);
  const each = weights.networks.map((network) => probabilities(network, standard));
  return each[0].map((_, i) => each.reduce((sum, one) => sum + one[i], 0) / each.length);
}

function probabilities({ hidden, output }: Layers, inputs: readonly number[]): number[] {
  const sums = layer(output, layer(hidden, inputs).map(Math.tanh));
  const most = Math.max(...sums);
  const powers = sums.map((sum) => Math.exp(sum - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function layer(rows: readonly (readonly number[])[], inputs: readonly number[]): number[] {
  return rows.map((row) => inputs.reduce((sum, input, i) => sum + row[i] * input, row[inputs.length]));
}
