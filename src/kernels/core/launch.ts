// Launches of kernels whose lanes share nothing, one lane per vec4 or per item, in as many
// dispatches as the binding limits require. Work launched through these functions is cut correctly
// for any limit.

import { bandsOf, runsOf, type Rows } from "./bands.ts";
import { vectorBytes, vectors, type Binding, type Launch, type Operand, type Traits } from "./operation.ts";
import { uniformFields, uniforms } from "./uniforms.ts";

/** Workgroup size of all kernels whose lanes share nothing. */
export const lanes = 64;

/**
 * The size of a workgroup of a reduction over pixels: this many chunks of pixels, and this many
 * vec4s of channels.
 */
export const chunksOfGroup = 64;
export const columnsOfGroup = 4;

/**
 * The pixels of a chunk of such a reduction. Small images have small chunks, so that one workgroup
 * covers any image of up to 4096 pixels.
 */
export function pixelsOfChunk(pixels: number): number {
  return 16 * Math.ceil(Math.min(pixels / chunksOfGroup, 64) / 16);
}

/** Operands whose items are vec4s, for `launchFlat`. */
export function eachVector(...operands: Operand[]): { operand: Operand; bytes: number }[] {
  return operands.map((operand) => ({ operand, bytes: vectorBytes(operand) }));
}

/** The number of vec4s in an operand. */
export function vectorCount(operand: Operand): number {
  return operand.bytes / vectorBytes(operand);
}

/** What a kernel launched by `launchFlat` takes beside its operands. */
interface LaunchExtras {
  /** Bindings that every launch has whole; they come before the output. */
  readonly shared?: readonly Binding[];
  /** FLOPs of all launches together. Default: 4 per item. */
  readonly flops?: number;
  /** Additional uniforms. */
  readonly values?: Readonly<Record<string, number | boolean>>;
}

/**
 * The launches of a kernel that maps items to items at the same index: one, or one for each run
 * that can be bound.
 *
 * The uniform `count` is set to the run's length, and `first`, if the shader has it, to the run's
 * first item.
 *
 * @param operands in the order of their bindings, the output last, with the bytes of an item in
 * each
 */
export function launchFlat(
  traits: Traits,
  label: string,
  shader: string,
  count: number,
  operands: readonly { operand: Operand; bytes: number }[],
  { shared = [], flops = 4 * count, values }: LaunchExtras = {},
): Launch[] {
  return runsOf(traits, count, ...operands.map(({ bytes }) => bytes)).map((run) => {
    const ranges = operands.map(({ operand, bytes }) => ({
      operand,
      offset: run.first * bytes,
      bytes: run.count * bytes,
    }));
    const place: Record<string, number> = uniformFields(shader).includes("first") ? { first: run.first } : {};
    return {
      label,
      shader,
      bindings: [...ranges.slice(0, -1), ...shared, ranges[ranges.length - 1]],
      parameters: uniforms(shader, { count: run.count, ...place, ...values }),
      workgroups: foldWorkgroups(traits, run.count, lanes),
      flops: (flops * run.count) / count,
    };
  });
}

/**
 * The launches of a kernel from image to image, one lane per vec4 of the output: one, or one for
 * each band that can be bound. Its uniforms are those of shaders/core/band.wgsl.
 *
 * @param rowsRead gives the rows of the input that a range of rows of the output reads
 * @param flops per vec4 of the output
 * @throws RangeError if not even a row can be bound
 */
export function launchBands(
  traits: Traits,
  label: string,
  shader: string,
  [input, output]: readonly [Operand, Operand],
  rowsRead: (output: Rows) => Rows,
  flops: number,
): Launch[] {
  const [, channels, inputHeight, inputWidth] = input.type!.shape;
  const [, , outputHeight, outputWidth] = output.type!.shape;
  return bandsOf(traits, input, output, rowsRead).map((band) => {
    const outputRows = band.output.end - band.output.first;
    const count = band.samples * outputRows * outputWidth * vectors(channels);
    return {
      label,
      shader,
      bindings: [band.source.binding, band.target.binding],
      parameters: uniforms(shader, {
        count,
        ...{ inputHeight, inputWidth, inputRow: band.input.first, inputRows: band.input.end - band.input.first },
        ...{ outputHeight, outputWidth, outputRow: band.output.first, outputRows },
        ...{ inputOffset: band.source.offset, outputOffset: band.target.offset, vectors: vectors(channels) },
      }),
      workgroups: foldWorkgroups(traits, count, lanes),
      flops: flops * count,
    };
  });
}

/** Workgroups for `count` lanes, folded into two dimensions where one is not enough. */
export function foldWorkgroups(traits: Traits, count: number, lanes: number): [number, number, number] {
  const groups = Math.ceil(count / lanes);
  const columns = Math.min(groups, traits.workgroupsPerDimension);
  return [columns, Math.ceil(groups / columns), 1];
}
