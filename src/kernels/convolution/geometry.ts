// The geometry of a layer: the attributes of convolution and transposed convolution, the size of
// the output, and what geometry.wgsl computes the input of a tap from.

import type { Band, Rows } from "../core/bands.ts";
import { elements, vectors, type TensorType } from "../core/operation.ts";

/**
 * torch.nn.functional.conv2d with a square kernel. With `reflect` the padding mirrors the image, as
 * a torch.nn.ReflectionPad2d in front of the convolution would.
 */
export interface ConvolutionAttributes {
  stride: number;
  padding: number;
  reflect: boolean;
}

/**
 * torch.nn.functional.conv_transpose2d with a square kernel. The output padding may differ between
 * rows and columns.
 */
export interface TransposedConvolutionAttributes {
  stride: number;
  padding: number;
  outputPadding: number | readonly [rows: number, columns: number];
}

/** The length of a side of a convolution's output. */
export function sizeConvolved(
  size: number,
  kernel: number,
  { stride, padding }: { stride: number; padding: number },
): number {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

/** The height and width of a transposed convolution's output. */
export function sizeTransposed(
  [height, width]: readonly number[],
  kernel: number,
  { stride, padding, outputPadding }: TransposedConvolutionAttributes,
): [height: number, width: number] {
  const [rows, columns] = typeof outputPadding === "number" ? [outputPadding, outputPadding] : outputPadding;
  const along = (size: number, extra: number) => (size - 1) * stride - 2 * padding + kernel + extra;
  return [along(height, rows), along(width, columns)];
}

/**
 * What convolution and transposed convolution have in common, once shapes and attributes are known.
 */
export interface Geometry {
  label: string;
  input: TensorType;
  output: TensorType;
  kernel: number;
  stride: number;
  padding: number;
  reflect: boolean;
  transposed: boolean;
}

export function convolutionGeometry(
  input: TensorType,
  filters: TensorType,
  output: TensorType,
  attributes: ConvolutionAttributes,
): Geometry {
  return {
    label: describe("convolution", filters, input),
    input,
    output,
    kernel: filters.shape[2],
    ...attributes,
    transposed: false,
  };
}

export function transposedGeometry(
  input: TensorType,
  filters: TensorType,
  output: TensorType,
  { stride, padding }: TransposedConvolutionAttributes,
): Geometry {
  const label = describe("transposed convolution", filters, input);
  return { label, input, output, kernel: filters.shape[2], stride, padding, reflect: false, transposed: true };
}

function describe(name: string, filters: TensorType, input: TensorType): string {
  return `${name} [${filters.shape}] of ${input.shape[3]}x${input.shape[2]}`;
}

export function convolutionFlops({ input, output, kernel, transposed }: Geometry): number {
  const [image, channels] = transposed ? [input, output.shape[1]] : [output, input.shape[1]];
  return 2 * elements(image) * channels * kernel * kernel;
}

/**
 * The fields of the struct Band in geometry.wgsl. Kernels without a bias, or without workgroups
 * across the channels, do not read the last two.
 */
export function bandUniforms(
  { input, output, kernel, stride, padding, reflect, transposed }: Omit<Geometry, "label">,
  band: Band,
  { biased = false, columnGroups = 0 } = {},
): Record<string, number | boolean> {
  return {
    samples: band.samples,
    ...{ inputHeight: input.shape[2], inputWidth: input.shape[3], outputWidth: output.shape[3] },
    ...{ outputRow: band.output.first, outputRows: band.output.end - band.output.first },
    ...{ inputRow: band.input.first, inputRows: band.input.end - band.input.first },
    ...{ inputOffset: band.source.offset, outputOffset: band.target.offset },
    ...{ inVectors: vectors(input.shape[1]), outVectors: vectors(output.shape[1]) },
    ...{ kernel, padding, step: transposed ? 1 : stride, phases: transposed ? stride : 1 },
    ...{ reflect, transposed, biased, columnGroups },
  };
}

/** The rows of the input that rows of the output read, over all taps. */
export function rowsRead(
  { input, kernel, stride, padding, reflect, transposed }: Omit<Geometry, "label" | "output">,
  output: Rows,
): Rows {
  const height = input.shape[2];
  const inside = (row: number) => Math.min(Math.max(row, 0), height - 1);
  if (transposed) {
    const first = Math.ceil((output.first + padding - (kernel - 1)) / stride);
    const last = Math.floor((output.end - 1 + padding) / stride);
    return { first: inside(first), end: inside(last) + 1 };
  }
  const first = output.first * stride - padding;
  const last = (output.end - 1) * stride - padding + kernel - 1;
  if (!reflect) return { first: inside(first), end: inside(last) + 1 };
  // A row so far beyond a border is mirrored just as far into the image.
  const [mirroredTop, mirroredBottom] = [-first, 2 * (height - 1) - last];
  return {
    first: inside(Math.min(inside(first), mirroredBottom)),
    end: inside(Math.max(inside(last), mirroredTop)) + 1,
  };
}
