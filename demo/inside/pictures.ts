// Turns numbers into pictures: activations and maps of verdicts.

import type { Field, Spread } from "./api.ts";

export function spreadOf(values: Float32Array): Spread {
  let [least, most, sum, zeros] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
    if (value === 0) zeros++;
    sum += value;
  }
  return { least, most, mean: sum / values.length, zeros: zeros / values.length };
}

/** The channels of one image [1, C, H, W] in PyTorch's order. */
export function channelsOf(values: Float32Array<ArrayBuffer>, [, channels, height, width]: readonly number[]): Field[] {
  const area = width * height;
  return Array.from({ length: channels }, (_, c) => ({
    values: values.slice(c * area, (c + 1) * area),
    width,
    height,
  }));
}

/**
 * The root mean square over channels, in boxes that are large enough for at most `most` of them
 * along a side.
 */
export function thumbnailOf(channels: readonly Field[], most: number): Field {
  const [{ width, height }] = channels;
  const box = Math.max(1, Math.ceil(Math.max(width, height) / most));
  const columns = Math.ceil(width / box);
  const rows = Math.ceil(height / box);
  const sums = new Float64Array(columns * rows);
  const counts = new Float64Array(columns * rows);
  for (const { values } of channels) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const place = Math.floor(y / box) * columns + Math.floor(x / box);
        sums[place] += values[y * width + x] ** 2;
        counts[place]++;
      }
    }
  }
  return { values: Float32Array.from(sums, (sum, i) => Math.sqrt(sum / counts[i])), width: columns, height: rows };
}

export type Colour = readonly [red: number, green: number, blue: number];

/** The colours of the minimum, zero and the maximum. Colours in between are interpolated. */
export interface Scale {
  readonly least: Colour;
  readonly zero: Colour;
  readonly most: Colour;
}

export const scales: Readonly<Record<"light" | "dark", Scale>> = {
  light: { least: [16, 92, 104], zero: [250, 246, 236], most: [168, 56, 8] },
  dark: { least: [92, 214, 204], zero: [26, 28, 32], most: [255, 158, 92] },
};

/** @param reach the magnitude that is drawn in full colour, positive or negative */
export function paint({ values, width, height }: Field, reach: number, { least, zero, most }: Scale) {
  const data = new Uint8ClampedArray(4 * values.length).fill(255);
  values.forEach((value, i) => {
    const share = reach > 0 ? Math.min(1, Math.abs(value) / reach) : 0;
    const end = value < 0 ? least : most;
    for (let c = 0; c < 3; c++) data[4 * i + c] = zero[c] + share * (end[c] - zero[c]);
  });
  return { width, height, data };
}

/**
 * The largest magnitude, which scales each channel by itself, so that faint channels are visible
 * too.
 */
export function reachOf({ least, most }: Spread): number {
  return Math.max(Math.abs(least), Math.abs(most));
}
