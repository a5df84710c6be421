// The exact step and phase of an axis, given its approximate step.

import { profilesFor, type Axis, type Fit } from "./axis.ts";
import type { Planes } from "./edges.ts";
import { detrended } from "./fold.ts";

export interface Line {
  readonly step: number;
  /** The position of the edges, or of the middles between them, from 0 to the step. */
  readonly place: number;
}

/**
 * The peak of the spectrum nearest to a fit's step, and its phase.
 *
 * @param known the exact step, if known; then only the phase is searched for
 */
export function refine(axis: Axis, fit: Fit, known?: number): Line {
  const { pixels } = axis;
  const { start, whole, bands } = profilesFor(axis, fit.step).profiles[fit.profile];
  const values = detrended(fit.extent === "bands" ? bands[bands.length >> 1] : whole, fit.step);
  const waveAt = (frequency: number) => {
    let [re, im] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      const angle = 2 * Math.PI * frequency * (start + i);
      re += values[i] * Math.cos(angle);
      im += values[i] * Math.sin(angle);
    }
    return { power: re ** 2 + im ** 2, angle: Math.atan2(im, re) };
  };
  let frequency = 1 / (known ?? fit.step);
  for (let width = 0.25 / pixels; !known && width > 1e-4 / pixels; width /= 2) {
    const [less, here, more] = [-width, 0, width].map((aside) => waveAt(frequency + aside).power);
    if (less > here && less >= more) frequency -= width;
    else if (more > here) frequency += width;
  }
  frequency = Math.min(frequency, 0.5);
  const turns = waveAt(frequency).angle / (2 * Math.PI);
  return { step: 1 / frequency, place: (turns - Math.floor(turns)) / frequency };
}

/** The variance inside cells along rows, with the first edge at `phase`. With a wrong phase, cells contain two colours. */
export function varianceInside({ width, height, channels, data }: Planes, step: number, phase: number): number {
  const every = Math.max(1, Math.floor(height / 48));
  let total = 0;
  for (let y = 0; y < height; y += every)
    for (let channel = 0; channel < channels; channel++) {
      let [cell, sum, squares, count] = [-Infinity, 0, 0, 0];
      for (let x = 0; x < width; x++) {
        const own = Math.floor((x + 0.5 - phase) / step);
        if (own !== cell) {
          if (count > 0) total += squares - sum ** 2 / count;
          [cell, sum, squares, count] = [own, 0, 0, 0];
        }
        const value = data[(y * width + x) * channels + channel];
        sum += value;
        squares += value ** 2;
        count++;
      }
      total += squares - sum ** 2 / Math.max(1, count);
    }
  return total;
}

export interface Lines {
  /** The mean step in the lines of a grid over that between them: 1 without a grid, at most 100. */
  readonly contrast: number;
  /** The share of all steps that lies in the lines: 1 if the picture was enlarged without loss. */
  readonly inLines: number;
}

export function linesOf(planes: Planes, step: number, phase: number): Lines {
  const steps = columnStepsOf(planes);
  let [lines, lineCount, all] = [0, 0, 0];
  for (let x = 1; x < planes.width; x++) {
    const turns = (x - phase) / step;
    all += steps[x];
    if (Math.abs(turns - Math.round(turns)) * step > 0.5 + 1e-9) continue;
    lines += steps[x];
    lineCount++;
  }
  const [inside, between] = [lines / Math.max(1, lineCount), (all - lines) / Math.max(1, planes.width - 1 - lineCount)];
  return { contrast: inside / Math.max(between, 0.01 * inside, 1e-9), inLines: all > 0 ? lines / all : 0 };
}

/** The share of all steps that lie at the cuts. */
export function shareAtCuts(planes: Planes, cuts: readonly number[]): number {
  const steps = columnStepsOf(planes);
  const all = steps.reduce((sum, step) => sum + step, 0);
  const columns = new Set(cuts.map((cut) => Math.round(cut)));
  let inside = 0;
  for (const column of columns) inside += steps[column] ?? 0;
  return all > 0 ? inside / all : 0;
}

/** The steps from each column to the next, summed over rows. */
function columnStepsOf({ width, height, channels, data }: Planes): Float64Array {
  const steps = new Float64Array(width);
  for (let y = 0; y < height; y += Math.max(1, Math.floor(height / 128)))
    for (let x = 1; x < width; x++) {
      const at = (y * width + x) * channels;
      steps[x] += Math.abs(data[at] - data[at - channels]);
    }
  return steps;
}
