// How sure a grid is. What speaks for it becomes a probability by a logistic regression, fitted to damaged pixel art, whose grid is known, and to
// photos and art at its own size, which have none (docs/pixelart.md has the calibration).

import type { Image } from "../../data/image.ts";
import type { Choice } from "./choose.ts";

export interface Evidence {
  readonly choice: Choice;
  readonly lines: readonly [AxisLine, AxisLine];
}

export interface AxisLine {
  readonly step: number;
  readonly phase: number;
  /** How much stronger steps are in the lines than between them. */
  readonly contrast: number;
}

/** What the regression is told, each about from -2 to 2. */
export function featuresOf({ choice, lines }: Evidence): number[] {
  const { score, lead, fits } = choice;
  const contrast = Math.min(2, Math.max(-1, Math.log(Math.max(1e-3, lines[0].contrast * lines[1].contrast)) / 2));
  const isSmall = Math.min(...lines.map(({ step }) => step)) < 2.5 ? 1 : 0;
  const isBlocky = [2, 8 / 3, 4, 8, 16].some((side) => Math.abs(lines[0].step / side - 1) < 0.02) ? 1 : 0;
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
  ];
}

const weights = [-4, 2, 2, 3, 3, 2, -3, 2, -1, 1, -1];

export function confidenceOf(evidence: Evidence): number {
  const sum = featuresOf(evidence).reduce((sum, feature, i) => sum + weights[i] * feature, 0);
  return 1 / (1 + Math.exp(-sum));
}

/** Art at its own size: many neighbours are exactly alike, and there are few colours, which neither photos nor compressed pictures have. */
export function looksNative({ width, height, data }: Image): boolean {
  const pixels = new Uint32Array(data.slice().buffer).map((pixel) => (pixel >>> 24 === 0 ? 0 : pixel));
  const colours = new Set(pixels);
  let alike = 0;
  for (let y = 0; y < height; y++)
    for (let x = 1; x < width; x++) if (pixels[y * width + x] === pixels[y * width + x - 1]) alike++;
  return colours.size <= Math.max(32, 0.12 * pixels.length) && alike >= 0.05 * height * (width - 1);
}
