// The gradient of a convolution with respect to its filters:
//
//   filters[d, c, u, v] = sum over n, y, x of gradient[n, d, y, x] * input[n, c, y', x']
//
// where (y', x') is the input pixel that tap (u, v) reads for (y, x). As a matrix product its rows
// are taps and input channels, its columns are output channels, and the sum runs over the pixels of
// all samples. That sum is long and the matrix may be small, so the pixels are cut into chunks, and
// a second pass adds up the partial sums of the chunks, always in the same order. The chunks depend
// on the shapes alone, so the result is the same, to the bit, on every run and for any number of
// bands.

import { launchChosen } from "../core/choice.ts";
import {
  declare,
  image,
  requireThat,
  totalBytes,
  type Operation,
  type Trial,
  type TensorType,
} from "../core/operation.ts";
import { variantsOfFilterGradient } from "./choice.ts";
import { convolution, inputGradient } from "./convolution.ts";
import { filterGradientFlops, type FilterGradientAttributes } from "./filter-gradient-launch.ts";
import { sizeConvolved, type ConvolutionAttributes } from "./geometry.ts";
import { mirror } from "./reflection.ts";

/**
 * [N, C, H, W] and the gradient [N, D, H', W'] with respect to the convolution's output -> filter
 * [D, C, k, k].
 */
export const filterGradient: Operation<FilterGradientAttributes> = declare({
  name: "filterGradient",

  infer([input, gradient], { kernel, ...attributes }) {
    const filters: TensorType = { layout: "filter", shape: [gradient.shape[1], input.shape[1], kernel, kernel] };
    const output = convolution.infer([input, filters], attributes);
    requireThat(
      gradient.layout === "image" && String(gradient.shape) === String(output.shape),
      this.name,
      () => `a gradient [${gradient.shape}] meets an output [${output.shape}]`,
    );
    return filters;
  },

  forward(traits, operands, output, attributes) {
    const types = operands.map(({ type }) => type!);
    return launchChosen(traits, variantsOfFilterGradient(traits, types, attributes), operands, output);
  },

  variants: (traits, inputs, _output, attributes) => variantsOfFilterGradient(traits, inputs, attributes),

  backward({ inputs: [input, gradient], gradient: upstream, attributes, typeOf, apply }) {
    const { kernel: _kernel, ...convolved } = attributes;
    return [
      inputGradient({ typeOf, apply }, typeOf(input), upstream, gradient, convolved),
      apply(convolution, [input, upstream], convolved),
    ];
  },

  reference([input, gradient], { kernel, stride, padding, reflect }) {
    const [samples, channels, height, width] = input.shape;
    const [, outputs, outputHeight, outputWidth] = gradient.shape;
    const data = new Float64Array(outputs * channels * kernel * kernel);
    let place = 0;
    for (let o = 0; o < outputs; o++)
      for (let c = 0; c < channels; c++)
        for (let ky = 0; ky < kernel; ky++)
          for (let kx = 0; kx < kernel; kx++, place++)
            for (let n = 0; n < samples; n++)
              for (let y = 0; y < outputHeight; y++)
                for (let x = 0; x < outputWidth; x++) {
                  let iy = y * stride + ky - padding;
                  let ix = x * stride + kx - padding;
                  if (reflect) [iy, ix] = [mirror(iy, height), mirror(ix, width)];
                  if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
                  const value = input.data[((n * channels + c) * height + iy) * width + ix];
                  data[place] += value * gradient.data[((n * outputs + o) * outputHeight + y) * outputWidth + x];
                }
    return { shape: [outputs, channels, kernel, kernel], data };
  },

  cost([input, gradient], { kernel }) {
    const filters: TensorType = { layout: "filter", shape: [gradient.shape[1], input.shape[1], kernel, kernel] };
    return { flops: filterGradientFlops(input, gradient, kernel), bytes: totalBytes(input, gradient, filters) };
  },

  trials: [
    trial([1, 3, 9, 7], 5, 7, { stride: 1, padding: 3, reflect: true }),
    trial([2, 8, 6, 11], 12, 3, { stride: 1, padding: 1, reflect: true }),
    trial([1, 5, 11, 8], 6, 3, { stride: 2, padding: 1, reflect: false }),
    trial([1, 6, 8, 12], 9, 3, { stride: 2, padding: 1, reflect: false }),
    trial([2, 3, 10, 9], 7, 4, { stride: 2, padding: 1, reflect: false }),
    trial([1, 16, 5, 5], 1, 4, { stride: 1, padding: 1, reflect: false }),
    trial([1, 4, 1, 13], 9, 1, { stride: 1, padding: 0, reflect: false }),
    trial([2, 20, 17, 31], 24, 3, { stride: 1, padding: 1, reflect: true }),
    trial([3, 12, 4, 4], 40, 4, { stride: 2, padding: 1, reflect: false }),
    trial([1, 3, 50, 21], 4, 3, { stride: 3, padding: 0, reflect: false }),
    trial([2, 30, 9, 11], 37, 3, { stride: 1, padding: 1, reflect: true }),
    trial([3, 33, 13, 34], 30, 3, { stride: 1, padding: 1, reflect: false }),
    trial([1, 4, 9, 7], 76, 3, { stride: 1, padding: 2, reflect: true }),
  ],
});

function trial(
  input: [number, number, number, number],
  outputs: number,
  kernel: number,
  attributes: ConvolutionAttributes,
): Trial<FilterGradientAttributes> {
  const [height, width] = [input[2], input[3]].map((size) => sizeConvolved(size, kernel, attributes));
  return { inputs: [image(...input), image(input[0], outputs, height, width)], attributes: { kernel, ...attributes } };
}
