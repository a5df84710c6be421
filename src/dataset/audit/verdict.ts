// The verdict on a picture, from its grid and the origin of its cells, with the reason in words.
// The grid shows what was done to a picture, the cells whether it was ever drawn. A photo that was
// shrunk and enlarged has the grid of pixel art but not its cells.

import type { GridFinding } from "../../pixelart/grid/detect.ts";
import type { Looks } from "./origin/looks.ts";
import type { Odds, Traits } from "./origin/origin.ts";
import { rounded, type AuditVerdict } from "./row.ts";

export interface Clues {
  readonly grid: Pick<GridFinding, "verdict" | "cell" | "confidence">;
  readonly odds: Odds;
  /** What the pixels look like, if there is no grid or squares are not visible. */
  readonly looks?: Looks | undefined;
  readonly traits: Pick<Traits, "colours">;
  readonly colors: number;
  /** Whether cells are whole pixels, and whether each also has a single color. */
  readonly isWhole: boolean;
  readonly isExact: boolean;
  /** The `squarenessOf` its cells. */
  readonly squareness: number;
}

export interface Judgement {
  readonly verdict: AuditVerdict;
  readonly reason: string;
  readonly confidence: number;
}

/**
 * Below this an enlargement is smooth. Photos measured 0.54 to 0.65; naive conversions, including
 * compressed and resized ones, 0.73 and more.
 */
export const leastSquareness = 0.68;

export function verdictOn(clues: Clues): Judgement {
  const { grid, odds, looks, squareness } = clues;
  const size = grid.cell.map((step) => rounded(step, 2)).join(" x ");
  const drawn = grid.verdict === "grid" && looks ? agreed(odds.drawn, looks.drawn + looks.resampled) : odds.drawn;
  const isDrawn = drawn >= 0.5;
  const judge = (verdict: AuditVerdict, reason: string, confidence: number) => ({ verdict, reason, confidence });
  switch (grid.verdict) {
    case "mixed":
      return judge("mixed-pixel-sizes", `two pixel sizes; the finer is ${size} pixels`, grid.confidence);
    case "none":
      return ungridded(clues);
    case "native": {
      const sure = (odds: number) => grid.confidence * odds;
      if (isDrawn) return judge("real-pixel-art", "already at one pixel per cell", sure(odds.drawn));
      const isSmallPhoto = odds.photo > odds.palette + odds.dithered;
      if (isSmallPhoto) return judge("not-pixel-art", `no pixel grid; ${signOf(clues)}`, 1 - odds.drawn);
      return judge("naive-conversion", `one pixel per cell; ${signOf(clues)}`, 1 - odds.drawn);
    }
    case "grid": {
      if (isDrawn) return judge(...artOn(clues, size), grid.confidence * drawn);
      if (squareness >= leastSquareness)
        return judge("naive-conversion", `cells of ${size} pixels; ${signOf(clues)}`, grid.confidence * (1 - drawn));
      return judge("not-pixel-art", `smoothly enlarged; ${signOf(clues)}`, 1 - drawn);
    }
  }
}

/** The probability that two independent opinions give together. */
function agreed(a: number, b: number): number {
  const [both, neither] = [a * b, (1 - a) * (1 - b)];
  return both + neither === 0 ? 0.5 : both / (both + neither);
}

/** The most probable of the looks. */
function ungridded({ looks, colors }: Clues): Judgement {
  if (!looks) throw new RangeError("A picture without a grid needs its looks.");
  const { drawn, resampled, converted, photo } = looks;
  const most = Math.max(drawn, resampled, converted, photo);
  const judge = (verdict: AuditVerdict, reason: string) => ({ verdict, reason, confidence: most });
  if (most === photo) return judge("not-pixel-art", "no pixel grid found");
  if (most === drawn) return judge("real-pixel-art", "no visible grid, but drawn at one pixel per cell");
  if (most === resampled)
    return judge("rescaled-pixel-art", "drawn, but a resize or compression has hidden the pixel grid");
  return judge("naive-conversion", `one pixel per cell; ${colors} colors with the shading of a shrunk photo`);
}

function artOn({ isWhole, isExact }: Clues, size: string): [AuditVerdict, string] {
  if (isExact) return ["real-pixel-art", `cells of ${size} pixels, each a single color`];
  if (isWhole) return ["rescaled-pixel-art", `cells of ${size} pixels, whose colors vary inside a cell`];
  return ["rescaled-pixel-art", `cells of ${size} pixels, not a whole number`];
}

/** Fewer colors than this per ten cells say nothing. */
const tellingTenths = 4;

/** What gives a shrunk photo away. */
function signOf({ odds, traits, colors }: Clues): string {
  if (odds.dithered >= Math.max(odds.photo, odds.palette)) return `dithered in ${colors} colors, like a photo`;
  if (odds.palette >= odds.photo) return `${colors} colors with the shading of a shrunk photo`;
  const tenths = Math.round(10 * 2 ** traits.colours);
  if (tenths < tellingTenths) return "the shading of a shrunk photo";
  return `${tenths} colors per 10 cells, as in a shrunk photo`;
}
