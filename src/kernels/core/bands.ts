// A binding has a maximum size, so a large image is processed in bands of rows. In NHWC the rows of
// a sample are contiguous, so a band of the output needs one contiguous range of the input. Both
// are bound as ranges of the buffers that hold the whole images; nothing is copied. There can be no
// seam: every pixel is computed once, from the same inputs, in the same order of operations.

import { greatestCommonDivisor } from "../../divisors.ts";
import { byteLength, vectorBytes, type Binding, type Operand, type TensorType, type Traits } from "./operation.ts";

/** A half-open range of rows. */
export interface Rows {
  readonly first: number;
  readonly end: number;
}

/**
 * A range of an operand: its binding, which begins at an aligned byte, and the number of vec4s
 * between that byte and the range.
 */
export interface Window {
  readonly binding: Binding;
  readonly offset: number;
}

/**
 * Binds `bytes` bytes of an operand from `start` on, beginning at the last aligned byte before
 * them.
 *
 * @throws RangeError if the operand ends before; the bytes there are those of something else
 */
export function bindRange(traits: Traits, operand: Operand, start: number, bytes: number): Window {
  if (start + bytes > operand.bytes) {
    throw new RangeError(`bytes ${start} to ${start + bytes} of an operand of ${operand.bytes}`);
  }
  const offset = Math.floor(start / traits.offsetAlignment) * traits.offsetAlignment;
  return {
    binding: { operand, offset, bytes: start + bytes - offset },
    offset: (start - offset) / vectorBytes(operand),
  };
}

/** The samples, height and width of an image or of pixels. */
function rasterOf({ layout, shape }: TensorType): [samples: number, height: number, width: number] {
  return layout === "pixels" ? [shape[0], shape[1], shape[2]] : [shape[0], shape[2], shape[3]];
}

/** The bytes of one row of an image, or of pixels. */
export function rowBytes(type: TensorType): number {
  const [samples, height] = rasterOf(type);
  return byteLength(type) / (samples * height);
}

/**
 * One band of a pass from image to image, either of which may be pixels: rows of the output, the
 * rows of the input that they read, and the bindings of both.
 */
export interface Band {
  /** The first sample. */
  readonly sample: number;
  /** The number of samples: all of them if the whole image fits, else one. */
  readonly samples: number;
  readonly output: Rows;
  readonly input: Rows;
  readonly source: Window;
  readonly target: Window;
}

/** The band that covers both images entirely. */
export function wholeBand(input: Operand, output: Operand): Band {
  const [samples, height] = rasterOf(output.type!);
  return {
    sample: 0,
    samples,
    output: { first: 0, end: height },
    input: { first: 0, end: rasterOf(input.type!)[1] },
    source: bindWhole(input),
    target: bindWhole(output),
  };
}

export function bindWhole(operand: Operand): Window {
  return { binding: { operand }, offset: 0 };
}

/** Optional constraints for `bandsOf`. */
export interface BandLimits {
  /** Every band but the last has a multiple of this many rows. Default: 1. */
  readonly multiple?: number;
  /** The maximum rows of a band, a multiple of `multiple`. Default: no limit. */
  readonly most?: number;
}

/**
 * Cuts a pass from image to image into bands that can be bound; one band if the whole image fits.
 *
 * @param inputRows gives the rows of the input that a range of rows of the output reads
 * @throws RangeError if not even a band of the smallest height can be bound
 */
export function bandsOf(
  traits: Traits,
  input: Operand,
  output: Operand,
  inputRows: (output: Rows) => Rows,
  { multiple = 1, most = Infinity }: BandLimits = {},
): Band[] {
  const [from, to] = [input.type!, output.type!];
  const [samples, height, width] = rasterOf(to);
  if (Math.max(byteLength(from), byteLength(to)) <= traits.bindingBytes && samples * height <= most)
    return [wholeBand(input, output)];
  const room = traits.bindingBytes - traits.offsetAlignment;
  const fits = (rows: Rows) => {
    const read = inputRows(rows);
    const count = rows.end - rows.first;
    return count * rowBytes(to) <= room && (read.end - read.first) * rowBytes(from) <= room && count <= most;
  };
  const bands: Band[] = [];
  for (let sample = 0; sample < samples; sample++) {
    for (let first = 0; first < height;) {
      let count = multiple;
      while (first + count < height && fits({ first, end: Math.min(first + count + multiple, height) }))
        count += multiple;
      const rows = { first, end: Math.min(first + count, height) };
      if (!fits(rows)) throw new RangeError(`A row of an image ${width} pixels wide exceeds the device's bindings.`);
      bands.push(bandOf(traits, input, output, sample, rows, inputRows(rows)));
      first = rows.end;
    }
  }
  return bands;
}

/** Binds rows of one sample's output and the input rows that they read. */
export function bandOf(
  traits: Traits,
  input: Operand,
  output: Operand,
  sample: number,
  rows: Rows,
  inputRows: Rows,
): Band {
  return {
    sample,
    samples: 1,
    output: rows,
    input: inputRows,
    source: bindRows(traits, input, sample, inputRows),
    target: bindRows(traits, output, sample, rows),
  };
}

/** The byte range of some rows of one sample. */
export function bindRows(traits: Traits, operand: Operand, sample: number, { first, end }: Rows): Window {
  const bytes = rowBytes(operand.type!);
  const [, height] = rasterOf(operand.type!);
  return bindRange(traits, operand, (sample * height + first) * bytes, (end - first) * bytes);
}

/**
 * Cuts `count` items into runs that can be bound and that start at aligned bytes.
 *
 * @param bytes the bytes of an item in each operand
 * @throws RangeError if not even the shortest such run can be bound
 */
export function runsOf(traits: Traits, count: number, ...bytes: number[]): { first: number; count: number }[] {
  const { bindingBytes, offsetAlignment } = traits;
  const widest = Math.max(...bytes);
  if (count * widest <= bindingBytes) return [{ first: 0, count }];
  // Alignments are powers of two, so the largest of the steps is a multiple of the others.
  const step = Math.max(...bytes.map((size) => offsetAlignment / greatestCommonDivisor(offsetAlignment, size)));
  const limit = Math.floor(Math.floor(bindingBytes / widest) / step) * step;
  if (limit < 1) {
    throw new RangeError(`${step} x ${widest} bytes cannot be cut further, and a binding has ${bindingBytes}.`);
  }
  const runs = [];
  for (let first = 0; first < count; first += limit) runs.push({ first, count: Math.min(limit, count - first) });
  return runs;
}
