// spritefusion-pixel-snapper, reimplemented from its description: 16 colours, the profile of [-1,
// 0, 1], the median distance of its strict maxima, and a walk that takes the strongest position
// near each next step. If it finds no peaks, it takes 64 cells along the shorter side.

import { pixelsOf, type Image } from "../../src/picture/image.ts";
import { levelsOf, squared } from "../cell-methods.ts";
import { greyOf, median, transposed, type GridMethod } from "./method.ts";

export const pixelSnapper: GridMethod = (image) => {
  const few = quantised(image);
  const images = [few, transposed(few)];
  const profiles = images.map(profileOf);
  const found = profiles.map(stepOf);
  const fallback = Math.max(1, Math.min(image.width, image.height) / 64);
  const [x, y] = found;
  const steps = [x ?? y ?? fallback, y ?? x ?? fallback];
  if (x !== undefined && y !== undefined) {
    const shared = Math.max(x, y) / Math.min(x, y) > 1.8 ? Math.min(x, y) : (x + y) / 2;
    steps.fill(shared);
  }
  const cells = profiles.map((profile, axis) => walk(profile, steps[axis]));
  return { size: [cells[0], cells[1]] };
};

/** Sixteen colours by k-means over five-bit shades, with initial centres far apart. */
function quantised(image: Image): Image {
  const pixels = pixelsOf(image);
  const shades = new Map<number, number>();
  for (const pixel of pixels) shades.set(pixel & 0xf8f8f8, (shades.get(pixel & 0xf8f8f8) ?? 0) + 1);
  const points = [...shades].map(([shade, count]) => ({ levels: levelsOf(shade), count }));
  const far = new Float64Array(points.length).fill(Infinity);
  let centres = [points.reduce((a, b) => (b.count > a.count ? b : a)).levels];
  while (centres.length < Math.min(16, points.length)) {
    const last = centres[centres.length - 1];
    points.forEach(({ levels }, i) => (far[i] = Math.min(far[i], squared(levels, last))));
    centres.push(points[far.indexOf(Math.max(...far))].levels);
  }
  const nearest = (levels: readonly number[]) =>
    centres.reduce((best, centre, k) => (squared(levels, centre) < squared(levels, centres[best]) ? k : best), 0);
  for (let round = 0; round < 6; round++) {
    const sums = centres.map(() => [0, 0, 0, 0]);
    for (const { levels, count } of points) {
      const sum = sums[nearest(levels)];
      levels.forEach((level, c) => (sum[c] += count * level));
      sum[3] += count;
    }
    centres = centres.map((centre, k) => (sums[k][3] > 0 ? [0, 1, 2].map((c) => sums[k][c] / sums[k][3]) : centre));
  }
  const becomes = new Map<number, number>();
  for (const shade of shades.keys()) {
    const [red, green, blue] = centres[nearest(levelsOf(shade))].map(Math.round);
    becomes.set(shade, (red | (green << 8) | (blue << 16) | (255 << 24)) >>> 0);
  }
  const result = pixels.map((pixel) => becomes.get(pixel & 0xf8f8f8)!);
  return { ...image, data: new Uint8ClampedArray(result.buffer) };
}

function profileOf(image: Image): Float64Array {
  const { width, height } = image;
  const grey = greyOf(image);
  const profile = new Float64Array(width);
  for (let y = 0; y < height; y++)
    for (let x = 1; x < width - 1; x++) profile[x] += Math.abs(grey[y * width + x + 1] - grey[y * width + x - 1]);
  return profile;
}

function stepOf(profile: Float64Array): number | undefined {
  const limit = 0.2 * profile.reduce((most, value) => Math.max(most, value), 0);
  const peaks: number[] = [];
  for (let x = 1; x < profile.length - 1; x++)
    if (profile[x] > limit && profile[x] > profile[x - 1] && profile[x] > profile[x + 1])
      if (peaks.length === 0 || x - peaks[peaks.length - 1] >= 4) peaks.push(x);
  return peaks.length < 2 ? undefined : median(peaks.slice(1).map((peak, i) => peak - peaks[i]));
}

/** The number of cells in the walk. */
function walk(profile: Float64Array, step: number): number {
  const mean = profile.reduce((sum, value) => sum + value, 0) / profile.length;
  const reach = Math.max(2, 0.35 * step);
  let cells = 0;
  for (let place = 0; ; cells++) {
    const target = place + step;
    if (target >= profile.length) return cells + 1;
    const from = Math.max(Math.floor(target - reach), Math.floor(place + 1));
    let best = -1;
    for (let x = from; x < Math.min(Math.ceil(target + reach), profile.length); x++)
      if (best < 0 || profile[x] > profile[best]) best = x;
    place = best >= 0 && profile[best] > 0.5 * mean ? Math.max(best, place + 1) : target;
  }
}
