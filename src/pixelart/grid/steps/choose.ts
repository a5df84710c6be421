// Chooses the pair of steps that explains both axes best. Cells are mostly square, so axes that
// agree support each other, and a flat or busy axis follows the other one.

import { fitsOf, leastStep, stepsOf, type Axis, type Fit } from "./axis.ts";

export interface Choice {
  readonly fits: readonly [Fit, Fit];
  /** The mean share of both axes, minus a penalty for disagreement. */
  readonly score: number;
  /**
   * By how much the score exceeds that of the best choice that is neither a multiple nor a fraction
   * of this one.
   */
  readonly lead: number;
}

/**
 * @param given the known step of each axis. Default: all steps that either axis's spectrum suggests
 * @returns the best choice and a few others
 */
export function chooseSteps(axes: readonly [Axis, Axis], given?: readonly [number, number]): Choice[] {
  const least = Math.min(axes[0].pixels, axes[1].pixels);
  const steps = given ? [] : distinctSteps([...stepsOf(axes[0]), ...stepsOf(axes[1])], least);
  if (steps.length === 0) steps.push(leastStep);
  const [across, down] = axes.map((axis, i) => fitsOf(axis, given ? [given[i]] : steps));
  const choices = across.flatMap((x) =>
    down.map((y) => ({ fits: [x, y] as const, score: (x.share + y.share) / 2 - disagreement(x, y, least) })),
  );
  choices.sort((a, b) => b.score - a.score);
  const top = choices[0];
  const isCoarse = top.score < clear && axes.every(({ pixels }, i) => pixels / top.fits[i].step < fewCells);
  const finer = choices.find((other) => other.score >= tileTrust * top.score && tiles(top, other));
  const best = (isCoarse ? finer : undefined) ?? top;
  return firstDistinct([best, ...choices], mostChoices).map((choice) => {
    const rival = choices.find((other) => !related(choice, other));
    return { ...choice, lead: choice.score - (rival?.score ?? 0) };
  });
}

/** The first choices that differ from all before them. */
function firstDistinct<T extends Pick<Choice, "fits">>(choices: readonly T[], most: number): T[] {
  const found: T[] = [];
  for (let i = 0; i < choices.length && found.length < most; i++)
    if (!choices.slice(0, i).some((before) => same(before, choices[i]))) found.push(choices[i]);
  return found;
}

const mostChoices = 5;

function same(a: Pick<Choice, "fits">, b: Pick<Choice, "fits">): boolean {
  return a.fits.every(({ step }, axis) => Math.abs(step / b.fits[axis].step - 1) < 0.015);
}

/** Merges steps that the axes cannot distinguish. */
function distinctSteps(steps: number[], pixels: number): number[] {
  const found: number[] = [];
  for (const step of steps.sort((a, b) => a - b)) {
    const last = found[found.length - 1];
    if (step >= leastStep && (last === undefined || 1 / last - 1 / step > 0.3 / pixels)) found.push(step);
  }
  return found;
}

function disagreement(x: Fit, y: Fit, pixels: number): number {
  const apart = Math.abs(Math.log(x.step / y.step));
  if (apart < (0.5 * x.step) / pixels) return 0;
  return apart < 0.05 ? 0.03 : apart < 0.45 ? 0.1 : 0.2;
}

/**
 * Repeated tiles explain more than cells do. So a coarse grid of few cells with an unclear score is
 * treated as tiles if a finer one has this share of its score.
 */
const tileTrust = 0.35;
const fewCells = 24;
const clear = 0.65;

/** Whether one choice may be tiles of at least four cells of the other. */
function tiles(large: Pick<Choice, "fits">, small: Pick<Choice, "fits">): boolean {
  return large.fits.every(({ step }, axis) => {
    const ratio = step / small.fits[axis].step;
    return ratio > 3.5 && Math.abs(ratio - Math.round(ratio)) < 0.04 * Math.sqrt(ratio);
  });
}

function related(a: Pick<Choice, "fits">, b: Pick<Choice, "fits">): boolean {
  return a.fits.every(({ step }, axis) => {
    const ratio = Math.max(step / b.fits[axis].step, b.fits[axis].step / step);
    return Math.abs(ratio - Math.round(ratio)) < 0.03 * ratio;
  });
}
