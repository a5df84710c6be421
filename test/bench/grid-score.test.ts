import { expect, test } from "vitest";
import { bestCell, betweenCells, gridScore } from "../../bench/pixel-sizes/grid-score.ts";
import type { Image } from "../../src/picture/image.ts";
import { enlarge } from "../../src/pixelart/grid/cells/geometry.ts";
import { Random } from "../../src/random.ts";

const noise = (side: number, seed = 1): Image => {
  const random = new Random(seed);
  const data = Uint8ClampedArray.from({ length: 4 * side * side }, (_, i) =>
    i % 4 === 3 ? 255 : 255 * random.uniform(),
  );
  return { width: side, height: side, data, hasAlpha: false };
};
const art = (cell: number) => enlarge(noise(48 / cell), cell, 48, 48);
const sizes = [2, 3, 4, 6, 8];

test.each(sizes)("art with cells of %i scores 1 for that size, and less for others", (cell) => {
  expect(gridScore(art(cell), cell)).toBeCloseTo(1, 10);
  expect(bestCell(art(cell), sizes)).toBe(cell);
});

test("finer and coarser grids, another phase and noise score less than half", () => {
  expect(gridScore(art(2), 4)).toBeLessThan(0.5);
  expect(gridScore(art(8), 4)).toBe(0);
  expect(gridScore(noise(48), 4)).toBeLessThan(0.2);
  const { width, height, data } = art(4);
  const shifted = { width, height, data: data.slice(4 * (2 * width + 2)), hasAlpha: false };
  expect(gridScore({ ...shifted, height: height - 3 }, 4)).toBeLessThan(0.1);
});

test("a smooth picture has its variance between the cells, and still does not score", () => {
  const data = Uint8ClampedArray.from({ length: 4 * 48 * 48 }, (_, i) => {
    const pixel = i >> 2;
    return i % 4 === 3 ? 255 : 128 + 100 * Math.sin((pixel % 48) / 9 + Math.floor(pixel / 48) / 7);
  });
  const smooth = { width: 48, height: 48, data, hasAlpha: false };
  expect(betweenCells(smooth, 4)).toBeGreaterThan(0.9);
  expect(gridScore(smooth, 4)).toBeLessThan(0.05);
});

test("cells that follow the grid along only one axis do not score", () => {
  const { width, data } = art(4);
  const stripes = data.map((_, i) => data[(i % (4 * width)) + 4 * width * 4 * Math.floor(i / (4 * width * 6))]);
  const picture = { width, height: 48, data: stripes, hasAlpha: false };
  expect(gridScore(picture, 4)).toBeLessThan(0.3);
  expect(gridScore(picture, 4)).toBeLessThan(gridScore(art(4), 4));
});

test("soft borders score between the two", () => {
  const { width, height, data } = art(4);
  const soft = data.map((value, i) =>
    i >= 4 * width + 4 ? (2 * value + data[i - 4] + data[i - 4 * width]) / 4 : value,
  );
  const score = gridScore({ width, height, data: soft, hasAlpha: false }, 4);
  expect(score).toBeGreaterThan(0.05);
  expect(score).toBeLessThan(0.8);
});
