// The geometry of cells: sizes, enlargement, and what is refused.

import { expect, test } from "vitest";
import { UserError } from "../../../../src/errors.ts";
import type { Image } from "../../../../src/picture/image.ts";
import { checkGrid, enlarge, outputSize } from "../../../../src/pixelart/grid/cells/geometry.ts";

function numbered(width: number, height: number): Image {
  const data = new Uint8ClampedArray(4 * width * height).map((_, i) => (i % 4 === 3 ? 255 : (i * 7) & 255));
  return { width, height, data, hasAlpha: true };
}

test("a result is as large as the picture at scale = cell, and one pixel a cell at scale 1", () => {
  for (const pixels of [1, 2, 3, 4, 5, 63, 64, 65, 4000])
    for (const cell of [1, 2, 3, 4, 7, 64]) {
      expect(outputSize(pixels, { cell, scale: cell })).toBe(pixels);
      expect(outputSize(pixels, { cell, scale: 1 })).toBe(Math.ceil(pixels / cell));
      expect(outputSize(pixels, { cell, scale: 3 })).toBeLessThanOrEqual(3 * Math.ceil(pixels / cell));
    }
  expect(outputSize(10, { cell: 4, scale: 6 })).toBe(15);
});

test("enlarging repeats every cell, and cuts the last", () => {
  const cells = numbered(3, 2);
  const { width, height, data, hasAlpha } = enlarge(cells, 4, 10, 7);
  expect([width, height, data.length, hasAlpha]).toEqual([10, 7, 280, true]);
  for (let y = 0; y < 7; y++)
    for (let x = 0; x < 10; x++)
      for (let c = 0; c < 4; c++)
        expect(data[4 * (10 * y + x) + c]).toBe(cells.data[4 * (3 * Math.floor(y / 4) + Math.floor(x / 4)) + c]);
});

test("at scale 1 the cells are the picture", () => {
  const cells = numbered(5, 3);
  expect(enlarge(cells, 1, 5, 3).data).toEqual(cells.data);
});

test("refuses what it cannot draw", () => {
  expect(() => enlarge(numbered(2, 2), 4, 9, 8)).toThrow(RangeError);
});

test.each([
  [{ cell: 0, scale: 1 }, "The cell must be a whole number from 1 to 64, not 0."],
  [{ cell: 2.5, scale: 1 }, "The cell must be a whole number from 1 to 64, not 2.5."],
  [{ cell: NaN, scale: 1 }, "The cell must be a whole number from 1 to 64, not NaN."],
  [{ cell: 4, scale: -1 }, "The scale must be a whole number from 1 to 1024, not -1."],
  [{ cell: 4, scale: 4, colors: 1 }, "The number of colors must be a whole number from 2 to 256, not 1."],
  [{ cell: 4, scale: 4, colors: 257 }, "The number of colors must be a whole number from 2 to 256, not 257."],
  [{ cell: 4, scale: 4, keepColors: 1.5 }, "The share of kept colors must be a number from 0 to 1, not 1.5."],
  [{ cell: 4, scale: 4, keepColors: NaN }, "The share of kept colors must be a number from 0 to 1, not NaN."],
])("refuses %o", (options, message) => {
  expect(() => checkGrid(options)).toThrow(new UserError(message));
});

test.each([
  { cell: 1, scale: 1 },
  { cell: 64, scale: 1024, colors: 256 },
  { cell: 4, scale: 3, colors: 2 },
  { cell: 4, scale: 3, colors: "auto", keepColors: 0 },
  { cell: 4, scale: 3, colors: "none", keepColors: 0.25 },
] as const)("accepts %o", (options) => checkGrid(options));
