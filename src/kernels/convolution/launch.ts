// From a convolution's shapes to its launches: which shader, with what tile, and one launch for
// each band of the image. Except for the tile, everything about a layer reaches the shader as
// uniforms, so one compiled kernel serves all layers.

import broadcast from "../../../shaders/convolution/broadcast.wgsl";
import naive from "../../../shaders/convolution/naive.wgsl";
import narrow from "../../../shaders/convolution/narrow.wgsl";
import prefetched from "../../../shaders/convolution/prefetched.wgsl";
import quads from "../../../shaders/convolution/quads.wgsl";
import registers from "../../../shaders/convolution/registers.wgsl";
import tiled from "../../../shaders/convolution/tiled.wgsl";
import { bandsOf, type Band, type Rows } from "../core/bands.ts";
import {
  elements,
  precisionOf,
  vectors,
  type Launch,
  type Operand,
  type TensorType,
  type Traits,
} from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";
import type { ConvolutionVariant } from "./variants.ts";

const shaders = { naive, broadcast, quads, narrow, registers, tiled, prefetched };

/**
 * torch.nn.functional.conv2d with a square kernel. With `reflect` the padding mirrors the image, as
 * a torch.nn.ReflectionPad2d in front of the convolution would.
 */
export interface ConvolutionAttributes {
  stride: number;
  padding: number;
  reflect: boolean;
}

/** The length of a side of the output. */
export function sizeConvolved(
  size: number,
  kernel: number,
  { stride, padding }: { stride: number; padding: number },
): number {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
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

export function convolutionFlops({ input, output, kernel, transposed }: Geometry): number {
  const [image, channels] = transposed ? [input, output.shape[1]] : [output, input.shape[1]];
  return 2 * elements(image) * channels * kernel * kernel;
}

/** The constants of a variant's shader: its tile, unless it has only one. */
function tileOf({ kind, rows, columns, groupRows, groupColumns, depth }: ConvolutionVariant): Record<string, number> {
  const groups = { GROUP_ROWS: groupRows, GROUP_COLUMNS: groupColumns };
  if (kind === "naive") return groups;
  if (kind === "quads") return {};
  if (kind === "narrow") return { LANES: groupRows };
  const tile = { ROWS: rows, COLUMNS: columns };
  return kind === "broadcast"
    ? { ...tile, LANES: groupColumns }
    : { ...tile, ...groups, ...(depth && { DEPTH: depth }) };
}

/** The launches of a convolution with a given variant: one for each band of the image. */
export function launchConvolution(
  traits: Traits,
  geometry: Geometry,
  [input, filters, bias]: readonly Operand[],
  output: Operand,
  variant: ConvolutionVariant,
): Launch[] {
  const [samples, , outputHeight, outputWidth] = geometry.output.shape;
  const { kind, rows, columns, groupRows, groupColumns } = variant;
  const shader = composeShader(shaders[kind], tileOf(variant), precisionOf(input, filters, output));

  const phases = geometry.transposed ? geometry.stride : 1;
  const columnGroups = Math.ceil(vectors(geometry.output.shape[1]) / (groupColumns * columns));
  return bandsOf(traits, input, output, (rows) => rowsRead(geometry, rows), { multiple: phases }).map((band) => {
    const height = band.output.end - band.output.first;
    const pixels = band.samples * Math.ceil(height / phases) * Math.ceil(outputWidth / phases);
    const tiles = Math.ceil(pixels / (groupRows * rows));
    const x = Math.min(tiles, traits.workgroupsPerDimension);
    return {
      label: geometry.label,
      shader,
      // Without a bias, the filters are bound in its place, and the shader ignores what it reads
      // there.
      bindings: [band.source.binding, { operand: filters }, { operand: bias ?? filters }, band.target.binding],
      parameters: uniforms(shader, bandUniforms(geometry, band, { biased: bias !== undefined, columnGroups })),
      workgroups: [x, Math.ceil(tiles / x), phases * phases * columnGroups],
      flops: (convolutionFlops(geometry) * height * band.samples) / (outputHeight * samples),
    };
  });
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
