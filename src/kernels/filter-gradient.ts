// The gradient of a convolution by its filters: a matrix product with rows of taps and input channels, columns of output
// channels, and the sum over the pixels of all samples. That sum is long and the matrix may be small, so the pixels are cut
// into chunks that are summed apart and then added up in a second pass, always in the same order. What is cut where depends
// on the shapes alone, so the result is the same, to the bit, on every run and in however many bands the images are bound.

import registers from "../../shaders/filter-gradient/registers.wgsl";
import sum from "../../shaders/filter-gradient/sum.wgsl";
import { bindRows, cutRows, foldWorkgroups, type Band, type Rows, type Window } from "./bands.ts";
import {
  convolution,
  filterGradientFlops,
  inputGradient,
  rowsRead,
  sizeConvolved,
  type ConvolutionAttributes,
} from "./convolution.ts";
import { lanes } from "./elementwise.ts";
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
} from "./operation.ts";
import { composeShader } from "./shader.ts";

/** Those of the convolution, and the side of its kernel. */
export interface FilterGradientAttributes extends ConvolutionAttributes {
  kernel: number;
}

/** A chunk has about so many pixels, unless the partial sums of all chunks would then exceed `scratchBytes`. */
const chunkPixels = 512;
const scratchBytes = 2 ** 24;

/** Rows of the gradient image in a chunk. A chunk never spans two samples. */
function rowsOfChunk(gradient: TensorType, filters: TensorType): number {
  const [samples, , height, width] = gradient.shape;
  const most = Math.max(1, Math.floor(scratchBytes / byteLength(filters)));
  const chunksOfSample = Math.max(1, Math.min(Math.ceil((height * width) / chunkPixels), Math.floor(most / samples)));
  return Math.ceil(height / chunksOfSample);
}

/** How the gradient's kernel is laid out over lanes: vec4s of input channels (rows) and output channels a lane. */
const tile = { rows: 1, columns: 1, groupRows: 8, groupColumns: 8 };

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

  forward(traits, [input, gradient], output, attributes) {
    const [samples, inputChannels, inputHeight, inputWidth] = input.type!.shape;
    const [, outputChannels, outputHeight, outputWidth] = gradient.type!.shape;
    const { kernel, stride, padding, reflect } = attributes;
    const [rowVectors, columnVectors] = [vectors(inputChannels), vectors(outputChannels)];
    const columnGroups = Math.ceil(columnVectors / (tile.groupColumns * tile.columns));
    const rowGroups = Math.ceil(rowVectors / (tile.groupRows * tile.rows));
    const shader = composeShader(registers, {
      IN_CHANNELS: inputChannels,
      IN_VECTORS: rowVectors,
      OUT_CHANNELS: outputChannels,
      OUT_VECTORS: columnVectors,
      KERNEL: kernel,
      STRIDE: stride,
      PADDING: padding,
      REFLECT: reflect,
      TRANSPOSED: false,
      PHASES: 1,
      COLUMN_GROUPS: columnGroups,
      ROWS: tile.rows,
      COLUMNS: tile.columns,
      GROUP_ROWS: tile.groupRows,
      GROUP_COLUMNS: tile.groupColumns,
    });
    const chunkRows = rowsOfChunk(gradient.type!, output.type!);
    const chunksOfSample = Math.ceil(outputHeight / chunkRows);
    const chunks = samples * chunksOfSample;
    const fits = Math.max(input.bytes, gradient.bytes, chunks * output.bytes) <= traits.bindingBytes;
    const partial = chunks > 1 ? { bytes: (fits ? chunks : 1) * output.bytes } : output;
    const flops = filterGradientFlops(input.type!, gradient.type!, kernel);

    const launch = (band: Band, count: number, source: Window, target: Window, continued: boolean): Launch => ({
      label: `filter gradient [${output.type!.shape}] of ${inputWidth}x${inputHeight}`,
      shader,
      bindings: [source.binding, target.binding, { operand: partial }],
      parameters: new Uint32Array([
        ...[count === 1 ? 1 : samples, inputHeight, inputWidth, outputWidth],
        ...[band.output.first, band.output.end - band.output.first],
        ...[band.input.first, band.input.end - band.input.first],
        ...[source.offset, target.offset, 0, 0],
        ...[chunkRows, count === 1 ? 1 : chunksOfSample, Number(continued), 0],
      ]),
      workgroups: [rowGroups * columnGroups, kernel * kernel, count],
      flops: (flops * (band.output.end - band.output.first) * (count === 1 ? 1 : samples)) / (outputHeight * samples),
    });
    const total = (count: number, continued: boolean): Launch[] =>
      chunks === 1
        ? []
        : [
            {
              label: `filter gradient [${output.type!.shape}], sum of chunks`,
              shader: composeShader(sum, { LANES: lanes, COUNT: output.bytes / 16 }),
              bindings: [{ operand: partial }, { operand: output }],
              parameters: new Uint32Array([count, Number(continued), 0, 0]),
              workgroups: foldWorkgroups(traits, output.bytes / 16, lanes),
              flops: (count * output.bytes) / 4,
            },
          ];

    if (fits) {
      const whole: Band = { sample: 0, output: { first: 0, end: outputHeight }, input: { first: 0, end: inputHeight } };
      const all = (operand: Operand) => ({ binding: { operand }, offset: 0 });
      return [launch(whole, chunks, all(input), all(gradient), false), ...total(chunks, false)];
    }
    const geometry = { input: input.type!, kernel, stride, padding, reflect, transposed: false };
    const inputRows = (rows: Rows) => rowsRead(geometry, rows);
    return Array.from({ length: chunks }, (_, chunk) => {
      const sample = Math.floor(chunk / chunksOfSample);
      const first = (chunk % chunksOfSample) * chunkRows;
      const rows = { first, end: Math.min(first + chunkRows, outputHeight) };
      const bands = cutRows(traits, input.type!, gradient.type!, inputRows, rows);
      return [
        ...bands.map((output, index) => {
          const band = { sample, output, input: inputRows(output) };
          const source = bindRows(traits, input, input.type!, sample, band.input);
          const target = bindRows(traits, gradient, gradient.type!, sample, output);
          return launch(band, 1, source, target, index > 0);
        }),
        ...total(1, chunk > 0),
      ];
    }).flat();
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
    sample([2, 20, 17, 31], 36, 3, { stride: 1, padding: 1, reflect: true }),
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
