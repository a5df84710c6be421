// The gradient of a convolution by its filters: a matrix product with rows of taps and input channels, columns of output
// channels, and the sum over the pixels of all samples. That sum is long and the matrix may be small, so the pixels are cut
// into chunks that are summed apart and then added up in a second pass, always in the same order. What is cut where depends
// on the shapes alone, so the result is the same, to the bit, on every run and in however many bands the images are bound.

import broadcast from "../../shaders/filter-gradient/broadcast.wgsl";
import registers from "../../shaders/filter-gradient/registers.wgsl";
import sum from "../../shaders/filter-gradient/sum.wgsl";
import tiled from "../../shaders/filter-gradient/tiled.wgsl";
import { bindRows, foldWorkgroups, rowBytes, type Band, type Window } from "./bands.ts";
import {
  convolution,
  filterGradientFlops,
  inputGradient,
  sizeConvolved,
  type ConvolutionAttributes,
} from "./convolution.ts";
import { bandParameters, rowsRead, wholeOf } from "./convolution-launch.ts";
import { lanes } from "./elementwise.ts";
import { chooseFilterGradientVariant, type FilterGradientVariant } from "./filter-gradient-variants.ts";
import {
  byteLength,
  declare,
  image,
  requireThat,
  totalBytes,
  vectors,
  type Launch,
  type Operand,
  type Operation,
  type Sample,
  type TensorType,
  type Traits,
} from "./operation.ts";
import { composeShader } from "./shader.ts";

/** Those of the convolution, and the side of its kernel. */
export interface FilterGradientAttributes extends ConvolutionAttributes {
  kernel: number;
}

const shaders = { broadcast, registers, tiled };

/** A chunk has about so many pixels, unless the partial sums of all chunks would then exceed `scratchBytes`. */
const chunkPixels = 256;
const scratchBytes = 2 ** 24;
/** No chunk has more bytes than this, which every device can bind. */
const chunkBytes = 2 ** 24;

/** Lines of the gradient image in a chunk. A chunk never spans two samples. */
function linesOfChunk(input: TensorType, gradient: TensorType, filters: TensorType, stride: number): number {
  const [samples, , height, width] = gradient.shape;
  const most = Math.max(1, Math.floor(scratchBytes / byteLength(filters) / samples));
  const chunksOfSample = Math.max(1, Math.min(Math.ceil((height * width) / chunkPixels), most));
  const lineBytes = Math.max(rowBytes(gradient), stride * rowBytes(input));
  return Math.max(1, Math.min(Math.ceil(height / chunksOfSample), Math.floor(chunkBytes / lineBytes)));
}

/** The launches with a given variant: those of the chunks, and that of their sum. */
export function launchFilterGradient(
  traits: Traits,
  [input, gradient]: readonly Operand[],
  output: Operand,
  { kernel, stride, padding, reflect }: FilterGradientAttributes,
  variant: FilterGradientVariant,
): Launch[] {
  const [inputType, gradientType] = [input.type!, gradient.type!];
  const [samples, outputChannels, height] = gradientType.shape;
  const inputChannels = inputType.shape[1];
  const geometry = { input: inputType, output: gradientType, kernel, stride, padding, reflect, transposed: false };
  const label = `filter gradient [${output.type!.shape}] of ${inputType.shape[3]}x${inputType.shape[2]}`;

  const { kind, rows, columns, groupRows, groupColumns, pixels } = variant;
  const tile: Record<string, number> = { COLUMNS: columns };
  if (kind === "broadcast") tile.LANES = groupRows;
  else Object.assign(tile, { GROUP_ROWS: groupRows, GROUP_COLUMNS: groupColumns });
  if (kind === "tiled") tile.ROWS = rows;
  if (pixels) tile.PIXELS = pixels;
  const shader = composeShader(shaders[kind], tile);
  const rowGroups = Math.ceil((kernel * kernel * vectors(inputChannels)) / (groupRows * rows));
  const columnGroups = Math.ceil(vectors(outputChannels) / (groupColumns * columns));

  const lines = linesOfChunk(inputType, gradientType, output.type!, stride);
  const chunksOfSample = Math.ceil(height / lines);
  const chunks = samples * chunksOfSample;
  const whole = Math.max(input.bytes, gradient.bytes, chunks * output.bytes) <= traits.bindingBytes;
  const partial = chunks > 1 ? { bytes: (whole ? chunks : 1) * output.bytes } : output;

  const part = (band: Band, count: number, source: Window, target: Window): Launch => ({
    label,
    shader,
    bindings: [source.binding, target.binding, { operand: partial }],
    parameters: new Uint32Array([
      ...bandParameters(geometry, band, samples, source.offset, target.offset),
      ...[0, columnGroups],
      ...[lines, whole ? chunksOfSample : 1, inputChannels, outputChannels],
    ]),
    workgroups: [rowGroups * columnGroups, count, 1],
    flops: (filterGradientFlops(inputType, gradientType, kernel) * count) / chunks,
  });
  const total = (count: number, continued: boolean): Launch => ({
    label: `${label}, sum of chunks`,
    shader: composeShader(sum, { LANES: lanes }),
    bindings: [{ operand: partial }, { operand: output }],
    parameters: new Uint32Array([output.bytes / 16, count, Number(continued), 0]),
    workgroups: foldWorkgroups(traits, output.bytes / 16, lanes),
    flops: (count * output.bytes) / 4,
  });

  if (whole) {
    const all = (operand: Operand) => ({ binding: { operand }, offset: 0 });
    const first = part(wholeOf(geometry), chunks, all(input), all(gradient));
    return chunks > 1 ? [first, total(chunks, false)] : [first];
  }
  return Array.from({ length: chunks }, (_, chunk) => {
    const sample = Math.floor(chunk / chunksOfSample);
    const first = (chunk % chunksOfSample) * lines;
    const rows = { first, end: Math.min(first + lines, height) };
    const band = { sample, output: rows, input: rowsRead(geometry, rows) };
    const source = bindRows(traits, input, inputType, sample, band.input);
    const target = bindRows(traits, gradient, gradientType, sample, band.output);
    const launch = part(band, 1, source, target);
    return chunks > 1 ? [launch, total(1, chunk > 0)] : [launch];
  }).flat();
}

/** [N, C, H, W] and the gradient [N, D, H', W'] by the convolution's output -> filter [D, C, k, k]. */
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
    const [outputs, inputs, kernel] = output.type!.shape;
    const variant = chooseFilterGradientVariant(traits, kernel * kernel * vectors(inputs), vectors(outputs));
    return launchFilterGradient(traits, operands, output, attributes, variant);
  },

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
    const mirror = (i: number, size: number) => (i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i);
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

  samples: [
    sample([1, 3, 9, 7], 5, 7, { stride: 1, padding: 3, reflect: true }),
    sample([2, 8, 6, 11], 12, 3, { stride: 1, padding: 1, reflect: true }),
    sample([1, 5, 11, 8], 6, 3, { stride: 2, padding: 1, reflect: false }),
    sample([1, 6, 8, 12], 9, 3, { stride: 2, padding: 1, reflect: false }),
    sample([2, 3, 10, 9], 7, 4, { stride: 2, padding: 1, reflect: false }),
    sample([1, 16, 5, 5], 1, 4, { stride: 1, padding: 1, reflect: false }),
    sample([1, 4, 1, 13], 9, 1, { stride: 1, padding: 0, reflect: false }),
    sample([2, 20, 17, 31], 24, 3, { stride: 1, padding: 1, reflect: true }),
    sample([3, 12, 4, 4], 40, 4, { stride: 2, padding: 1, reflect: false }),
    sample([1, 3, 50, 21], 4, 3, { stride: 3, padding: 0, reflect: false }),
  ],
});

function sample(
  input: [number, number, number, number],
  outputs: number,
  kernel: number,
  attributes: ConvolutionAttributes,
): Sample<FilterGradientAttributes> {
  const [height, width] = [input[2], input[3]].map((size) => sizeConvolved(size, kernel, attributes));
  return { inputs: [image(...input), image(input[0], outputs, height, width)], attributes: { kernel, ...attributes } };
}
