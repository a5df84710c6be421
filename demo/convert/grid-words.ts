// What was found of a picture's own grid, in words.

import type { OwnGrid } from "../parts/grid-api.ts";

/** Below it nothing is said: a guess is not worth a visitor's time. */
const leastConfidence = 0.6;

/** @returns null where there is nothing to say, as of a photo */
export function findingSentence(found: Omit<OwnGrid, "grid" | "timing">): string | null {
  const { verdict, cell, size, confidence, looksLike } = found;
  if (verdict === "none" || looksLike === "photo" || confidence < leastConfidence) return null;
  const sure = confidence >= 0.95 ? "almost certainly" : confidence >= 0.8 ? "very likely" : "probably";
  switch (verdict) {
    case "native":
      return `This is ${sure} ${looksLike === "art" ? "pixel art at 1×" : "at 1×"} already, one pixel a cell: there is no grid to bring it to.`;
    case "grid":
      return `This ${sure} has a grid of ${cellText(cell)} px, ${size.join(" × ")} cells${
        looksLike === "art" ? ": it is pixel art" : ", but they look like those of a photo that was shrunk"
      }.`;
    case "mixed":
      return `This ${sure} has two pixel sizes; the finer is ${cellText(cell)} px, ${size.join(" × ")} cells.`;
  }
}

/** One number where cells are squares, to a tenth of a pixel. */
export function cellText(cell: readonly [number, number]): string {
  const [x, y] = cell.map((side) => String(Number(side.toFixed(1))));
  return x === y ? x : `${x} × ${y}`;
}
