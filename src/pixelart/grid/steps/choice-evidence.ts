// The evidence for each choice of two steps: its exact lines, and how many edges lie in them; and
// which choice has the most.

import { enlargementGain } from "../signal/interpolation.ts";
import type { Planes } from "../signal/planes.ts";
import type { Axis } from "./axis.ts";
import { chooseSteps, type Choice } from "./choose.ts";
import { exactly, type AxisLine, type Evidence } from "./confidence.ts";
import { linesOf, refine, varianceInside } from "./refine.ts";

/** The exact steps and phases of a choice, and the evidence for them. */
export function evidenceOf(
  axes: readonly [Axis, Axis],
  planes: readonly (readonly Planes[])[],
  choice: Choice,
  known?: number,
): Evidence {
  const alone = axes.map((axis, i) => refine(axis, choice.fits[i], known));
  const same =
    Math.abs(alone[0].step / alone[1].step - 1) < (0.4 * alone[0].step) / Math.min(...axes.map((a) => a.pixels));
  const weights = choice.fits.map(({ share }) => Math.max(share, 0.01) ** 2);
  const shared = (weights[0] * alone[0].step + weights[1] * alone[1].step) / (weights[0] + weights[1]);
  const found = axes.map((axis, i) => {
    const line = same ? refine(axis, choice.fits[i], known ?? shared) : alone[i];
    const { step } = line;
    // In a smooth enlargement bends lie in the middles of cells, and so do soft steps if cells are
    // small.
    const places = [line.place, line.place + step / 2].map((place) => place - step * Math.round(place / step));
    const inside = places.map((place) => planes[i].reduce((sum, one) => sum + varianceInside(one, step, place), 0));
    const phase = places[inside[1] < inside[0] ? 1 : 0];
    return { step, phase, ...linesOf(planes[i][0], step, phase) };
  });
  const lines = [found[0], found[1]] as const;
  return { choice, lines: known ? lines : coarsest(planes, lines) };
}

/**
 * If all edges lie in the lines, they may even lie in every second or third line: then that is the
 * grid.
 */
function coarsest(planes: readonly (readonly Planes[])[], lines: Evidence["lines"]): Evidence["lines"] {
  if (lines.some(({ inLines }) => inLines < exactly)) return lines;
  for (let times = mostTimes; times > 1; times--) {
    const coarser = lines.map(({ step, phase }, axis): AxisLine => {
      const wide = times * step;
      const tries = Array.from({ length: times }, (_, k) => {
        const from = phase + k * step;
        const found = planes[axis].map((one) => linesOf(one, wide, from));
        const least = found.reduce((a, b) => (b.inLines < a.inLines ? b : a));
        return { step: wide, phase: from - wide * Math.round(from / wide), ...least };
      });
      return tries.reduce((best, other) => (other.inLines > best.inLines ? other : best));
    });
    const isWide = coarser.some(({ step }, axis) => 6 * step > planes[axis][0].width);
    if (!isWide && coarser.every(({ inLines }) => inLines >= exactly)) return [coarser[0], coarser[1]];
  }
  return lines;
}

const mostTimes = 8;

/**
 * The evidence for the best choice, unless all edges lie in the lines of another one, which is
 * conclusive.
 */
export function bestEvidence(all: readonly Evidence[]): Evidence {
  return all.find(({ lines }) => lines.every(({ inLines }) => inLines >= exactly)) ?? all[0];
}

/**
 * A smooth enlargement by two has hardly any edges between cells, but its pixels are predicted by
 * their positions in cells. So a step of exactly two is tested that way, unless the edges are
 * clear. If two predicts the pixels nearly as well as the best step does, a multiple of it perhaps,
 * the step is two.
 */
export function enlargedTwice(
  axes: readonly [Axis, Axis],
  planes: readonly (readonly Planes[])[],
  best: Evidence,
): Evidence {
  const isTwo = best.lines.every(({ step }) => Math.abs(step / 2 - 1) < 0.03);
  if (best.choice.score >= clearScore && !isTwo) return best;
  if (best.lines.every(({ inLines }) => inLines >= exactly)) return best;
  const gain = gainOfTwo(planes);
  if (gain < leastGain) return best;
  const gains = best.lines.map(({ step }, axis) => enlargementGain(planes[axis][0], step));
  if (gain < trustInTwo * Math.min(...gains)) return best;
  const [twice] = chooseSteps(axes, [2, 2]);
  return evidenceOf(axes, planes, twice, 2);
}

/** The gain of a step of two, on the axis where it is smaller. */
export function gainOfTwo(planes: readonly (readonly Planes[])[]): number {
  return Math.min(...planes.map(([first]) => enlargementGain(first, 2)));
}

const leastGain = 0.12;
/** From this score on, the edges are clear. */
const clearScore = 0.35;
const trustInTwo = 0.8;
