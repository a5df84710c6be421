// The interface of a method in the grid bench.

import { pixelsOf, type Image } from "../../src/picture/image.ts";

export interface Answer {
  /** Columns and rows. */
  readonly size: readonly [number, number];
  readonly phase?: readonly [number, number] | undefined;
  readonly confidence?: number | undefined;
}

/** Undefined if the method finds no grid. */
export type GridMethod = (image: Image) => Promise<Answer | undefined> | Answer | undefined;

/** A picture's grey levels, as a row-major plane. */
export function greyOf({ width, height, data }: Image): Float64Array {
  return Float64Array.from({ length: width * height }, (_, i) => {
    const share = data[4 * i + 3] / 255;
    return share * (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]);
  });
}

export function transposed(image: Image): Image {
  const from = pixelsOf(image);
  const { width, height } = image;
  const pixels = Uint32Array.from(from, (_, i) => from[(i % height) * width + Math.floor(i / height)]);
  return { ...image, width: height, height: width, data: new Uint8ClampedArray(pixels.buffer) };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** The number of columns and rows, from the steps. */
export function sizeOf({ width, height }: Image, x: number, y: number): [number, number] {
  return [Math.max(1, Math.round(width / x)), Math.max(1, Math.round(height / y))];
}
