// Resize with the same bytes as Pillow's `Image.resize` (Resample.c of Pillow 3.1 to 11): bicubic,
// because the networks were trained on its output, and the filters of other trainers' loaders.
//
// The cubic filter is Keys' with a = -0.5. When a picture shrinks a filter is stretched by the
// same factor, so that every source pixel counts (antialiasing). Weights are computed in double
// precision, rounded to 22-bit fixed point, and applied in two passes, rows first, with the result
// of the first pass rounded and clamped to 8 bits.

import { pixelsOf, type Image } from "./image.ts";

const fractionBits = 22;
const roundingHalf = 1 << (fractionBits - 1);

/** Pillow's names. */
export type ResizeFilter = "nearest" | SmoothFilter;

type SmoothFilter = keyof typeof kernels;

/** `resize` with the filter that the networks were trained with. */
export function resizeBicubic(image: Image, width: number, height: number): Image {
  return resize(image, width, height, "bicubic");
}

/**
 * Resizes to exactly `width` x `height`; R, G, B and A are filtered independently of each other.
 * Returns the same picture if it has that size already.
 */
export function resize(image: Image, width: number, height: number, filter: ResizeFilter): Image {
  if (width === image.width && height === image.height) return image;
  if (filter === "nearest") return resizeNearest(image, width, height);
  let { data } = image;
  if (width !== image.width) data = resizeRows(data, image.width, image.height, width, filter);
  if (height !== image.height) data = resizeColumns(data, width, image.height, height, filter);
  return { width, height, data, hasAlpha: image.hasAlpha };
}

function resizeNearest(image: Image, width: number, height: number): Image {
  const source = pixelsOf(image);
  const target = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * image.height) / height) * image.width;
    for (let x = 0; x < width; x++) target[y * width + x] = source[row + Math.floor(((x + 0.5) * image.width) / width)];
  }
  return { width, height, data: new Uint8ClampedArray(target.buffer), hasAlpha: image.hasAlpha };
}

/**
 * Shrinks so that the longer side is at most `longestSide`, keeping the aspect; never enlarges,
 * never below one pixel.
 */
export function fitWithin(image: Image, longestSide: number): Image {
  const { width, height } = fittedSize(image.width, image.height, longestSide);
  return resizeBicubic(image, width, height);
}

/** The size that `fitWithin` gives, for planning before decoding. */
export function fittedSize(width: number, height: number, longestSide: number): { width: number; height: number } {
  const factor = Math.min(1, longestSide / Math.max(width, height));
  const fitted = (side: number) => Math.max(1, Math.round(side * factor));
  return { width: fitted(width), height: fitted(height) };
}

/**
 * For every output position: the first source position it reads, how many it reads, and their
 * weights.
 */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `stride` weights for each output position, in fixed point. */
  readonly weights: Int32Array;
  readonly stride: number;
}

function cubic(x: number): number {
  const a = -0.5;
  x = Math.abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

function lanczos(x: number): number {
  return Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The weight of a source pixel at a distance, and the largest distance with a weight. */
const kernels = {
  box: { weight: (x: number) => (x > -0.5 && x <= 0.5 ? 1 : 0), support: 0.5 },
  bilinear: { weight: (x: number) => Math.max(0, 1 - Math.abs(x)), support: 1 },
  bicubic: { weight: cubic, support: 2 },
  lanczos: { weight: lanczos, support: 3 },
} as const;

function makeTaps(from: number, to: number, filter: SmoothFilter): Taps {
  const kernel = kernels[filter];
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const inverse = 1 / stretch;
  const support = kernel.support * stretch;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * stride);
  const exact = new Float64Array(stride);
  for (let position = 0; position < to; position++) {
    const center = (position + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const taps = Math.min(from, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      exact[tap] = kernel.weight((tap + start - center + 0.5) * inverse);
      sum += exact[tap];
    }
    for (let tap = 0; tap < taps; tap++) {
      const weight = (sum === 0 ? exact[tap] : exact[tap] / sum) * (1 << fractionBits);
      weights[position * stride + tap] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    first[position] = start;
    count[position] = taps;
  }
  return { first, count, weights, stride };
}

type Bytes = Uint8ClampedArray<ArrayBuffer>;

function resizeRows(source: Bytes, width: number, height: number, newWidth: number, filter: SmoothFilter): Bytes {
  const { first, count, weights, stride } = makeTaps(width, newWidth, filter);
  const target = new Uint8ClampedArray(4 * newWidth * height);
  for (let y = 0, out = 0; y < height; y++) {
    for (let x = 0; x < newWidth; x++, out += 4) {
      accumulate(source, 4 * (y * width + first[x]), 4, weights, x * stride, count[x], target, out);
    }
  }
  return target;
}

function resizeColumns(source: Bytes, width: number, height: number, newHeight: number, filter: SmoothFilter): Bytes {
  const { first, count, weights, stride } = makeTaps(height, newHeight, filter);
  const target = new Uint8ClampedArray(4 * width * newHeight);
  for (let y = 0, out = 0; y < newHeight; y++) {
    for (let x = 0; x < width; x++, out += 4) {
      accumulate(source, 4 * (first[y] * width + x), 4 * width, weights, y * stride, count[y], target, out);
    }
  }
  return target;
}

/**
 * One output pixel: `taps` source pixels, `step` bytes apart, each times its weight. The sums stay
 * below 2^31; storing clamps to 0..255.
 */
function accumulate(
  source: Bytes,
  from: number,
  step: number,
  weights: Int32Array,
  weight: number,
  taps: number,
  target: Bytes,
  out: number,
): void {
  let red = roundingHalf;
  let green = roundingHalf;
  let blue = roundingHalf;
  let alpha = roundingHalf;
  for (let tap = 0; tap < taps; tap++, from += step) {
    const factor = weights[weight + tap];
    red += source[from] * factor;
    green += source[from + 1] * factor;
    blue += source[from + 2] * factor;
    alpha += source[from + 3] * factor;
  }
  target[out] = red >> fractionBits;
  target[out + 1] = green >> fractionBits;
  target[out + 2] = blue >> fractionBits;
  target[out + 3] = alpha >> fractionBits;
}
