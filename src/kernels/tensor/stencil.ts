// Fixed filters: constant weights, the same for every channel, without padding.
//
//   output[y, x] = sum over i, j of weights[i, j] * input[y * stride + i, x * stride + j]
//
// A box filter computes the mean of each cell of a picture; a difference of neighbours detects
// where a picture alternates. The adjoint is the gradient with respect to the input, and also
// enlarges images.

import adjoint from "../../../shaders/tensor/stencil/adjoint.wgsl";
import forward_ from "../../../shaders/tensor/stencil/stencil.wgsl";
import type { Rows } from "../core/bands.ts";
import { lanes, launchBands } from "../core/launch.ts";
import {
  declare,
  elements,
  image,
  requireThat,
  totalBytes,
  type Launch,
  type Operand,
  type Operation,
  type Traits,
} from "../core/operation.ts";
import { composeShader, floats } from "../core/shader.ts";

export interface StencilAttributes {
  /** A square of weights, row by row. */
  readonly weights: readonly number[];
  /** The stride, in pixels of the input. */
  readonly stride: number;
}

export interface StencilAdjointAttributes extends StencilAttributes {
  /** The size of the image that the filter was applied to. */
  readonly height: number;
  readonly width: number;
}

/**
 * [N, C, H, W] -> [N, C, floor((H - k) / stride) + 1, floor((W - k) / stride) + 1], with k the side
 * of the square of weights.
 */
export const stencil: Operation<StencilAttributes> = declare({
  name: "stencil",

  infer([input], { weights, stride }) {
    const [samples, channels, height, width] = input.shape;
    const side = sideOf(weights);
    requireThat(Number.isInteger(side), this.name, () => `${weights.length} weights are no square`);
    requireThat(Math.min(height, width) >= side, this.name, () => `${width}x${height} is less than the filter`);
    const along = (size: number) => Math.floor((size - side) / stride) + 1;
    return image(samples, channels, along(height), along(width));
  },

  forward(traits, [input], output, { weights, stride }) {
    const side = sideOf(weights);
    const rowsRead = ({ first, end }: Rows): Rows => ({ first: first * stride, end: (end - 1) * stride + side });
    return launch(traits, "stencil", forward_, input, output, { weights, stride }, rowsRead);
  },

  backward({ inputs: [input], gradient, attributes, typeOf, apply }) {
    const [, , height, width] = typeOf(input).shape;
    return [apply(stencilAdjoint, [gradient], { ...attributes, height, width })];
  },

  reference([input], attributes) {
    const { shape } = this.infer([image(...(input.shape as [number, number, number, number]))], attributes);
    const data = new Float64Array(elements({ shape }));
    forEachTap(input.shape, shape, attributes, (wide, narrow, weight) => (data[narrow] += weight * input.data[wide]));
    return { shape, data };
  },

  cost(inputs, attributes) {
    const output = this.infer(inputs, attributes);
    return { flops: 2 * elements(output) * attributes.weights.length, bytes: totalBytes(...inputs, output) };
  },

  trials: [
    { inputs: [image(2, 3, 8, 12)], attributes: { weights: Array(16).fill(1 / 16), stride: 4 } },
    { inputs: [image(1, 6, 9, 7)], attributes: { weights: [0.25, -0.25, -0.25, 0.25], stride: 1 } },
    { inputs: [image(2, 1, 11, 10)], attributes: { weights: [1, 2, 3, 4, 5, 6, 7, 8, 9], stride: 2 } },
    { inputs: [image(1, 4, 5, 13)], attributes: { weights: [2], stride: 3 } },
    { inputs: [image(1, 8, 20, 64)], attributes: { weights: [1, 0, -1, 2, 0, -2, 1, 0, -1], stride: 2 } },
  ],
});

/** The adjoint of `stencil`: [N, C, h, w], the shape of its output, -> [N, C, height, width]. */
export const stencilAdjoint: Operation<StencilAdjointAttributes> = declare({
  name: "stencilAdjoint",

  infer([input], { height, width, ...attributes }) {
    const [samples, channels] = input.shape;
    const wide = image(samples, channels, height, width);
    const narrow = stencil.infer([wide], attributes);
    requireThat(
      String(narrow.shape) === String(input.shape),
      this.name,
      () => `the filter makes [${narrow.shape}] of an image of ${width}x${height}, not [${input.shape}]`,
    );
    return wide;
  },

  forward(traits, [input], output, { weights, stride }) {
    const last = input.type!.shape[2] - 1;
    const side = sideOf(weights);
    // The filter may have skipped rows at the end and between its positions. They read nothing, but
    // one row has to be bound.
    const rowsRead = ({ first, end }: Rows): Rows => {
      const top = Math.min(Math.max(Math.ceil((first - side + 1) / stride), 0), last);
      return { first: top, end: Math.max(top, Math.min(Math.floor((end - 1) / stride), last)) + 1 };
    };
    return launch(traits, "stencil adjoint", adjoint, input, output, { weights, stride }, rowsRead);
  },

  backward: ({ gradient, attributes: { weights, stride }, apply }) => [apply(stencil, [gradient], { weights, stride })],

  reference([input], attributes) {
    const shape = [...input.shape.slice(0, 2), attributes.height, attributes.width];
    const data = new Float64Array(elements({ shape }));
    forEachTap(shape, input.shape, attributes, (wide, narrow, weight) => (data[wide] += weight * input.data[narrow]));
    return { shape, data };
  },

  cost([input], attributes) {
    const output = this.infer([input], attributes);
    return { flops: 2 * elements(input) * attributes.weights.length, bytes: totalBytes(input, output) };
  },

  trials: [
    { inputs: [image(2, 3, 2, 3)], attributes: { weights: Array(16).fill(1), stride: 4, height: 8, width: 12 } },
    {
      inputs: [image(1, 6, 8, 6)],
      attributes: { weights: [0.25, -0.25, -0.25, 0.25], stride: 1, height: 9, width: 7 },
    },
    {
      inputs: [image(2, 1, 5, 4)],
      attributes: { weights: [1, 2, 3, 4, 5, 6, 7, 8, 9], stride: 2, height: 12, width: 10 },
    },
    { inputs: [image(1, 4, 2, 5)], attributes: { weights: [2], stride: 3, height: 6, width: 13 } },
    {
      inputs: [image(1, 8, 9, 31)],
      attributes: { weights: [1, 0, -1, 2, 0, -2, 1, 0, -1], stride: 2, height: 20, width: 64 },
    },
  ],
});

function sideOf(weights: readonly number[]): number {
  return Math.sqrt(weights.length);
}

function launch(
  traits: Traits,
  label: string,
  source: string,
  input: Operand,
  output: Operand,
  { weights, stride }: StencilAttributes,
  rowsRead: (output: Rows) => Rows,
): Launch[] {
  const shader = composeShader(source, {
    LANES: lanes,
    SIDE: sideOf(weights),
    STRIDE: stride,
    WEIGHTS: floats(weights),
  });
  return launchBands(traits, label, shader, [input, output], rowsRead, 8 * weights.length);
}

/**
 * Calls `visit` for every pair of an input and an output element of the filter, with the weight
 * between them.
 */
function forEachTap(
  [, , height, width]: readonly number[],
  [samples, channels, rows, columns]: readonly number[],
  { weights, stride }: StencilAttributes,
  visit: (wide: number, narrow: number, weight: number) => void,
): void {
  const side = sideOf(weights);
  for (let plane = 0; plane < samples * channels; plane++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++)
        weights.forEach((weight, tap) => {
          const [i, j] = [Math.floor(tap / side), tap % side];
          const wide = (plane * height + y * stride + i) * width + x * stride + j;
          visit(wide, (plane * rows + y) * columns + x, weight);
        });
}
