// The verdict on a picture, from its grid and where its cells come from, with the reason in words. Grids tell what was done to a picture, cells
// whether it was ever drawn: a photo that was shrunk and enlarged has the grid of pixel art and nothing else of it.

import type { GridFinding } from "../../pixelart/grid/detect.ts";
import type { Odds, Traits } from "./origin/origin.ts";
import { rounded, type AuditVerdict } from "./row.ts";

export interface Clues {
  readonly grid: Pick<GridFinding, "verdict" | "cell" | "confidence">;
  readonly odds: Odds;
  readonly traits: Pick<Traits, "colours">;
  readonly colors: number;
  /** Whether cells are whole pixels, and whether each is of one color too. */
  readonly isWhole: boolean;
  readonly isExact: boolean;
  /** `squarenessOf` its cells. */
  readonly squareness: number;
}

export interface Judgement {
  readonly verdict: AuditVerdict;
  readonly reason: string;
  readonly confidence: number;
}

/** Less than this is a smooth enlargement: of photos it was 0.54 to 0.65, of naive conversions 0.73 and more, compressed and resized ones included. */
const leastSquareness = 0.68;

/** From here on a picture in which the detector sees no grid is art at one pixel a cell; no photo of the training set was. */
const surelyDrawn = 0.9;

export function verdictOn(clues: Clues): Judgement {
  const { grid, odds, squareness } = clues;
  const size = grid.cell.map((step) => rounded(step, 2)).join(" x ");
  const isDrawn = odds.drawn >= 0.5;
  const judge = (verdict: AuditVerdict, reason: string, confidence: number) => ({ verdict, reason, confidence });
  switch (grid.verdict) {
    case "mixed":
      return judge("mixed-pixel-sizes", `two pixel sizes, the finer of ${size} pixels`, grid.confidence);
    case "none": {
      const quantized = odds.palette + odds.dithered;
      if (odds.drawn >= surelyDrawn) return judge("real-pixel-art", "one pixel a cell, as it is drawn", odds.drawn);
      if (quantized < 0.5) return judge("not-pixel-art", "no grid of cells is found", grid.confidence);
      return judge("naive-conversion", `one pixel a cell; ${signOf(clues)}`, quantized);
    }
    case "native": {
      const sure = (odds: number) => grid.confidence * odds;
      if (isDrawn) return judge("real-pixel-art", "one pixel a cell already", sure(odds.drawn));
      const isSmallPhoto = odds.photo > odds.palette + odds.dithered;
      if (isSmallPhoto) return judge("not-pixel-art", `no grid of cells; ${signOf(clues)}`, 1 - odds.drawn);
      return judge("naive-conversion", `one pixel a cell; ${signOf(clues)}`, 1 - odds.drawn);
    }
    case "grid": {
      if (isDrawn) return judge(...artOn(clues, size), grid.confidence * odds.drawn);
      if (squareness >= leastSquareness)
        return judge(
          "naive-conversion",
          `cells of ${size} pixels; ${signOf(clues)}`,
          grid.confidence * (1 - odds.drawn),
        );
      return judge("not-pixel-art", `enlarged smoothly; ${signOf(clues)}`, 1 - odds.drawn);
    }
  }
}

function artOn({ isWhole, isExact }: Clues, size: string): [AuditVerdict, string] {
  if (isExact) return ["real-pixel-art", `cells of ${size} pixels, each of one color`];
  if (isWhole) return ["rescaled-pixel-art", `cells of ${size} pixels that are not of one color each`];
  return ["rescaled-pixel-art", `cells of ${size} pixels, which is no whole number`];
}

/** From four tenths on, below which the words would say nothing. */
const tenthsInWords = [
  "four of ten",
  "five of ten",
  "six of ten",
  "seven of ten",
  "eight of ten",
  "nine of ten",
  "nearly all",
];

/** What a shrunk photo is known by. */
function signOf({ odds, traits, colors }: Clues): string {
  if (odds.dithered >= Math.max(odds.photo, odds.palette)) return `dithered as a photo is, in ${colors} colors`;
  if (odds.palette >= odds.photo) return `contours and shades of a shrunk photo, in ${colors} colors`;
  const own = tenthsInWords[Math.round(10 * 2 ** traits.colours) - 4];
  return own ? `${own} cells have a color of their own, as in a shrunk photo` : "contours and shades of a shrunk photo";
}
