// How certain a grid is: a logistic regression on the evidence, fitted to damaged pixel art with a
// known grid, and to photos, which have none (docs/pixelart.md has the calibration).

import type { Choice } from "./choose.ts";
import type { Lines } from "./refine.ts";

export interface Evidence {
  readonly choice: Choice;
  readonly lines: readonly [AxisLine, AxisLine];
}

export interface AxisLine extends Lines {
  readonly step: number;
  readonly phase: number;
}

/** The inputs of the regression, each roughly between -2 and 2. */
export function featuresOf({ choice, lines }: Evidence, gains: readonly number[], isSmooth: boolean): number[] {
  const { score, lead, fits } = choice;
  const contrast = Math.min(2, Math.max(-1, Math.log(Math.max(1e-3, lines[0].contrast * lines[1].contrast)) / 2));
  const isSmall = Math.min(...lines.map(({ step }) => step)) < 2.5 ? 1 : 0;
  const isBlocky = !isSmooth && [2, 8 / 3, 4, 8, 16].some((side) => Math.abs(lines[0].step / side - 1) < 0.02) ? 1 : 0;
  const isHalfBlock = !isSmooth && Math.abs(lines[0].step / 4 - 1) < 0.02 ? 1 : 0;
  const predicted = Math.log(1 + (gains[0] + gains[1]) / 2 / slightGain) / 2;
  return [
    1,
    score,
    Math.sqrt(Math.max(0, score)),
    lead,
    Math.min(...fits.map(({ share }) => share)),
    contrast,
    isSmall,
    isSmall * contrast,
    isBlocky,
    isBlocky * contrast,
    fits.some(({ extent }) => extent === "parts") ? 1 : 0,
    lines.every(({ inLines }) => inLines > exactly) ? 1 : 0,
    (1 - isHalfBlock) * predicted,
    isSmall * predicted,
    isHalfBlock * predicted,
  ];
}

/** Photos seldom have a larger gain. */
const slightGain = 0.01;

const weights = [-1.57, 0.54, 4.54, 1.59, 2.29, 0.91, -1.22, -2.26, -1.45, 2.63, -0.12, 1.5, 0.16, 1.43, 0.92];

/** @param gains the `enlargementGain` of each axis */
export function confidenceOf(evidence: Evidence, gains: readonly number[], isSmooth: boolean): number {
  const sum = featuresOf(evidence, gains, isSmooth).reduce((sum, feature, i) => sum + weights[i] * feature, 0);
  return 1 / (1 + Math.exp(-sum));
}

/** From this share on, all steps count as lying in the lines. */
export const exactly = 0.985;
