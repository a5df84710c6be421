// The consensus method of pixel-art-fixer, reimplemented from its description. Distances between
// edges, autocorrelation of bands, and self-similarity each propose a step. If they disagree, the
// variance inside cells decides.

import type { Image } from "../../src/picture/image.ts";
import { greyOf, sizeOf, transposed, type GridMethod } from "./method.ts";

export const consensus: GridMethod = (image) => {
  const [x, y] = [image, transposed(image)].map(stepOf);
  if (x === undefined && y === undefined) return undefined;
  if (x === undefined || y === undefined) return { size: sizeOf(image, (x ?? y)!, (x ?? y)!) };
  const finer = Math.min(x, y);
  return Math.max(x, y) / finer > 1.5 ? { size: sizeOf(image, finer, finer) } : { size: sizeOf(image, x, y) };
};

const [least, most] = [2.05, 26];

function stepOf(image: Image): number | undefined {
  const grey = greyOf(image);
  const found = [runComb(image), autocorrelation(grey, image.width), selfSimilarity(grey, image.width)];
  const steps = found.filter((step) => step !== undefined);
  if (steps.length === 0) return undefined;
  const agree = (a: number, b: number) => Math.abs(a - b) / Math.min(a, b) < Math.max(1 / (image.width / a), 0.01);
  if (steps.length > 1 && steps.every((step) => agree(step, steps[0]))) return steps[0];
  const variances = steps.map((step) => varianceInside(grey, image.width, step));
  const mean = variances.reduce((sum, value) => sum + value, 0) / variances.length;
  const deviation = Math.sqrt(variances.reduce((sum, value) => sum + (value - mean) ** 2, 0) / variances.length) || 1;
  const scores = steps.map((step, i) => {
    const sources = steps.filter((other) => agree(step, other)).length;
    return 1 + 0.2 * ((mean - variances[i]) / deviation) + 0.25 * (sources - 1);
  });
  const top = Math.max(...scores);
  return Math.min(...steps.filter((_, i) => scores[i] >= 0.78 * top));
}

/** Distances between the edges of each row, at lags 1 to 4, folded by every possible step. */
function runComb({ width, height, data }: Image): number | undefined {
  const distances: number[] = [];
  const line = new Float64Array(width);
  const strengths = Array.from({ length: height }, (_, y) => {
    const row = new Float64Array(width);
    for (let x = 1; x < width; x++)
      for (let c = 0; c < 4; c++) row[x] += Math.abs(data[4 * (y * width + x) + c] - data[4 * (y * width + x - 1) + c]);
    return row;
  });
  const sample = strengths.flatMap((row, y) => (y % 8 === 0 ? [...row] : [])).sort((a, b) => a - b);
  const limit = Math.max(20, 0.1 * sample[Math.floor(0.95 * sample.length)]);
  for (let y = 0; y < height; y++) {
    line.fill(0);
    for (let near = Math.max(0, y - 3); near <= Math.min(height - 1, y + 3); near++)
      for (let x = 0; x < width; x++) line[x] += strengths[near][x] / 7;
    const edges: number[] = [];
    for (let x = 1; x < width - 1; x++) {
      if (line[x] < limit || line[x] < line[x - 1] || line[x] <= line[x + 1]) continue;
      const bend = line[x - 1] - 2 * line[x] + line[x + 1];
      edges.push(x + (bend < 0 ? (0.5 * (line[x - 1] - line[x + 1])) / bend : 0));
    }
    edges.forEach((edge, i) => {
      for (let lag = 1; lag <= 4 && i + lag < edges.length; lag++) distances.push(edges[i + lag] - edge);
    });
  }
  if (distances.length < 20) return undefined;
  const histogram = new Map<number, number>();
  for (const r of distances) histogram.set(Math.round(20 * r), (histogram.get(Math.round(20 * r)) ?? 0) + 1);
  const score = (s: number) => {
    let sum = 0;
    for (const [r, count] of histogram) sum += count * Math.cos((2 * Math.PI * r) / 20 / s);
    return sum / distances.length;
  };
  const steps = stepsBy(0.02);
  const scores = steps.map(score);
  const top = Math.max(...scores);
  if (top < 0.2) return undefined;
  const isPeak = (i: number) => scores[i] >= (scores[i - 1] ?? -1) && scores[i] >= (scores[i + 1] ?? -1);
  const own = (s: number) => distances.filter((r) => Math.abs(r - s) < 0.1 * s).length / distances.length;
  const good = steps.filter((s, i) => isPeak(i) && scores[i] >= 0.7 * top && own(s) >= 0.04);
  let step = good[good.length - 1];
  if (step === undefined) return undefined;
  for (let round = 0; round < 3; round++) {
    let [above, below] = [0, 0];
    for (const r of distances) {
      const k = Math.round(r / step);
      const weight = 1 - Math.abs(r - k * step) / (0.3 * step);
      if (k < 1 || weight <= 0) continue;
      above += weight * k ** 2 * r;
      below += weight * k ** 3;
    }
    if (below > 0) step = above / below;
  }
  return step;
}

function stepsBy(fineness: number): number[] {
  return Array.from({ length: Math.floor((most - least) / fineness) }, (_, i) => least + i * fineness);
}

/** Of the second difference, in bands of 12 rows. */
function autocorrelation(grey: Float64Array, width: number): number | undefined {
  const height = grey.length / width;
  const lags = Math.min(width - 1, 24 * most);
  const total = new Float64Array(lags + 1);
  for (let top = 0; top + 12 <= height; top += 12) {
    const band = new Float64Array(width);
    for (let y = top; y < top + 12; y++)
      for (let x = 1; x < width - 1; x++)
        band[x] += Math.abs(grey[y * width + x - 1] - 2 * grey[y * width + x] + grey[y * width + x + 1]);
    const mean = band.reduce((sum, value) => sum + value, 0) / width;
    for (let x = 0; x < width; x++) band[x] -= mean;
    const power = band.reduce((sum, value) => sum + value ** 2, 0);
    if (power === 0) continue;
    for (let lag = 0; lag <= lags; lag++) {
      let sum = 0;
      for (let x = lag; x < width; x++) sum += band[x] * band[x - lag];
      total[lag] += sum / power;
    }
  }
  const at = (lag: number) => {
    const low = Math.floor(lag);
    return low + 1 > lags ? 0 : total[low] + (lag - low) * (total[low + 1] - total[low]);
  };
  const raw = (s: number) => {
    let sum = 0;
    for (let k = 1; k <= 24 && (k + 0.5) * s < lags; k++)
      sum += Math.exp(-(k - 1) / 12) * (at(k * s) - (at((k - 0.5) * s) + at((k + 0.5) * s)) / 2);
    return sum;
  };
  const steps = stepsBy(0.02).filter((s) => 6 * s < width);
  const scores = steps.map(
    (s) => raw(s) - 0.5 * Math.max(0, ...[2, 3, 4, 5].map((m) => (s / m >= least ? raw(s / m) : 0))),
  );
  const best = scores.indexOf(Math.max(...scores));
  return scores[best] > 0 ? steps[best] : undefined;
}

/**
 * The difference between the gradient and its shifted copy, at multiples of a step and between
 * them.
 */
function selfSimilarity(grey: Float64Array, width: number): number | undefined {
  const height = grey.length / width;
  const every = Math.max(1, Math.floor(height / 64));
  const lags = Math.min(width - 2, 8 * most);
  const apart = new Float64Array(lags + 1);
  for (let y = 0; y < height; y += every)
    for (let lag = 1; lag <= lags; lag++)
      for (let x = lag + 1; x < width; x += 2) {
        const gradient = (i: number) => Math.abs(grey[y * width + i] - grey[y * width + i - 1]);
        apart[lag] += Math.abs(gradient(x) - gradient(x - lag)) / (width - lag);
      }
  const at = (lag: number) => {
    const low = Math.floor(lag);
    return low + 1 > lags ? apart[lags] : apart[low] + (lag - low) * (apart[low + 1] - apart[low]);
  };
  const steps = stepsBy(0.05).filter((s) => 5 * s < lags);
  const scores = steps.map((s) => {
    const contrasts: number[] = [];
    for (let k = 1; k <= 8 && (k + 0.5) * s < lags; k++)
      contrasts.push((at((k - 0.5) * s) + at((k + 0.5) * s)) / 2 - at(k * s));
    const mean = contrasts.reduce((sum, value) => sum + value, 0) / contrasts.length;
    const deviation = Math.sqrt(contrasts.reduce((sum, value) => sum + (value - mean) ** 2, 0) / contrasts.length);
    return (mean * Math.sqrt(contrasts.length)) / (deviation + 1e-9);
  });
  const top = Math.max(...scores);
  return top > 3 ? steps[scores.findIndex((score) => score >= 0.8 * top)] : undefined;
}

function varianceInside(grey: Float64Array, width: number, step: number): number {
  const height = grey.length / width;
  let total = 0;
  for (let y = 0; y < height; y += 4) {
    let [cell, sum, squares, count] = [-1, 0, 0, 0];
    for (let x = 0; x <= width; x++) {
      const own = x < width ? Math.floor((x + 0.5) / step) : -2;
      if (own !== cell) {
        if (count > 0) total += squares - sum ** 2 / count;
        [cell, sum, squares, count] = [own, 0, 0, 0];
      }
      if (x === width) break;
      sum += grey[y * width + x];
      squares += grey[y * width + x] ** 2;
      count++;
    }
  }
  return total;
}
