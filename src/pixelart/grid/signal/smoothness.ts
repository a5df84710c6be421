// Whether nothing was done to a picture since a filter enlarged or blurred it. Then the neighbours
// of each pixel predict it up to rounding, and equally well everywhere. Compression leaves larger
// errors, above all where its blocks meet, and so does the detail of other pictures. So the edges
// of such a picture are not those of blocks.

import type { Image } from "../../../picture/image.ts";
import { addLine, emptyProducts, errorOf, isEnough } from "./interpolation.ts";
import { block } from "./jpeg-blocks.ts";

/** The largest mean squared error that is still rounding, in levels. */
const mostError = 0.36;

/**
 * Where blocks meet, the error is more than this many times that of all places in a block. Errors
 * below `trifling` are uneven for other reasons.
 */
const mostUneven = 1.4;
const trifling = 0.1;

/** Larger pictures are subsampled to about this many rows and columns. */
const enoughLines = 32;

/** Whether both rows and columns are smooth up to rounding, at all places of a block. */
export function isSmooth(image: Image): boolean {
  const { width, height } = image;
  return isSmoothAlong(image, width, height, 1, width) && isSmoothAlong(image, height, width, width, 1);
}

function isSmoothAlong(image: Image, length: number, lines: number, stride: number, lineStride: number): boolean {
  const products = emptyProducts(block);
  const counts = new Uint32Array(block);
  const places = Uint8Array.from({ length }, (_, i) => i % block);
  const lights = new Float32Array(length);
  const every = Math.max(1, Math.floor(lines / enoughLines));
  for (let line = 0; line < lines; line += every) {
    const clipped = readLine(image, line * lineStride, stride, lights);
    // Sharp filters overshoot. What was clipped then cannot be predicted.
    let from = 0;
    for (const to of [...clipped, length]) {
      addLine(lights, from, to, places, products, counts);
      from = to + 1;
    }
  }
  if (!isEnough(counts)) return false;
  const errors = products.map((own, place) => errorOf(own, counts[place]) / counts[place]);
  const mean = errors.reduce((sum, error) => sum + error, 0) / block;
  return Math.max(...errors) < Math.min(mostError, mostUneven * Math.max(mean, trifling));
}

/** @returns where a colour is as dark or as bright as can be */
function readLine({ data, hasAlpha }: Image, first: number, stride: number, lights: Float32Array): number[] {
  const clipped: number[] = [];
  for (let i = 0, at = 4 * first; i < lights.length; i++, at += 4 * stride) {
    const share = hasAlpha ? data[at + 3] / 255 : 1;
    const red = data[at] * share;
    const green = data[at + 1] * share;
    const blue = data[at + 2] * share;
    if (Math.min(red, green, blue) === 0 || Math.max(red, green, blue) === 255) clipped.push(i);
    lights[i] = 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  return clipped;
}
