// Measures of pixel art that anyone can reproduce: how far its cells are from the colours of their
// source, and whether they are arranged as an artist would. Fully transparent cells, and steps to
// them, do not count.

import { oklabOf } from "../kernels/pixelart/oklab.ts";
import type { Image } from "../picture/image.ts";

/**
 * How neighbouring cells relate. Real pixel art has about 0.53, 0.11, 0.22 and 0.17 (medians;
 * docs/pixelart.md).
 */
export interface Structure {
  /** The share of neighbours, horizontal or vertical, that have the same colour. */
  readonly flat: number;
  /** The mean distance in OKLab between neighbours of different colours: how crisp edges are. */
  readonly edge: number;
  /** The share of those distances that exceed 0.15: outlines. */
  readonly strong: number;
  /**
   * The share of inner cells that differ from all four neighbours: stray pixels, including
   * dithering.
   */
  readonly single: number;
  readonly colors: number;
}

const strongStep = 0.15;

/**
 * One pixel per cell of a picture whose cells are `scale` pixels wide: the pixel in the middle of
 * each.
 */
export function cellsOf(image: Image, scale: number): Image {
  const [width, height] = [Math.ceil(image.width / scale), Math.ceil(image.height / scale)];
  const data = new Uint8ClampedArray(4 * width * height);
  const middle = (cell: number, side: number) => Math.min(cell * scale + Math.floor(scale / 2), side - 1);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 4 * (middle(y, image.height) * image.width + middle(x, image.width));
      data.set(image.data.subarray(from, from + 4), 4 * (y * width + x));
    }
  }
  return { width, height, data, hasAlpha: image.hasAlpha };
}

/** @param cells one pixel per cell */
export function structureOf(cells: Image): Structure {
  const { width, height } = cells;
  const pixels = Array.from({ length: width * height }, (_, i) => pixelAt(cells, i));
  const points = pixels.map((pixel) => oklabOf(pixel));
  const visible = (i: number) => pixels[i] >>> 24 !== 0;
  const stepOf = (i: number, j: number) =>
    Math.hypot(...points[i].map((value, axis) => value - points[j][axis])) / 2 ** 15;
  let [neighbours, equal, steps, strong, inner, single] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < pixels.length; i++) {
    if (!visible(i)) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    for (const j of [x + 1 < width ? i + 1 : -1, y + 1 < height ? i + width : -1]) {
      if (j < 0 || !visible(j)) continue;
      neighbours++;
      if ((pixels[i] & 0xffffff) === (pixels[j] & 0xffffff)) equal++;
      else {
        const step = stepOf(i, j);
        steps += step;
        if (step > strongStep) strong++;
      }
    }
    if (x === 0 || y === 0 || x + 1 === width || y + 1 === height) continue;
    const around = [i - 1, i + 1, i - width, i + width];
    inner++;
    if (around.every((j) => (pixels[i] & 0xffffff) !== (pixels[j] & 0xffffff))) single++;
  }
  const different = neighbours - equal;
  return {
    flat: share(equal, neighbours),
    edge: share(steps, different),
    strong: share(strong, different),
    single: share(single, inner),
    colors: new Set(pixels.filter((pixel) => pixel >>> 24 !== 0).map((pixel) => pixel & 0xffffff)).size,
  };
}

/**
 * The mean distance (CIE 1976, where 2.3 is just noticeable) of cells from the source's mean colour
 * in their places.
 *
 * @param cells one pixel per cell; the source may have any size, as long as it shows the same
 */
export function colourDistance(cells: Image, source: Image): number {
  const { width, height } = cells;
  let [sum, count] = [0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const here = pixelAt(cells, y * width + x);
      if (here >>> 24 === 0) continue;
      const [a, b] = [
        labOf([here & 255, (here >>> 8) & 255, (here >>> 16) & 255]),
        labOf(meanOf(source, x / width, (x + 1) / width, y / height, (y + 1) / height)),
      ];
      sum += Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
      count++;
    }
  }
  return share(sum, count);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function pixelAt({ data }: Image, i: number): number {
  return (data[4 * i] | (data[4 * i + 1] << 8) | (data[4 * i + 2] << 16) | (data[4 * i + 3] << 24)) >>> 0;
}

/**
 * The mean [red, green, blue] of a part of a picture, given in shares of its sides; at least one
 * pixel.
 */
function meanOf({ width, height, data }: Image, left: number, right: number, top: number, bottom: number): number[] {
  const range = (from: number, to: number, side: number) => {
    const first = Math.min(Math.round(from * side), side - 1);
    return [first, Math.max(Math.round(to * side), first + 1)];
  };
  const [[x0, x1], [y0, y1]] = [range(left, right, width), range(top, bottom, height)];
  const sums = [0, 0, 0, 0];
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const at = 4 * (y * width + x);
      for (let c = 0; c < 3; c++) sums[c] += data[at + 3] * data[at + c];
      sums[3] += data[at + 3];
    }
  }
  return sums.slice(0, 3).map((sum) => share(sum, sums[3]));
}

/** CIELAB (1976) of an sRGB colour in bytes, under D65. */
function labOf(bytes: readonly number[]): number[] {
  const [r, g, b] = bytes.map((byte) => {
    const value = byte / 255;
    return value > 0.04045 ? ((value + 0.055) / 1.055) ** 2.4 : value / 12.92;
  });
  const [x, y, z] = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
  ].map((value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
