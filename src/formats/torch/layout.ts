// Converts PyTorch's tensors to contiguous, little-endian bytes in C order. A tensor may have any
// strides, and several may share a storage. Only those that are not already in this form are
// copied.

import { UserError } from "../../errors.ts";
import { bytesPerElement, elementCount, type NamedTensor } from "../tensors/tensors.ts";
import type { Storage, TensorView } from "./objects.ts";

/**
 * The limit for all copies of non-contiguous tensors. Each element counts as at least four bytes,
 * since small ones take as long to copy. A U-Net of 54 million float32 weights just fits.
 */
const maximumCopiedBytes = 208 * 1024 * 1024;
/** Tensors that share storages may in total exceed the file's size by this much. */
const maximumSharedBytes = 32 * 1024 * 1024;

export interface NamedView {
  readonly name: string;
  readonly tensor: TensorView;
}

/** The bytes of a file's storages. */
export interface StorageBytes {
  readonly data: ReadonlyMap<Storage, Uint8Array>;
  readonly fileSize: number;
  readonly bigEndian: boolean;
}

/**
 * The tensors' bytes in C order, little-endian: views if the file has them in that form, otherwise
 * copies.
 */
export function copyTensors(named: readonly NamedView[], { data, fileSize, bigEndian }: StorageBytes): NamedTensor[] {
  let copied = 0;
  let total = 0;
  for (const { tensor } of named) {
    const count = elementCount(tensor.shape);
    const size = bytesPerElement[tensor.storage.dtype];
    total += count * size;
    if (bigEndian || !isContiguous(tensor)) copied += count * Math.max(size, 4);
  }
  if (total > fileSize + maximumSharedBytes) {
    throw new UserError("The file's tensors overlap and would expand to far more than the file holds; refused.");
  }
  if (copied > maximumCopiedBytes) {
    throw new UserError(
      "The file's tensors are not stored in order, and reordering them takes too much memory: save them with " +
        "tensor.contiguous().",
    );
  }
  return named.map(({ name, tensor }) => {
    const { dtype } = tensor.storage;
    const size = bytesPerElement[dtype];
    const storage = data.get(tensor.storage)!;
    const start = tensor.offset * size;
    const length = elementCount(tensor.shape) * size;
    const contiguous = isContiguous(tensor);
    let bytes = contiguous ? storage.subarray(start, start + length) : gather(tensor, storage, length);
    if (bigEndian) bytes = reverseElements(contiguous ? bytes.slice() : bytes, size);
    return { name, dtype, shape: tensor.shape, data: bytes };
  });
}

function isContiguous({ shape, strides }: TensorView): boolean {
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== expected) return shape.includes(0);
    expected *= shape[i];
  }
  return true;
}

/** The elements, in C order, of a tensor with at least one dimension and any strides. */
function gather({ storage: { dtype }, offset, shape, strides }: TensorView, storage: Uint8Array, length: number) {
  const size = bytesPerElement[dtype];
  const result = new Uint8Array(length);
  let to = 0;
  const walk = (dimension: number, from: number): void => {
    const step = strides[dimension] * size;
    for (let i = 0; i < shape[dimension]; i++, from += step) {
      if (dimension + 1 < shape.length) walk(dimension + 1, from);
      else for (let byte = 0; byte < size; byte++) result[to++] = storage[from + byte];
    }
  };
  walk(0, offset * size);
  return result;
}

/** Converts big-endian elements to little-endian in place. */
function reverseElements(bytes: Uint8Array, size: number): Uint8Array {
  for (let at = 0; at < bytes.length; at += size) {
    for (let low = at, high = at + size - 1; low < high; low++, high--) {
      [bytes[low], bytes[high]] = [bytes[high], bytes[low]];
    }
  }
  return bytes;
}
