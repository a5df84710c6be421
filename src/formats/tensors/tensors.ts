// Named tensors as files hold them: a name, an element type, a shape and bytes. All formats read
// and write this type. Bytes are little-endian, contiguous and in C order. Every machine that
// WebGPU runs on is little-endian too, so typed arrays can view them directly.

import { UserError } from "../../errors.ts";
import { float16ToNumber, largestFloat16, numberToFloat16 } from "../../float16.ts";
import { isPrintable } from "../../printable.ts";

/** Bytes per element of each element type, under PyTorch's names. */
export const bytesPerElement = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float64: 8,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
} as const;

export type DType = keyof typeof bytesPerElement;

export interface NamedTensor {
  name: string;
  dtype: DType;
  shape: number[];
  /**
   * Little-endian, contiguous, C order. It may be a view of the file's bytes, so copy it before you
   * change it.
   */
  data: Uint8Array;
}

/** Whether a text may be a tensor's name: printable, and at most 512 characters long. */
export function isTensorName(text: string): boolean {
  return text.length <= 512 && isPrintable(text);
}

/** The number of elements of a shape; 1 for a scalar, whose shape is []. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

export function isFloating(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float16" || dtype === "bfloat16" || dtype === "float64";
}

/**
 * The elements as float32, always a copy. Exact for float16, bfloat16 and small integers; float64
 * and large integers are rounded to the nearest value. A bool becomes 0 or 1.
 */
export function toFloat32(tensor: NamedTensor): Float32Array<ArrayBuffer> {
  const { buffer } = new Uint8Array(tensor.data); // a copy; the slice() of Node's Buffer would not be one
  switch (tensor.dtype) {
    case "float32":
      return new Float32Array(buffer);
    case "float64":
      return new Float32Array(new Float64Array(buffer));
    case "float16":
      return map(new Uint16Array(buffer), float16ToNumber);
    case "bfloat16":
      return bfloat16ToFloat32(new Uint16Array(buffer));
    case "int64":
      return map(new BigInt64Array(buffer), Number);
    case "int32":
      return new Float32Array(new Int32Array(buffer));
    case "int16":
      return new Float32Array(new Int16Array(buffer));
    case "int8":
      return new Float32Array(new Int8Array(buffer));
    case "uint8":
      return new Float32Array(new Uint8Array(buffer));
    case "bool":
      return map(new Uint8Array(buffer), (byte) => (byte === 0 ? 0 : 1));
  }
}

/** Many times faster than Float32Array.from. */
function map<T extends number | bigint>(source: ArrayLike<T>, convert: (value: T) => number) {
  const result = new Float32Array(source.length);
  for (let i = 0; i < source.length; i++) result[i] = convert(source[i]);
  return result;
}

/** A bfloat16 is the upper half of a float32. */
function bfloat16ToFloat32(source: Uint16Array) {
  const bits = new Uint32Array(source.length);
  for (let i = 0; i < source.length; i++) bits[i] = source[i] << 16;
  return new Float32Array(bits.buffer);
}

/** A float32 tensor from its values, in C order. */
export function float32Tensor(name: string, shape: number[], values: Float32Array): NamedTensor {
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, dtype: "float32", shape, data };
}

/**
 * The tensor in half precision, each value rounded to the nearest, ties to even. Integers and bools
 * stay as they are. Throws if a finite value would become infinite.
 */
export function toHalf(tensor: NamedTensor): NamedTensor {
  if (!isFloating(tensor.dtype) || tensor.dtype === "float16") return tensor;
  const values = tensor.dtype === "float64" ? new Float64Array(new Uint8Array(tensor.data).buffer) : toFloat32(tensor);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    halves[i] = numberToFloat16(values[i]);
    if ((halves[i] & 0x7fff) === 0x7c00 && Number.isFinite(values[i])) {
      throw new UserError(
        `The tensor ${tensor.name} holds ${values[i]}, which half precision cannot represent: its largest number is ${largestFloat16}. ` +
          "Keep this file in its current precision.",
      );
    }
  }
  return { ...tensor, dtype: "float16", data: new Uint8Array(halves.buffer) };
}

/**
 * A size, offset or stride: a non-negative integer, small enough that sums of products remain
 * finite.
 */
export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 2 ** 40;
}
