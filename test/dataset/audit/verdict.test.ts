// From a picture's findings to its verdict, one row per path.

import { expect, test } from "vitest";
import type { Odds } from "../../../src/dataset/audit/origin/origin.ts";
import { verdictOn, type Clues } from "../../../src/dataset/audit/verdict.ts";

const odds = (drawn: number, photo: number, palette: number): Odds => ({ drawn, photo, palette, dithered: 0 });
const clues: Clues = {
  grid: { verdict: "grid", cell: [4, 4], confidence: 0.9 },
  ...{ odds: odds(1, 0, 0), traits: { colours: Math.log2(0.88) }, colors: 24 },
  ...{ isWhole: true, isExact: true, squareness: 0.95 },
};
const seen = (verdict: Clues["grid"]["verdict"]): Clues["grid"] => ({ ...clues.grid, verdict });
const [surely, hardly] = [odds(0.95, 0.05, 0), odds(0.7, 0.3, 0)];
const [photo, quantized] = [odds(0.1, 0.8, 0.1), odds(0.1, 0.2, 0.7)];

test.each<[Partial<Clues>, string, string, number]>([
  [{}, "real-pixel-art", "cells of 4 x 4 pixels, each of one color", 0.9],
  [{ odds: hardly }, "real-pixel-art", "each of one color", 0.63],
  [{ isExact: false }, "rescaled-pixel-art", "not of one color each", 0.9],
  [{ isExact: false, isWhole: false }, "rescaled-pixel-art", "no whole number", 0.9],
  [{ odds: photo }, "naive-conversion", "nine of ten cells have a color of their own", 0.81],
  [{ odds: photo, squareness: 0.55 }, "not-pixel-art", "enlarged smoothly", 0.9],
  [{ odds: quantized }, "naive-conversion", "a shrunk photo, in 24 colors", 0.81],
  [{ odds: { ...photo, photo: 0, dithered: 0.8 } }, "naive-conversion", "dithered as a photo is, in 24 colors", 0.81],
  [{ grid: seen("native") }, "real-pixel-art", "one pixel a cell already", 0.9],
  [{ grid: seen("native"), odds: quantized }, "naive-conversion", "one pixel a cell; contours", 0.9],
  [{ grid: seen("native"), odds: photo }, "not-pixel-art", "no grid of cells; nine of ten", 0.9],
  [{ grid: seen("none"), odds: surely }, "real-pixel-art", "one pixel a cell", 0.95],
  [{ grid: seen("none"), odds: hardly }, "not-pixel-art", "no grid of cells is found", 0.9],
  [{ grid: seen("none"), odds: photo }, "not-pixel-art", "no grid of cells is found", 0.9],
  [{ grid: seen("none"), odds: quantized }, "naive-conversion", "one pixel a cell; contours", 0.7],
  [{ grid: seen("mixed"), odds: photo }, "mixed-pixel-sizes", "two pixel sizes, the finer of 4 x 4 pixels", 0.9],
])("%j: %s, %s", (known, verdict, words, confidence) => {
  const judged = verdictOn({ ...clues, ...known });
  expect(judged).toMatchObject({ verdict, reason: expect.stringContaining(words) });
  expect(judged.confidence).toBeCloseTo(confidence, 9);
});
