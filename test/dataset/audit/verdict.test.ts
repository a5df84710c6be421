// From a picture's findings to its verdict, one row per path.

import { expect, test } from "vitest";
import type { Look, Looks } from "../../../src/dataset/audit/origin/looks.ts";
import type { Odds } from "../../../src/dataset/audit/origin/origin.ts";
import { verdictOn, type Clues } from "../../../src/dataset/audit/verdict.ts";

const odds = (drawn: number, photo: number, palette: number): Odds => ({ drawn, photo, palette, dithered: 0 });
const clues: Clues = {
  grid: { verdict: "grid", cell: [4, 4], confidence: 0.9 },
  ...{ odds: odds(1, 0, 0), traits: { colours: Math.log2(0.88) }, colors: 24 },
  ...{ isWhole: true, isExact: true, squareness: 0.95 },
};
const seen = (verdict: Clues["grid"]["verdict"]): Clues["grid"] => ({ ...clues.grid, verdict });
const hardly = odds(0.7, 0.3, 0);
const look = (most: Look): Looks => ({ drawn: 0.1, resampled: 0.1, converted: 0.1, photo: 0.1, [most]: 0.7 });
const [photo, quantized] = [odds(0.1, 0.8, 0.1), odds(0.1, 0.2, 0.7)];

test.each<[Partial<Clues>, string, string, number]>([
  [{}, "real-pixel-art", "cells of 4 x 4 pixels, each a single color", 0.9],
  [{ odds: hardly }, "real-pixel-art", "each a single color", 0.63],
  [{ isExact: false }, "rescaled-pixel-art", "colors vary inside a cell", 0.9],
  [{ isExact: false, isWhole: false }, "rescaled-pixel-art", "not a whole number", 0.9],
  [{ odds: photo }, "naive-conversion", "9 colors per 10 cells, as in a shrunk photo", 0.81],
  [{ odds: photo, traits: { colours: Math.log2(0.34) } }, "naive-conversion", "; the shading of a shrunk photo", 0.81],
  [{ odds: photo, squareness: 0.55 }, "not-pixel-art", "smoothly enlarged", 0.9],
  [
    { odds: odds(0.4, 0.6, 0), isExact: false, squareness: 0.55, looks: look("resampled") },
    "rescaled-pixel-art",
    "colors vary inside a cell",
    0.9 * (0.32 / (0.32 + 0.12)),
  ],
  [{ odds: photo, squareness: 0.55, looks: look("photo") }, "not-pixel-art", "smoothly enlarged", 0.72 / 0.74],
  [{ odds: quantized }, "naive-conversion", "24 colors with the shading of a shrunk photo", 0.81],
  [{ odds: { ...photo, photo: 0, dithered: 0.8 } }, "naive-conversion", "dithered in 24 colors, like a photo", 0.81],
  [{ grid: seen("native") }, "real-pixel-art", "already at one pixel per cell", 0.9],
  [{ grid: seen("native"), odds: quantized }, "naive-conversion", "one pixel per cell; 24 colors with", 0.9],
  [{ grid: seen("native"), odds: photo }, "not-pixel-art", "no pixel grid; 9 colors per 10 cells", 0.9],
  [{ grid: seen("none"), looks: look("drawn") }, "real-pixel-art", "no visible grid, but drawn", 0.7],
  [{ grid: seen("none"), looks: look("resampled") }, "rescaled-pixel-art", "has hidden the pixel grid", 0.7],
  [{ grid: seen("none"), looks: look("converted") }, "naive-conversion", "one pixel per cell; 24 colors with", 0.7],
  [{ grid: seen("none"), looks: look("photo") }, "not-pixel-art", "no pixel grid found", 0.7],
  [{ grid: seen("mixed"), odds: photo }, "mixed-pixel-sizes", "two pixel sizes; the finer is 4 x 4 pixels", 0.9],
])("%j: %s, %s", (known, verdict, words, confidence) => {
  const judged = verdictOn({ ...clues, ...known });
  expect(judged).toMatchObject({ verdict, reason: expect.stringContaining(words) });
  expect(judged.confidence).toBeCloseTo(confidence, 9);
});
