// Finds the blocks of a picture that was once a JPEG, from its pixels alone. A JPEG stores the
// cosine coefficients of blocks of 8 x 8 pixels as multiples of a quantisation step. If the same
// blocks are transformed again, their coefficients gather near these multiples (Fan and de Queiroz,
// 2003). The edges between blocks look like those of cells, but cells do not quantise coefficients.

import type { Image } from "../../../picture/image.ts";

/** The side of the blocks of JPEG and WebP. */
export const block = 8;

/** The coefficients to examine, by vertical and horizontal frequency: low ones are seldom zero. */
const frequencies = [
  [0, 1],
  [1, 0],
  [1, 1],
  [0, 2],
  [2, 0],
] as const;

const waves = [0, 1, 2].map((frequency) =>
  Float64Array.from(
    { length: block },
    (_, i) => Math.cos(((2 * i + 1) * frequency * Math.PI) / 16) * (frequency === 0 ? Math.sqrt(1 / 8) : 0.5),
  ),
);

const enoughBlocks = 1024;
const enoughLines = 128;
const largestStep = 40;

/**
 * Repeated art repeats its coefficients, which is no evidence. So equal ones count once, at a
 * resolution of this fraction of a level.
 */
const fineness = 64;

/** From this strength on, a step is no coincidence. */
const leastStrength = 4.2;

/**
 * @returns the corner of the first whole block if the image was a JPEG; it may have been cropped
 * since
 */
export function blocksOf(image: Image): readonly [number, number] | undefined {
  const tries: (readonly [number, number])[] = [[0, 0]];
  const { width, height } = image;
  const likeliest = [
    busiestLine(image, 4, width, 4 * width, height),
    busiestLine(image, 4 * width, height, 4, width),
  ] as const;
  if (likeliest[0] > 0 || likeliest[1] > 0) tries.push(likeliest);
  return tries.find((first) => coefficientsOf(image, first).some(isQuantized));
}

/**
 * Which of every eight lines most often has a step larger than those beside it, as the border
 * between blocks does.
 */
function busiestLine({ data }: Image, stride: number, length: number, lineStride: number, lines: number): number {
  const counts = new Uint32Array(block);
  const every = Math.max(1, Math.floor(lines / enoughLines));
  for (let line = 0; line < lines; line += every) {
    const green = line * lineStride + 1;
    let [before, here] = [0, 0];
    for (let i = 1, at = green + stride; i < length; i++, at += stride) {
      const after = Math.abs(data[at] - data[at - stride]);
      if (here > before && here > after) counts[(i - 1) % block]++;
      before = here;
      here = after;
    }
  }
  return counts.indexOf(Math.max(...counts));
}

function isQuantized(values: ReadonlySet<number>): boolean {
  for (let step = 2; step <= largestStep; step++) if (strengthOf(values, step) >= leastStrength) return true;
  return false;
}

/**
 * The mean cosine of the distances to the multiples of a step, times how many standard deviations
 * it is above zero.
 */
function strengthOf(values: ReadonlySet<number>, step: number): number {
  const cosines = cosinesOf(step);
  let [sum, count] = [0, 0];
  for (const value of values) {
    // Small coefficients are rounded to zero, which is a multiple of any step.
    if (2 * value < step * fineness) continue;
    sum += cosines[value % cosines.length];
    count++;
  }
  if (count === 0 || sum < 0) return 0;
  return (sum / count) * (sum / Math.sqrt(count / 2));
}

const known = new Map<number, Float64Array>();

/** One turn in steps of the resolution of coefficients. */
function cosinesOf(step: number): Float64Array {
  const length = step * fineness;
  const found = known.get(step) ?? Float64Array.from({ length }, (_, i) => Math.cos((2 * Math.PI * i) / length));
  known.set(step, found);
  return found;
}

/**
 * The distinct absolute values of each coefficient, at the resolution of `fineness`. Blocks with
 * clipped pixels are skipped, since clipping changes their coefficients.
 */
function coefficientsOf({ width, height, data }: Image, [left, top]: readonly [number, number]): Set<number>[] {
  const [across, down] = [Math.floor((width - left) / block), Math.floor((height - top) / block)];
  const every = Math.max(1, Math.round((across * down) / enoughBlocks));
  const found = frequencies.map(() => new Set<number>());
  const sums = new Float64Array(frequencies.length);
  const rows = new Float64Array(waves.length);
  for (let i = 0; i < across * down; i += every) {
    const first = (top + block * Math.floor(i / across)) * width + left + block * (i % across);
    sums.fill(0);
    let isClipped = false;
    for (let y = 0; y < block && !isClipped; y++) {
      rows.fill(0);
      for (let x = 0, at = 4 * (first + y * width); x < block; x++, at += 4) {
        const red = data[at];
        const green = data[at + 1];
        const blue = data[at + 2];
        if (Math.min(red, green, blue) === 0 || Math.max(red, green, blue) === 255) isClipped = true;
        const light = 0.299 * red + 0.587 * green + 0.114 * blue;
        for (let wave = 0; wave < rows.length; wave++) rows[wave] += light * waves[wave][x];
      }
      for (let k = 0; k < sums.length; k++) sums[k] += rows[frequencies[k][0]] * waves[frequencies[k][1]][y];
    }
    if (!isClipped) sums.forEach((sum, k) => found[k].add(Math.round(Math.abs(sum) * fineness)));
  }
  return found;
}
