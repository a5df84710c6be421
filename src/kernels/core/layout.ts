// Converts between PyTorch's order of numbers (images are [N, C, H, W]) and the device layout
// (images are NHWC in vec4s). No other file knows both.

import { byteLength, elements, vectors, type TensorType } from "./operation.ts";

/**
 * Calls `visit(element, place)` for each element in PyTorch's order, with its index in device
 * memory, in floats.
 */
function forEachPlace({ layout, shape }: TensorType, visit: (element: number, place: number) => void): void {
  if (layout === "vector" || layout === "pixels") {
    for (let i = 0; i < elements({ shape }); i++) visit(i, i);
    return;
  }
  const [first, second, height, width] = shape;
  let element = 0;
  for (let a = 0; a < first; a++) {
    for (let b = 0; b < second; b++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const position = y * width + x;
          if (layout === "image") {
            visit(element++, (a * height * width + position) * 4 * vectors(second) + b);
          } else {
            const [input, output] = layout === "filter" ? [b, a] : [a, b];
            const [inputs, outputs] = layout === "filter" ? [second, first] : [first, second];
            visit(element++, (position * 4 * vectors(inputs) + input) * 4 * vectors(outputs) + output);
          }
        }
      }
    }
  }
}

/** Numbers in PyTorch's order -> the device layout in float32, with zeros as padding. */
export function pack(type: TensorType, values: ArrayLike<number>): Float32Array<ArrayBuffer> {
  if (values.length !== elements(type)) {
    throw new RangeError(`${type.layout} [${type.shape}] takes ${elements(type)} numbers, not ${values.length}.`);
  }
  const packed = new Float32Array(byteLength({ ...type, half: false }) / 4);
  forEachPlace(type, (element, place) => (packed[place] = values[element]));
  return packed;
}

/** The inverse of `pack`. */
export function unpack(type: TensorType, packed: Float32Array): Float32Array {
  const values = new Float32Array(elements(type));
  forEachPlace(type, (element, place) => (values[element] = packed[place]));
  return values;
}
