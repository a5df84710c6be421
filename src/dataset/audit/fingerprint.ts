// Fingerprints that identify duplicates: a perceptual hash of the lightness at one pixel a cell,
// and of its reflections; coarse colours; and the pattern of equal colours, which a palette swap
// leaves unchanged.
//
// The hash is the usual one: 32 x 32 means, their DCT, and one bit for each of the 8 x 8 lowest
// frequencies that says whether it is above the median. A reflection negates the odd frequencies of
// its axis, so one transform serves all four reflections.

import { seenPixels, type Image } from "../../picture/image.ts";
import type { Fingerprint } from "./row.ts";

const side = 32;
const low = 8;

/** cos((2 x + 1) u pi / 64), by u and x. */
const cosines = Float64Array.from({ length: low * side }, (_, i) =>
  Math.cos(((2 * (i % side) + 1) * Math.floor(i / side) * Math.PI) / (2 * side)),
);

/**
 * Below this deviation of lightness, in levels, a picture gets no hash, since noise would decide
 * its bits.
 */
const leastDeviation = 3;

/** @returns undefined if the picture has too little contrast */
export function fingerprintOf(cells: Image): Fingerprint | undefined {
  const means = meansOf(cells, side);
  const light = Float64Array.from({ length: side * side }, (_, i) => {
    const [red, green, blue] = means.subarray(3 * i, 3 * i + 3);
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  });
  const mean = light.reduce((sum, value) => sum + value, 0) / light.length;
  const variance = light.reduce((sum, value) => sum + (value - mean) ** 2, 0) / light.length;
  if (variance < leastDeviation ** 2) return undefined;
  const frequencies = lowFrequencies(light);
  const hash = (x: number, y: number) =>
    hashOf(frequencies.map((value, i) => value * (x && (i % low) & 1 ? -1 : 1) * (y && (i >> 3) & 1 ? -1 : 1)));
  return {
    hashes: [hash(0, 0), hash(1, 0), hash(0, 1), hash(1, 1)],
    colours: base64Of(meansOf(cells, low)),
    pattern: patternOf(cells),
  };
}

/** Rows of v, with eight values of u each. */
function lowFrequencies(light: Float64Array): Float64Array {
  const across = new Float64Array(side * low);
  for (let y = 0; y < side; y++)
    for (let u = 0; u < low; u++) {
      let sum = 0;
      for (let x = 0; x < side; x++) sum += light[y * side + x] * cosines[u * side + x];
      across[y * low + u] = sum;
    }
  const result = new Float64Array(low * low);
  for (let v = 0; v < low; v++)
    for (let u = 0; u < low; u++) {
      let sum = 0;
      for (let y = 0; y < side; y++) sum += across[y * low + u] * cosines[v * side + y];
      result[v * low + u] = sum;
    }
  return result;
}

/** 63 bits: the first frequency is the mean and is left out. */
function hashOf(frequencies: Float64Array): string {
  const median = Float64Array.from(frequencies.subarray(1)).sort()[31];
  let hash = 0n;
  for (let i = 1; i < frequencies.length; i++) hash = (hash << 1n) | (frequencies[i] > median ? 1n : 0n);
  return hash.toString(16).padStart(16, "0");
}

/** The mean colours of `fields` x `fields` parts of a picture, transparent pixels as black; RGB. */
function meansOf({ width, height, data }: Image, fields: number): Uint8ClampedArray<ArrayBuffer> {
  const sums = new Float64Array(fields * fields * 4);
  const [wide, high] = [Math.max(width, fields), Math.max(height, fields)];
  // If a picture has fewer pixels than there are fields, a pixel counts for several fields.
  for (let y = 0; y < high; y++) {
    const row = Math.floor(((y + 0.5) * height) / high) * width;
    const down = Math.floor((y * fields) / high) * fields;
    for (let x = 0; x < wide; x++) {
      const from = 4 * (row + Math.floor(((x + 0.5) * width) / wide));
      const to = 4 * (down + Math.floor((x * fields) / wide));
      const share = data[from + 3] / 255;
      sums[to] += share * data[from];
      sums[to + 1] += share * data[from + 1];
      sums[to + 2] += share * data[from + 2];
      sums[to + 3]++;
    }
  }
  return Uint8ClampedArray.from({ length: fields * fields * 3 }, (_, i) => {
    const field = 4 * Math.floor(i / 3);
    return sums[field + (i % 3)] / sums[field + 3];
  });
}

/**
 * The smallest hash of the four reflected patterns. Colours are numbered in order of appearance.
 */
function patternOf(image: Image): string {
  const { width, height } = image;
  const pixels = seenPixels(image);
  const patterns = [0, 1, 2, 3].map((reflection) => {
    const numbers = new Map<number, number>();
    // FNV-1a twice, with different offset bases: 64 bits.
    let [a, b] = [0x811c9dc5, 0x1234567 ^ width];
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const column = reflection & 1 ? width - 1 - x : x;
        const row = reflection & 2 ? height - 1 - y : y;
        const colour = pixels[row * width + column];
        let number = numbers.get(colour);
        if (number === undefined) numbers.set(colour, (number = numbers.size));
        a = Math.imul(a ^ number, 0x01000193);
        b = Math.imul(b ^ (number + 1), 0x01000193);
      }
    const hex = (word: number) => (word >>> 0).toString(16).padStart(8, "0");
    return { name: hex(a) + hex(b), colours: numbers.size };
  });
  const [least] = patterns.map(({ name }) => name).sort();
  return `${width}x${height}-${patterns[0].colours}-${least}`;
}

function base64Of(bytes: Uint8ClampedArray): string {
  return btoa(String.fromCharCode(...bytes));
}
