// From a filter gradient's shapes to its launches: the partial sums of chunks, in one launch or
// several, and the sum of the partial sums.

import broadcast from "../../../shaders/convolution/filter-gradient/broadcast.wgsl";
import naive from "../../../shaders/convolution/filter-gradient/naive.wgsl";
import narrow from "../../../shaders/convolution/filter-gradient/narrow.wgsl";
import quads from "../../../shaders/convolution/filter-gradient/quads.wgsl";
import registers from "../../../shaders/convolution/filter-gradient/registers.wgsl";
import sum from "../../../shaders/convolution/filter-gradient/sum.wgsl";
import tiled from "../../../shaders/convolution/filter-gradient/tiled.wgsl";
import { bandOf, rowBytes, wholeBand, type Band } from "../core/bands.ts";
import { foldWorkgroups, lanes } from "../core/launch.ts";
import {
  byteLength,
  elements,
  vectors,
  type Launch,
  type Operand,
  type TensorType,
  type Traits,
} from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";
import type { FilterGradientVariant } from "./filter-gradient-variants.ts";
import { bandUniforms, rowsRead, type ConvolutionAttributes, type Geometry } from "./geometry.ts";

/** The attributes of the convolution, and the side of its kernel in pixels. */
export interface FilterGradientAttributes extends ConvolutionAttributes {
  kernel: number;
}

export function filterGradientFlops(input: TensorType, gradient: TensorType, kernel: number): number {
  return 2 * elements(gradient) * input.shape[1] * kernel * kernel;
}

const shaders = { naive, broadcast, quads, narrow, registers, tiled };

/** The geometry of the convolution. Its output is the gradient image. */
export function filterGradientGeometry(
  input: TensorType,
  gradient: TensorType,
  attributes: FilterGradientAttributes,
): Geometry {
  const filters = [gradient.shape[1], input.shape[1], attributes.kernel, attributes.kernel];
  const label = `filter gradient [${filters}] of ${input.shape[3]}x${input.shape[2]}`;
  return { label, input, output: gradient, ...attributes, transposed: false };
}

/**
 * The number of pixels that a chunk should have, unless the partial sums of all chunks would then
 * exceed `scratchBytes`.
 */
const chunkPixels = 256;
const scratchBytes = 2 ** 24;
/** The maximum bytes of a chunk. Every device can bind that much. */
const chunkBytes = 2 ** 24;

/** Lines of the gradient image in a chunk. A chunk never spans two samples. */
function linesOfChunk(input: TensorType, gradient: TensorType, filters: TensorType, stride: number): number {
  const [samples, , height, width] = gradient.shape;
  const most = Math.max(1, Math.floor(scratchBytes / byteLength(filters) / samples));
  const chunksOfSample = Math.max(1, Math.min(Math.ceil((height * width) / chunkPixels), most));
  const lineBytes = Math.max(rowBytes(gradient), stride * rowBytes(input));
  return Math.max(1, Math.min(Math.ceil(height / chunksOfSample), Math.floor(chunkBytes / lineBytes)));
}

/** The chunks of a launch. */
export interface Chunks {
  /** Lines of the gradient image in each chunk; the last of a sample may have fewer. */
  readonly lines: number;
  readonly ofSample: number;
  readonly count: number;
}

/** The constants of a variant's shader: its tile, unless it has only one. */
function tileOf(variant: FilterGradientVariant): Record<string, number> {
  const { kind, rows, columns, groupRows, groupColumns, pixels } = variant;
  const groups = { GROUP_ROWS: groupRows, GROUP_COLUMNS: groupColumns };
  if (kind === "quads" || kind === "narrow") return {};
  if (kind === "naive") return groups;
  if (kind === "broadcast") return { COLUMNS: columns, LANES: groupRows };
  return { COLUMNS: columns, ...groups, ...(kind === "tiled" && { ROWS: rows }), ...(pixels && { PIXELS: pixels }) };
}

/** The launch that writes the partial sum of each chunk to `partial`. */
export function launchChunks(
  geometry: Geometry,
  variant: FilterGradientVariant,
  { lines, ofSample, count }: Chunks,
  band: Band,
  partial: Operand,
): Launch {
  const { kind, rows, columns, groupRows, groupColumns } = variant;
  const { label, input, output: gradient, kernel } = geometry;
  const [samples, outputChannels, height] = gradient.shape;
  const inputChannels = input.shape[1];
  const rowGroups = Math.ceil((kernel * kernel * vectors(inputChannels)) / (groupRows * rows));
  const columnGroups = Math.ceil(vectors(outputChannels) / (groupColumns * columns));
  const shader = composeShader(shaders[kind], tileOf(variant));
  return {
    label,
    shader,
    bindings: [band.source.binding, band.target.binding, { operand: partial }],
    parameters: uniforms(shader, {
      ...bandUniforms(geometry, band, { columnGroups }),
      ...{ chunkLines: lines, chunksOfSample: ofSample, inChannels: inputChannels, outChannels: outputChannels },
    }),
    workgroups: [rowGroups * columnGroups, count, 1],
    flops: (filterGradientFlops(input, gradient, kernel) * count) / (samples * Math.ceil(height / lines)),
  };
}

/** The launches of a given variant: the partial sums, then their sum. */
export function launchFilterGradient(
  traits: Traits,
  [input, gradient]: readonly Operand[],
  output: Operand,
  attributes: FilterGradientAttributes,
  variant: FilterGradientVariant,
): Launch[] {
  const [inputType, gradientType] = [input.type!, gradient.type!];
  const [samples, , height] = gradientType.shape;
  const geometry = filterGradientGeometry(inputType, gradientType, attributes);

  const lines = linesOfChunk(inputType, gradientType, output.type!, attributes.stride);
  const chunksOfSample = Math.ceil(height / lines);
  const chunks = samples * chunksOfSample;
  const whole = Math.max(input.bytes, gradient.bytes, chunks * output.bytes) <= traits.bindingBytes;
  const partial = chunks > 1 ? { bytes: (whole ? chunks : 1) * output.bytes } : output;

  const sumShader = composeShader(sum, { LANES: lanes });
  const total = (count: number, continued: boolean): Launch => ({
    label: `${geometry.label}, sum of chunks`,
    shader: sumShader,
    bindings: [{ operand: partial }, { operand: output }],
    parameters: uniforms(sumShader, { count: output.bytes / 16, chunks: count, continued }),
    workgroups: foldWorkgroups(traits, output.bytes / 16, lanes),
    flops: (count * output.bytes) / 4,
  });

  if (whole) {
    const together = { lines, ofSample: chunksOfSample, count: chunks };
    const first = launchChunks(geometry, variant, together, wholeBand(input, gradient), partial);
    return chunks > 1 ? [first, total(chunks, false)] : [first];
  }
  return Array.from({ length: chunks }, (_, chunk) => {
    const sample = Math.floor(chunk / chunksOfSample);
    const first = (chunk % chunksOfSample) * lines;
    const rows = { first, end: Math.min(first + lines, height) };
    const band = bandOf(traits, input, gradient, sample, rows, rowsRead(geometry, rows));
    const launch = launchChunks(geometry, variant, { lines, ofSample: 1, count: 1 }, band, partial);
    return chunks > 1 ? [launch, total(1, chunk > 0)] : [launch];
  }).flat();
}
