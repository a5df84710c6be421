// The receptive field of a network's output. It walks the graph back from the output; each layer
// widens the field of the next one: a convolution maps [first, last] to [first * stride - padding,
// last * stride - padding + kernel - 1].

import type { Tensor } from "../autograd/tensor.ts";
import { convolution, transposedConvolution } from "../kernels/convolution/convolution.ts";
import type { TransposedConvolutionAttributes, ConvolutionAttributes } from "../kernels/convolution/geometry.ts";
import type { Operation } from "../kernels/core/operation.ts";
import { normalize } from "../kernels/normalization/normalization.ts";
import { leakyRelu, relu, sigmoid, tanh } from "../kernels/tensor/elementwise.ts";

/** Positions along one axis, including the last. Positions outside the image are padding. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/**
 * Operations that compute each position from the same position of their first input. A norm's
 * statistics, which depend on the whole image, are not counted.
 */
const pointwise = [relu, leakyRelu, tanh, sigmoid, normalize] as Operation[];

/**
 * The span of `image` that a span of `output` depends on; the same for rows and columns, since
 * kernels are square.
 *
 * With an instance norm every position also depends on the whole image, through the norm's mean and
 * variance. That is not counted.
 *
 * @throws Error if a layer on the way is unknown, or mirrors at the border
 */
export function receptiveField(output: Tensor, image: Tensor, span: Span): Span {
  let { first, last } = span;
  for (let tensor = output; tensor !== image;) {
    const { origin } = tensor;
    if (origin.kind !== "computed") throw new Error("The output is not made of the image.");
    const { operation, attributes, inputs } = origin;
    if (operation === (convolution as Operation)) {
      const { stride, padding, reflect } = attributes as ConvolutionAttributes;
      if (reflect) throw new Error("Mirrored borders fold the field: it is no span.");
      const kernel = inputs[1].shape[2];
      first = first * stride - padding;
      last = last * stride - padding + kernel - 1;
    } else if (operation === (transposedConvolution as Operation)) {
      const { stride, padding } = attributes as TransposedConvolutionAttributes;
      const kernel = inputs[1].shape[2];
      first = Math.ceil((first + padding - (kernel - 1)) / stride);
      last = Math.floor((last + padding) / stride);
    } else if (!pointwise.includes(operation)) {
      throw new Error(`${operation.name} is no layer whose field is known.`);
    }
    tensor = inputs[0];
  }
  return { first, last };
}
