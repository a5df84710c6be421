// Describes a picture's own grid in a sentence.

import type { OwnGrid } from "../parts/grid-api.ts";

/** Findings with less confidence are not shown. */
const leastConfidence = 0.6;

/** @returns null if there is nothing to say, for example about a photo */
export function findingSentence(found: Omit<OwnGrid, "grid" | "timing">): string | null {
  const { verdict, cell, size, confidence, looksLike } = found;
  if (verdict === "none" || looksLike === "photo" || confidence < leastConfidence) return null;
  const sure = confidence >= 0.95 ? "almost certainly" : confidence >= 0.8 ? "very likely" : "probably";
  switch (verdict) {
    case "native":
      return `This is ${sure} ${looksLike === "art" ? "pixel art at 1×" : "at 1×"} already, with one pixel per cell. There is no grid to snap it to.`;
    case "grid":
      return `This ${sure} has a grid of ${cellText(cell)} px, ${size.join(" × ")} cells${
        looksLike === "art" ? ": it is pixel art" : ", but the cells look like those of a shrunk photo"
      }.`;
    case "mixed":
      return `This ${sure} has two pixel sizes; the finer is ${cellText(cell)} px, ${size.join(" × ")} cells.`;
  }
}

/** The cell size to a tenth of a pixel: one number for square cells, otherwise two. */
export function cellText(cell: readonly [number, number]): string {
  const [x, y] = cell.map((side) => String(Number(side.toFixed(1))));
  return x === y ? x : `${x} × ${y}`;
}
