// The verdict on a picture, from the evidence and the odds of each kind, with the reason in words.

import { areWhole, hasCells, type Evidence } from "./evidence.ts";
import { intactShare } from "./intact.ts";
import { kinds, type Kind, type Odds } from "./odds.ts";
import { rounded, verdicts, type AuditVerdict } from "./row.ts";

export interface Judgement {
  readonly verdict: AuditVerdict;
  readonly reason: string;
  /** The probability of the verdict. */
  readonly confidence: number;
}

export const verdictOf: Readonly<Record<Kind, AuditVerdict>> = {
  real: "real-pixel-art",
  rescaled: "rescaled-pixel-art",
  shrunk: "naive-conversion",
  palette: "naive-conversion",
  dithered: "naive-conversion",
  mixed: "mixed-pixel-sizes",
  photo: "not-pixel-art",
};

export function verdictOn(evidence: Evidence, odds: Odds): Judgement {
  const confidenceOf = (verdict: AuditVerdict) =>
    kinds.reduce((sum, kind) => (verdictOf[kind] === verdict ? sum + odds[kind] : sum), 0);
  const verdict = verdicts.reduce((best, other) => (confidenceOf(other) > confidenceOf(best) ? other : best));
  return { verdict, reason: reasonFor(verdict, evidence, odds), confidence: Math.min(1, confidenceOf(verdict)) };
}

function reasonFor(verdict: AuditVerdict, evidence: Evidence, odds: Odds): string {
  const { grid, colors } = evidence;
  const size = `${grid.cell.map((step) => rounded(step, 2)).join(" x ")} pixels`;
  const cells = `cells of ${size}`;
  const isGrid = hasCells(grid);
  switch (verdict) {
    case "real-pixel-art":
      if (colors <= 1) return "a single color";
      if (isGrid) return `${cells}, each a single color`;
      return grid.verdict === "native"
        ? "already at one pixel per cell"
        : "no visible grid, but drawn at one pixel per cell";
    case "rescaled-pixel-art":
      if (!isGrid) return "drawn, but a resize or compression has hidden the pixel grid";
      return areWhole(evidence) ? `${cells}, whose colors vary inside a cell` : `${cells}, not a whole number`;
    case "mixed-pixel-sizes":
      if (grid.verdict === "mixed") return `two pixel sizes; the finer is ${size}`;
      return `two pixel sizes; ${isGrid ? cells : "one pixel per cell"} in one part`;
    case "naive-conversion":
      return `${isGrid ? cells : "one pixel per cell"}; ${signOf(evidence, odds)}`;
    case "not-pixel-art":
    case "broken": // no picture of which there is evidence
      if (grid.verdict === "none") return "no pixel grid found";
      if (grid.verdict === "native") return `no pixel grid; ${signOf(evidence, odds)}`;
      return `${cells} without squares, as after smooth enlargement or in a JPEG`;
  }
}

/** Fewer colors than this per ten cells say nothing. */
const tellingTenths = 4;

/** What gives a shrunk photo away. */
function signOf({ cells, colors, intact }: Evidence, { shrunk, palette, dithered, photo }: Odds): string {
  if (dithered >= Math.max(shrunk, photo, palette)) return `dithered in ${colors} colors, like a photo`;
  if (palette >= Math.max(shrunk, photo)) return `${colors} colors with the shading of a shrunk photo`;
  const { colours } = intact >= intactShare ? cells.exact : cells.near;
  const tenths = Math.round(10 * 2 ** colours);
  if (tenths < tellingTenths) return "the shading of a shrunk photo";
  return `${tenths} colors per 10 cells, as in a shrunk photo`;
}
