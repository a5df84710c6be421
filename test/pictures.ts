// Test pictures for operations on pixels: random pixels rarely have flat areas, corners, lines and
// ties.

import type { Trial } from "../src/kernels/core/operation.ts";
import { trialValues } from "./run-operation.ts";

/** A trial's values with pictures made from its random pixels, and with its tables. */
function pictured(
  trial: Trial<unknown>,
  draw: (noise: Float64Array, width: number, height: number) => Float64Array,
): Float64Array[] {
  return trialValues(trial).map((values, i) => {
    const { layout, shape } = trial.inputs[i];
    if (layout === "pixels") return draw(values, shape[2], shape[0] * shape[1]);
    return Float64Array.from(trial.tables?.[i] ?? values);
  });
}

/**
 * The colours of patches, alternating every twelve rows, and how many of sixteen pixels continue
 * the colour to their left or above.
 */
const inks = [
  // Some transparent or nearly so; the grey of one is exactly between two levels; two are equally
  // light.
  { alike: 13, colours: [0xffa03020, 0xff983024, 0xff40dc25, 0xff101418, 0x8040dc25, 0x00ffffff, 0x01101418] },
  // Two greys, in shapes of all kinds.
  { alike: 9, colours: [0xff787878, 0xffa0a0a0] },
  // Two colours at equal distance from the third in OKLab.
  { alike: 3, colours: [0xff708090, 0xffd9ce85, 0xff54c9a0] },
];

/** Patches of a few colours. */
export function patches(trial: Trial<unknown>): Float64Array[] {
  return pictured(trial, (noise, width) =>
    noise.reduce((drawn, word, place) => {
      const { alike, colours } = inks[Math.floor(place / width / 12) % inks.length];
      const [choice, ink] = [word >>> 28, colours[(word >>> 8) % colours.length]];
      const [left, above] = [place % width > 0 ? drawn[place - 1] : ink, place >= width ? drawn[place - width] : ink];
      drawn[place] = 2 * choice < alike ? left : choice < alike ? above : ink;
      return drawn;
    }, new Float64Array(noise.length)),
  );
}

/**
 * Lines of all lengths, mostly thin, on a plain ground, part of which is half as far from most
 * lines. Their greys differ from the ground and from each other by the thresholds of the grid, or a
 * level more or less (see kernels/pixelart/cell-votes.ts). Some are transparent or nearly so, and
 * so is everything on the right.
 */
export function lines(trial: Trial<unknown>): Float64Array[] {
  const groundAt = (x: number) => (Math.floor(x / 9) % 4 === 3 ? 100 : 120);
  const levels = [80, 80, 80, 160, 160, 79, 81, 159, 161, 96, 100, 144, 56, 57, 0, 255];
  const alphas = [255, 255, 255, 255, 255, 255, 0, 1];
  return pictured(trial, (noise, width, height) => {
    const drawn = noise.map((_, i) => 255 * 2 ** 24 + groundAt(i % width) * 0x010101);
    for (let line = 0; 80 * line < noise.length; line++) {
      const [from, to, across, look] = [0, 1, 2, 3].map((i) => noise[(4 * line + i) % noise.length]);
      const isDown = look >>> 31 === 0;
      const [along, wide] = isDown ? [height, width] : [width, height];
      const start = Math.floor((from / 2 ** 32) * along);
      const end = Math.min(start + 1 + Math.floor((to / 2 ** 32) * 40), along);
      const place = Math.floor((across / 2 ** 32) * wide);
      const thick = Math.min(across % 2 ** 16 < 2 ** 13 ? 1 + ((look >>> 20) % 10) : 1, wide - place);
      const pixel = levels[(look >>> 4) % levels.length] * 0x010101 + alphas[(look >>> 14) % alphas.length] * 2 ** 24;
      for (let i = start; i < end; i++)
        for (let j = place; j < place + thick; j++) drawn[isDown ? i * width + j : j * width + i] = pixel;
    }
    return drawn.map((pixel, i) => (i % width < (3 * width) / 4 ? pixel : pixel % 2 ** 24));
  });
}
