// A network's initial weights: the reference's `init_weights`, with the initialisations of
// torch.nn.init. The random numbers are our own, not PyTorch's.

import { float32Tensor, type NamedTensor } from "../formats/tensors/tensors.ts";
import type { Random } from "../random.ts";
import { stateDict, type Architecture } from "./architecture.ts";

export type Initialization = "normal" | "xavier" | "kaiming" | "orthogonal";

/**
 * An initial state dict. Weights of convolutions:
 *
 * - `normal`: N(0, gain^2) (gain is the standard deviation)
 * - `xavier`: normal with deviation gain * sqrt(2 / (fanIn + fanOut))
 * - `kaiming`: normal with deviation sqrt(2 / fanIn)
 * - `orthogonal`: orthonormal rows or columns, times the gain
 *
 * Biases are 0. Batch norm: weights N(1, gain^2), biases 0, running mean 0 and variance 1.
 */
export function initialize(
  architecture: Architecture,
  kind: Initialization,
  gain: number,
  random: Random,
): NamedTensor[] {
  return stateDict(architecture).map(({ name, shape, role }) => {
    const count = shape.reduce((product, side) => product * side, 1);
    switch (role) {
      case "convolution weight":
      case "transposed convolution weight":
        return float32Tensor(name, shape, convolutionWeights(shape, kind, gain, random));
      case "norm weight":
        return float32Tensor(
          name,
          shape,
          normals(count, gain, random).map((x) => 1 + x),
        );
      case "running variance":
        return float32Tensor(name, shape, new Float32Array(count).fill(1));
      case "batches tracked":
        return { name, shape, dtype: "int64", data: new Uint8Array(8) };
      case "bias":
      case "norm bias":
      case "running mean":
        return float32Tensor(name, shape, new Float32Array(count));
    }
  });
}

/**
 * torch.nn.init takes the first axis for the outputs and the second for the inputs, even for
 * transposed convolutions.
 */
function convolutionWeights(
  shape: readonly number[],
  kind: Initialization,
  gain: number,
  random: Random,
): Float32Array {
  const [first, second, height, width] = shape;
  const count = first * second * height * width;
  const [fanIn, fanOut] = [second * height * width, first * height * width];
  switch (kind) {
    case "normal":
      return normals(count, gain, random);
    case "xavier":
      return normals(count, gain * Math.sqrt(2 / (fanIn + fanOut)), random);
    case "kaiming":
      return normals(count, Math.sqrt(2 / fanIn), random);
    case "orthogonal":
      return orthogonal(first, fanIn, gain, random);
  }
}

/** Normal deviates in pairs (Box and Muller 1958). */
function normals(count: number, deviation: number, random: Random): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    // 1 - u is never 0.
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random.uniform()));
    const angle = 2 * Math.PI * random.uniform();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/**
 * A matrix [rows, columns] whose vectors along the shorter side are orthonormal, times the gain.
 * Normal deviates are orthogonalised by Gram-Schmidt, twice per vector, which is enough (Giraud et
 * al. 2005).
 */
function orthogonal(rows: number, columns: number, gain: number, random: Random): Float32Array {
  const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const vector = Float64Array.from(normals(length, 1, random));
    for (let turn = 0; turn < 2; turn++) {
      for (const other of vectors) {
        let product = 0;
        for (let k = 0; k < length; k++) product += vector[k] * other[k];
        for (let k = 0; k < length; k++) vector[k] -= product * other[k];
      }
    }
    const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
    vectors.push(vector.map((x) => x / norm));
  }
  const matrix = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      matrix[row * columns + column] = gain * (rows < columns ? vectors[row][column] : vectors[column][row]);
    }
  }
  return matrix;
}
