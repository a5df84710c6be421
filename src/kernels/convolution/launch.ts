// From a convolution's shapes to its launches: which shader, with what tile, and one launch for each band of the image.
// Everything about a layer but the tile reaches the shader as parameters, so that one compiled kernel serves all layers.

import broadcast from "../../../shaders/convolution/broadcast.wgsl";
import registers from "../../../shaders/convolution/registers.wgsl";
import tiled from "../../../shaders/convolution/tiled.wgsl";
import { bandsOf, bindRows, type Band, type Rows } from "../core/bands.ts";
import type { ConvolutionVariant } from "./variants.ts";
import { elements, vectors, type Launch, type Operand, type TensorType, type Traits } from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";

const shaders = { broadcast, registers, tiled };

/** torch.nn.functional.conv2d, square kernel; `reflect` mirrors at the border as ReflectionPad2d in front of it does. */
export interface ConvolutionAttributes {
  stride: number;
  padding: number;
  reflect: boolean;
}

/** How long a side becomes. */
export function sizeConvolved(
  size: number,
  kernel: number,
  { stride, padding }: { stride: number; padding: number },
): number {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

/** What both directions have in common, once shapes and attributes are known. */
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

/** The launches of a convolution with a given variant: one for each band of the image. */
export function launchConvolution(
  traits: Traits,
  geometry: Geometry,
  [input, filters, bias]: readonly Operand[],
  output: Operand,
  variant: ConvolutionVariant,
): Launch[] {
  const [samples, , outputHeight, outputWidth] = geometry.output.shape;
  const { kind, rows, columns, groupRows, groupColumns, depth } = variant;
  const tile: Record<string, number> = { ROWS: rows, COLUMNS: columns };
  if (kind === "broadcast") tile.LANES = groupColumns;
  else Object.assign(tile, { GROUP_ROWS: groupRows, GROUP_COLUMNS: groupColumns }, depth && { DEPTH: depth });
  const shader = composeShader(shaders[kind], tile);

  const phases = geometry.transposed ? geometry.stride : 1;
  const columnGroups = Math.ceil(vectors(geometry.output.shape[1]) / (groupColumns * columns));
  const bands = bandsOf(traits, geometry.input, geometry.output, (rows) => rowsRead(geometry, rows), phases);
  return (bands ?? [wholeOf(geometry)]).map((band) => {
    const height = band.output.end - band.output.first;
    const batch = bands ? 1 : samples;
    const source = bands
      ? bindRows(traits, input, geometry.input, band.sample, band.input)
      : { binding: { operand: input }, offset: 0 };
    const target = bands
      ? bindRows(traits, output, geometry.output, band.sample, band.output)
      : { binding: { operand: output }, offset: 0 };
    const pixels = batch * Math.ceil(height / phases) * Math.ceil(outputWidth / phases);
    const tiles = Math.ceil(pixels / (groupRows * rows));
    const x = Math.min(tiles, traits.workgroupsPerDimension);
    return {
      label: geometry.label,
      shader,
      // Where there is no bias the filters stand in its place: the shader never uses what it reads there.
      bindings: [source.binding, { operand: filters }, { operand: bias ?? filters }, target.binding],
      parameters: new Uint32Array([
        ...bandParameters(geometry, band, batch, source.offset, target.offset),
        Number(bias !== undefined),
        columnGroups,
      ]),
      workgroups: [x, Math.ceil(tiles / x), phases * phases * columnGroups],
      flops: (convolutionFlops(geometry) * height * batch) / (outputHeight * samples),
    };
  });
}

/** The band that is the whole image. */
export function wholeOf({ input, output }: Pick<Geometry, "input" | "output">): Band {
  return {
    sample: 0,
    output: { first: 0, end: output.shape[2] },
    input: { first: 0, end: input.shape[2] },
  };
}

/** All but the last two numbers of the struct Band in geometry.wgsl. Offsets are in vec4s. */
export function bandParameters(
  { input, output, kernel, stride, padding, reflect, transposed }: Omit<Geometry, "label">,
  band: Band,
  samples: number,
  inputOffset: number,
  outputOffset: number,
): number[] {
  return [
    ...[samples, input.shape[2], input.shape[3], output.shape[3]],
    ...[band.output.first, band.output.end - band.output.first],
    ...[band.input.first, band.input.end - band.input.first],
    ...[inputOffset, outputOffset],
    ...[vectors(input.shape[1]), vectors(output.shape[1])],
    ...[kernel, padding, transposed ? 1 : stride, transposed ? stride : 1],
    ...[Number(reflect), Number(transposed)],
  ];
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
  // What lies so far beyond a border is mirrored so far into the image.
  const [mirroredTop, mirroredBottom] = [-first, 2 * (height - 1) - last];
  return {
    first: inside(Math.min(inside(first), mirroredBottom)),
    end: inside(Math.max(inside(last), mirroredTop)) + 1,
  };
}
