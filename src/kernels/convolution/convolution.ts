// Convolution and transposed convolution (torch.nn.Conv2d, ConvTranspose2d) as one implicit matrix
// product: rows are output pixels, columns are output channels, and the sum runs over the kernel's
// taps and the input channels. Padding is an index map, never a copy.
//
//   output[n, d, y, x] = bias[d] + sum over c, u, v of input[n, c, y', x'] * filters[d, c, u, v]
//   y' = y * stride + u - padding, x' = x * stride + v - padding
//
// A transposed convolution is the adjoint of that with respect to the input, plus the bias.
//
// geometry.ts has the attributes and sizes. choice.ts chooses the shader and its tile for a device;
// launch.ts and winograd.ts make the launches.

import { launchChosen } from "../core/choice.ts";
import {
  declare,
  image,
  requireThat,
  totalBytes,
  vector,
  type BackwardContext,
  type Cost,
  type Operation,
  type Trial,
  type TensorType,
} from "../core/operation.ts";
import { channelSum } from "./channel-sum.ts";
import { variantsOfConvolution } from "./choice.ts";
import { filterGradient } from "./filter-gradient.ts";
import {
  convolutionFlops,
  convolutionGeometry,
  sizeConvolved,
  sizeTransposed,
  transposedGeometry,
  type ConvolutionAttributes,
  type Geometry,
  type TransposedConvolutionAttributes,
} from "./geometry.ts";
import { foldReflection, mirror } from "./reflection.ts";
import { transposeFilter } from "./transpose-filter.ts";

export const convolution: Operation<ConvolutionAttributes> = declare({
  name: "convolution",
  readsHalf: [0, 1],
  writesHalf: true,

  infer([input, filters, bias], { stride, padding, reflect }) {
    const [samples, channels, height, width] = input.shape;
    const [outputs, inputs, kernel, kernelWidth] = filters.shape;
    requireThat(
      input.layout === "image" && filters.layout === "filter",
      this.name,
      () => "takes an image and a filter",
    );
    requireThat(kernel === kernelWidth, this.name, () => `the kernel must be square, not ${kernel}x${kernelWidth}`);
    requireThat(channels === inputs, this.name, () => `${channels} channels meet a filter for ${inputs}`);
    requireThat(!bias || bias.shape[0] === outputs, this.name, () => `${bias!.shape} biases for ${outputs} channels`);
    requireThat(
      !reflect || (padding < height && padding < width),
      this.name,
      () => `an image of ${width}x${height} is too small to be mirrored by ${padding}`,
    );
    const along = (size: number) => sizeConvolved(size, kernel, { stride, padding });
    requireThat(along(height) > 0 && along(width) > 0, this.name, () => `${width}x${height} is less than the kernel`);
    return image(samples, outputs, along(height), along(width));
  },

  forward(traits, operands, output, attributes) {
    const geometry = convolutionGeometry(operands[0].type!, operands[1].type!, output.type!, attributes);
    return launchChosen(traits, variantsOfConvolution(traits, geometry), operands, output);
  },

  variants(traits, [input, filters], output, attributes) {
    return variantsOfConvolution(traits, convolutionGeometry(input, filters, output, attributes));
  },

  backward({ inputs: [input, filters, bias], gradient, attributes, typeOf, apply }) {
    const kernel = typeOf(filters).shape[2];
    return [
      inputGradient({ typeOf, apply }, typeOf(input), filters, gradient, attributes),
      apply(filterGradient, [input, gradient], { kernel, ...attributes }),
      ...(bias ? [apply(channelSum, [gradient], {})] : []),
    ];
  },

  reference([input, filters, bias], { stride, padding, reflect }) {
    const [samples, channels, height, width] = input.shape;
    const [outputs, , kernel] = filters.shape;
    const [outputHeight, outputWidth] = [height, width].map((size) => sizeConvolved(size, kernel, { stride, padding }));
    const output = new Float64Array(samples * outputs * outputHeight * outputWidth);
    let place = 0;
    for (let n = 0; n < samples; n++)
      for (let o = 0; o < outputs; o++)
        for (let y = 0; y < outputHeight; y++)
          for (let x = 0; x < outputWidth; x++) {
            let sum = bias ? bias.data[o] : 0;
            for (let c = 0; c < channels; c++)
              for (let ky = 0; ky < kernel; ky++)
                for (let kx = 0; kx < kernel; kx++) {
                  let iy = y * stride + ky - padding;
                  let ix = x * stride + kx - padding;
                  if (reflect) [iy, ix] = [mirror(iy, height), mirror(ix, width)];
                  if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
                  const value = input.data[((n * channels + c) * height + iy) * width + ix];
                  sum += value * filters.data[((o * channels + c) * kernel + ky) * kernel + kx];
                }
            output[place++] = sum;
          }
    return { shape: [samples, outputs, outputHeight, outputWidth], data: output };
  },

  cost(inputs, attributes) {
    const output = this.infer(inputs, attributes);
    return convolutionCost(convolutionGeometry(inputs[0], inputs[1], output, attributes), inputs);
  },

  trials: [
    trial([1, 3, 9, 7], 5, 7, { stride: 1, padding: 3, reflect: true }),
    trial([2, 8, 6, 11], 12, 3, { stride: 1, padding: 1, reflect: true }),
    trial([1, 5, 11, 8], 6, 3, { stride: 2, padding: 1, reflect: false }),
    trial([2, 3, 10, 9], 7, 4, { stride: 2, padding: 1, reflect: false }),
    trial([1, 16, 5, 5], 1, 4, { stride: 1, padding: 1, reflect: false }),
    trial([1, 4, 1, 13], 9, 1, { stride: 1, padding: 0, reflect: false }, false),
    trial([1, 20, 17, 19], 36, 3, { stride: 1, padding: 1, reflect: true }, false),
    trial([3, 12, 4, 4], 40, 4, { stride: 2, padding: 1, reflect: false }),
    trial([1, 30, 9, 11], 37, 3, { stride: 1, padding: 1, reflect: true }),
    trial([2, 36, 6, 7], 30, 3, { stride: 1, padding: 1, reflect: false }, false),
    trial([1, 33, 11, 10], 32, 3, { stride: 1, padding: 0, reflect: false }),
    trial([1, 4, 9, 7], 5, 3, { stride: 1, padding: 2, reflect: true }),
    trial([1, 3, 4, 5], 76, 1, { stride: 1, padding: 0, reflect: false }),
  ],
});

export const transposedConvolution: Operation<TransposedConvolutionAttributes> = declare({
  name: "transposedConvolution",
  readsHalf: [0, 1],
  writesHalf: true,

  infer([input, filters, bias], attributes) {
    const [samples, channels, height, width] = input.shape;
    const [inputs, outputs, kernel, kernelWidth] = filters.shape;
    requireThat(
      input.layout === "image" && filters.layout === "transposedFilter",
      this.name,
      () => "takes an image and a transposed filter",
    );
    requireThat(kernel === kernelWidth, this.name, () => `the kernel must be square, not ${kernel}x${kernelWidth}`);
    requireThat(channels === inputs, this.name, () => `${channels} channels meet a filter for ${inputs}`);
    requireThat(!bias || bias.shape[0] === outputs, this.name, () => `${bias!.shape} biases for ${outputs} channels`);
    const [outputHeight, outputWidth] = sizeTransposed([height, width], kernel, attributes);
    requireThat(outputHeight > 0 && outputWidth > 0, this.name, () => `${width}x${height} leaves no output`);
    return image(samples, outputs, outputHeight, outputWidth);
  },

  forward(traits, operands, output, attributes) {
    const geometry = transposedGeometry(operands[0].type!, operands[1].type!, output.type!, attributes);
    return launchChosen(traits, variantsOfConvolution(traits, geometry), operands, output);
  },

  variants(traits, [input, filters], output, attributes) {
    return variantsOfConvolution(traits, transposedGeometry(input, filters, output, attributes));
  },

  backward({ inputs: [input, filters, bias], gradient, attributes: { stride, padding }, typeOf, apply }) {
    // A transposed convolution is the adjoint of a convolution, so its gradient with respect to the
    // input is that convolution.
    const attributes = { stride, padding, reflect: false };
    const filterLike = apply(filterGradient, [gradient, input], { kernel: typeOf(filters).shape[2], ...attributes });
    return [
      apply(convolution, [gradient, apply(transposeFilter, [filters], { layout: "filter" })], attributes),
      apply(transposeFilter, [filterLike], { layout: "transposedFilter" }),
      ...(bias ? [apply(channelSum, [gradient], {})] : []),
    ];
  },

  reference([input, filters, bias], attributes) {
    const { stride, padding } = attributes;
    const [samples, channels, height, width] = input.shape;
    const [, outputs, kernel] = filters.shape;
    const [outputHeight, outputWidth] = sizeTransposed([height, width], kernel, attributes);
    const output = new Float64Array(samples * outputs * outputHeight * outputWidth);
    const at = (n: number, o: number, y: number, x: number) => ((n * outputs + o) * outputHeight + y) * outputWidth + x;
    if (bias) output.forEach((_, i) => (output[i] = bias.data[Math.floor(i / (outputHeight * outputWidth)) % outputs]));
    for (let n = 0; n < samples; n++)
      for (let c = 0; c < channels; c++)
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++)
            for (let o = 0; o < outputs; o++)
              for (let ky = 0; ky < kernel; ky++)
                for (let kx = 0; kx < kernel; kx++) {
                  const oy = y * stride + ky - padding;
                  const ox = x * stride + kx - padding;
                  if (oy < 0 || oy >= outputHeight || ox < 0 || ox >= outputWidth) continue;
                  const value = input.data[((n * channels + c) * height + y) * width + x];
                  output[at(n, o, oy, ox)] += value * filters.data[((c * outputs + o) * kernel + ky) * kernel + kx];
                }
    return { shape: [samples, outputs, outputHeight, outputWidth], data: output };
  },

  cost(inputs, attributes) {
    const output = this.infer(inputs, attributes);
    return convolutionCost(transposedGeometry(inputs[0], inputs[1], output, attributes), inputs);
  },

  trials: [
    transposedTrial([1, 8, 5, 7], 3, 3, { stride: 2, padding: 1, outputPadding: 1 }),
    transposedTrial([2, 5, 3, 4], 9, 3, { stride: 2, padding: 1, outputPadding: 1 }, false),
    transposedTrial([1, 12, 1, 1], 8, 4, { stride: 2, padding: 1, outputPadding: 0 }),
    transposedTrial([2, 16, 6, 5], 20, 4, { stride: 2, padding: 1, outputPadding: 0 }),
    transposedTrial([1, 6, 4, 6], 5, 3, { stride: 1, padding: 1, outputPadding: 0 }),
    transposedTrial([1, 4, 3, 3], 4, 5, { stride: 3, padding: 2, outputPadding: 2 }),
    transposedTrial([1, 6, 5, 4], 7, 4, { stride: 2, padding: 1, outputPadding: [0, 1] }, false),
    transposedTrial([1, 6, 5, 4], 7, 4, { stride: 2, padding: 1, outputPadding: [1, 0] }),
    transposedTrial([2, 5, 4, 6], 3, 7, { stride: 1, padding: 0, outputPadding: 0 }, false),
    transposedTrial([2, 30, 5, 6], 37, 3, { stride: 1, padding: 0, outputPadding: 0 }, false),
    transposedTrial([1, 36, 9, 8], 29, 3, { stride: 1, padding: 1, outputPadding: 0 }),
  ],
});

/** The gradient of a convolution with respect to its input, an image of type `input`. */
export function inputGradient<T>(
  { typeOf, apply }: Pick<BackwardContext<T, unknown>, "typeOf" | "apply">,
  input: TensorType,
  filters: T,
  gradient: T,
  { stride, padding, reflect }: ConvolutionAttributes,
): T {
  const kernel = typeOf(filters).shape[2];
  const [height, width] = typeOf(gradient).shape.slice(2);
  // With `reflect`, this first computes the gradient with respect to the padded image, which is
  // then folded back onto the image.
  const mirrored = reflect ? padding : 0;
  const cut = padding - mirrored;
  // The output padding selects, among the input sizes that the stride maps to this output size, the
  // actual one.
  const left = (size: number, output: number) => size + 2 * mirrored - ((output - 1) * stride - 2 * cut + kernel);
  const outputPadding = [left(input.shape[2], height), left(input.shape[3], width)] as const;
  const transposed = apply(transposeFilter, [filters], { layout: "transposedFilter" });
  const padded = apply(transposedConvolution, [gradient, transposed], { stride, padding: cut, outputPadding });
  return mirrored > 0 ? apply(foldReflection, [padded], { padding }) : padded;
}

function convolutionCost(geometry: Geometry, inputs: readonly TensorType[]): Cost {
  return {
    flops: convolutionFlops(geometry),
    bytes: totalBytes(...inputs, geometry.output),
  };
}

type Shape4 = [number, number, number, number];

function trial(
  input: Shape4,
  outputs: number,
  kernel: number,
  attributes: ConvolutionAttributes,
  biased = true,
): Trial<ConvolutionAttributes> {
  const filters: TensorType = { layout: "filter", shape: [outputs, input[1], kernel, kernel] };
  return { inputs: [image(...input), filters, ...(biased ? [vector(outputs)] : [])], attributes };
}

function transposedTrial(
  input: Shape4,
  outputs: number,
  kernel: number,
  attributes: TransposedConvolutionAttributes,
  biased = true,
): Trial<TransposedConvolutionAttributes> {
  const filters: TensorType = { layout: "transposedFilter", shape: [input[1], outputs, kernel, kernel] };
  return { inputs: [image(...input), filters, ...(biased ? [vector(outputs)] : [])], attributes };
}
