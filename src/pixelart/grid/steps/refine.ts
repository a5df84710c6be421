// The exact step and phase of an axis, given its approximate step.

import { detrended } from "../signal/fold.ts";
import type { Planes } from "../signal/planes.ts";
import { profilesFor, type Axis, type Fit } from "./axis.ts";

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
  let frequency = 1 / (known ?? fit.step);
  let here = waveAt(values, start, frequency);
  for (let width = 0.25 / pixels; !known && width > 1e-4 / pixels; width /= 2) {
    const [less, more] = [-width, width].map((aside) => waveAt(values, start, frequency + aside));
    if (less.power > here.power && less.power >= more.power) [frequency, here] = [frequency - width, less];
    else if (more.power > here.power) [frequency, here] = [frequency + width, more];
  }
  if (!known && frequency > 0.5) [frequency, here] = [0.5, waveAt(values, start, 0.5)];
  const turns = here.angle / (2 * Math.PI);
  return { step: 1 / frequency, place: (turns - Math.floor(turns)) / frequency };
}

/** So many numbers share one exact angle, from which the others are turned. */
const stretch = 64;

/** @param start the position of the first value */
function waveAt(values: Float64Array, start: number, frequency: number): { power: number; angle: number } {
  const turn = 2 * Math.PI * frequency;
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  let re = 0;
  let im = 0;
  for (let first = 0; first < values.length; first += stretch) {
    let c = Math.cos(turn * (start + first));
    let s = Math.sin(turn * (start + first));
    for (let i = first; i < values.length && i < first + stretch; i++) {
      re += values[i] * c;
      im += values[i] * s;
      const next = c * cosine - s * sine;
      s = s * cosine + c * sine;
      c = next;
    }
  }
  return { power: re ** 2 + im ** 2, angle: Math.atan2(im, re) };
}

/**
 * The variance inside cells along rows, with the first edge at `phase`. With a wrong phase, cells
 * contain two colours.
 */
export function varianceInside({ width, height, channels }: Planes, step: number, phase: number): number {
  const every = Math.max(1, Math.floor(height / 48));
  const firsts: number[] = [];
  let cell = -Infinity;
  for (let x = 0; x < width; x++) {
    const own = Math.floor((x + 0.5 - phase) / step);
    if (own !== cell) firsts.push(x);
    cell = own;
  }
  const borders = Uint32Array.from([...firsts, width]);
  let total = 0;
  for (let y = 0; y < height; y += every)
    for (const channel of channels)
      for (let i = 0; i + 1 < borders.length; i++) {
        const from = y * width + borders[i];
        const to = y * width + borders[i + 1];
        let sum = 0;
        let squares = 0;
        for (let at = from; at < to; at++) {
          sum += channel[at];
          squares += channel[at] * channel[at];
        }
        total += squares - (sum * sum) / (to - from);
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

/** The results of `columnStepsOf`, which is called for many lines. */
const known = new WeakMap<Planes, Float64Array>();

/** The steps of lightness from each column to the next, summed over rows. */
function columnStepsOf(planes: Planes): Float64Array {
  const found = known.get(planes);
  if (found) return found;
  const { width, height, channels } = planes;
  const [lights] = channels;
  const steps = new Float64Array(width);
  for (let y = 0; y < height; y += Math.max(1, Math.floor(height / 128)))
    for (let x = 1, at = y * width + 1; x < width; x++, at++) steps[x] += Math.abs(lights[at] - lights[at - 1]);
  known.set(planes, steps);
  return steps;
}
