// Tells art from shrunk photos: the traits of patterns with known values, and the fitted networks
// on real pictures that they have not seen.

import { describe, expect, test } from "vitest";
import { naiveCells, type Recipe } from "../../../bench/audit/naive.ts";
import { enlarge as enlargeSmoothly, kernels } from "../../../bench/enlarge.ts";
import { evidenceOf } from "../../../src/dataset/audit/evidence.ts";
import { judgePicture } from "../../../src/dataset/audit/judge.ts";
import { inputsOf, kinds } from "../../../src/dataset/audit/odds.ts";
import { traitNames, traitsOf } from "../../../src/dataset/audit/traits/traits.ts";
import fitted from "../../../src/dataset/audit/weights.json";
import type { Image } from "../../../src/picture/image.ts";
import { enlarge } from "../../../src/pixelart/grid/cells/geometry.ts";
import { findGrid } from "../../../src/pixelart/grid/detect.ts";
import { artOf, jpegOf, photoOf } from "../../pixelart/grid/damaged-art.ts";

/** Grey cells, by their levels. */
function cellsFrom(side: number, levelAt: (x: number, y: number) => number): Image {
  const data = new Uint8ClampedArray(4 * side * side).fill(255);
  for (let i = 0; i < side * side; i++) data.fill(levelAt(i % side, Math.floor(i / side)), 4 * i, 4 * i + 3);
  return { width: side, height: side, data, hasAlpha: false };
}

const times = (cells: Image, factor: number) => enlarge(cells, factor, factor * cells.width, factor * cells.height);

describe("traits", () => {
  test("of a checkerboard are known", () => {
    const traits = traitsOf(
      cellsFrom(8, (x, y) => ((x + y) % 2 === 0 ? 0 : 200)),
      true,
    );
    expect(traits).toMatchObject({ visible: 64, plain: 0, checkers: 1, corners: 0, fours: 0, lines: 0, singles: 1 });
    expect(traits).toMatchObject({ evenness: 1, strong: 1, repeats: 1, rank: 0.5, near: 0, nearly: 0 });
    expect(2 ** traits.colours).toBeCloseTo(2 / 64, 3);
    expect(traits.edge).toBeCloseTo(Math.log(201), 9);
  });

  test("of dark lines on a light ground are known", () => {
    const traits = traitsOf(
      cellsFrom(9, (x) => (x % 4 === 2 ? 20 : 220)),
      true,
    );
    expect(traits.plain).toBeCloseTo(4 / 8, 9);
    expect(traits.darkLines).toBeCloseTo(2 / 7, 9);
    expect(traits.lines).toBeCloseTo(2 / 7 / 0.5, 9);
    expect(traits.glints).toBe(0);
    expect(
      traitsOf(
        cellsFrom(9, (x) => (x % 4 === 2 ? 220 : 20)),
        true,
      ),
    ).toMatchObject({ darkLines: 0 });
  });

  test("of cells that all differ are known", () => {
    const traits = traitsOf(
      cellsFrom(16, (x, y) => 16 * y + x),
      true,
    );
    expect(traits).toMatchObject({ evenness: 1, fours: 1, plain: 0, repeats: 0, strong: 0 });
    expect(2 ** traits.colours).toBeCloseTo(1, 3);
  });

  test("rank the most frequent colors, and of those that are as frequent the smallest", () => {
    const data = new Uint8ClampedArray(4 * 30 * 30).fill(255);
    // 900 cells: of 300 colors the upper half occurs four times each, the others twice.
    const colors = Array.from({ length: 900 }, (_, i) => (i < 600 ? 150 + (i % 150) : i % 150));
    colors.forEach((color, i) => data.set([color & 255, 7 * (color >> 8), (color * 37) & 255], 4 * ((i * 7) % 900)));
    const image = { width: 30, height: 30, data, hasAlpha: false };
    const numbers = [...new Uint32Array(data.buffer)];
    const count = (color: number) => numbers.filter((other) => other === color).length;
    const ranked = [...new Set(numbers)].sort((a, b) => count(b) - count(a) || a - b).slice(0, 256);
    const step = (a: number, b: number) =>
      [0, 8, 16].reduce((sum, bits) => sum + Math.abs(((a >> bits) & 255) - ((b >> bits) & 255)), 0);
    const shares = numbers.flatMap((color, i) => {
      const before = numbers[i - 1];
      if (i % 30 === 0 || color === before || !ranked.includes(color) || !ranked.includes(before)) return [];
      return ranked.filter((other) => step(before, other) < step(before, color)).length / 256;
    });
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(traitsOf(image, true).rank).toBeCloseTo(mean, 9);
  });

  test("ignore small differences in a picture that was changed", () => {
    const nearly = cellsFrom(8, (x, y) => 100 + ((7 * x + 5 * y) % 4));
    expect(traitsOf(nearly, true).plain).toBeLessThan(0.2);
    expect(traitsOf(nearly, false).plain).toBe(1);
  });

  test("ignore transparent cells", () => {
    const art = cellsFrom(8, (x, y) => 20 * x + y);
    for (let i = 0; i < 32; i++) art.data[4 * i + 3] = 0;
    const hidden = { ...art, data: art.data.map((level, i) => (i < 128 && i % 4 < 3 ? 255 - level : level)) };
    expect(traitsOf(hidden, true)).toEqual(traitsOf(art, true));
    expect(traitsOf(art, true).visible).toBe(32);
  });
});

test("the networks have a weight for each input and each kind", () => {
  const flat = cellsFrom(16, (x) => x);
  const traits = Object.keys(traitsOf(flat, true)).filter((name) => !/visible|borders/.test(name));
  expect([...traitNames].sort()).toEqual(traits.sort());
  const inputs = inputsOf(evidenceOf(flat, findGrid([flat])).evidence);
  expect(inputs.every(Number.isFinite)).toBe(true);
  const { means, spreads, networks } = fitted;
  expect([means.length, spreads.length]).toEqual([inputs.length, inputs.length]);
  expect(spreads.every((spread) => spread > 0)).toBe(true);
  for (const { hidden, output } of networks) {
    expect(hidden.every((row) => row.length === inputs.length + 1)).toBe(true);
    expect(output.map((row) => row.length)).toEqual(Array(kinds.length).fill(hidden.length + 1));
  }
});

const palette = { by: "median cut", colours: 16 } as const;
const recipes: [string, Recipe, RegExp][] = [
  ["with all its colors", { shrink: "box" }, /(9|10) colors per 10 cells, as in a shrunk photo/],
  ["in 16 colors", { shrink: "lanczos", palette }, /16 colors with the shading of a shrunk photo/],
  ["dithered", { shrink: "box", palette, dither: "Floyd-Steinberg" }, /dithered in 16 colors, like a photo/],
];

describe("a shrunk photo", () => {
  test.each(recipes)("%s is a naive conversion, enlarged and compressed", async (_, recipe, words) => {
    const cells = naiveCells(await photoOf("harbour"), 56, recipe, 1);
    expect(judgePicture(times(cells, 3), "PNG")).toMatchObject({
      verdict: "naive-conversion",
      reason: expect.stringMatching(words),
      cell: [3, 3],
    });
    if (recipe.palette) expect(judgePicture(cells, "PNG").verdict).toBe("naive-conversion");
    expect(judgePicture(await jpegOf(times(cells, 3), 90), "JPEG").verdict).toBe("naive-conversion");
  });

  test("is recognised in a palette as spread out as an artist's", async () => {
    const photo = await photoOf("cat");
    for (const named of ["c64", "gameboy", "db16"]) {
      const cells = naiveCells(photo, 48, { shrink: "box", palette: { named } }, 1);
      expect(judgePicture(times(cells, 2), "PNG").verdict, named).toBe("naive-conversion");
    }
  });

  test("is not recognised if it was enlarged smoothly", async () => {
    const cells = naiveCells(await photoOf("harbour"), 56, { shrink: "box" }, 1);
    const smooth = enlargeSmoothly(cells, kernels.bicubic, { factor: [3, 3] });
    expect(judgePicture(smooth, "PNG").verdict).toBe("not-pixel-art");
  });
});

describe("art", () => {
  test("is recognised at its own size, enlarged and compressed", async () => {
    const art = await artOf("ruin", "jungle", "cave", "bridge");
    expect(judgePicture(art, "PNG").verdict).toBe("real-pixel-art");
    expect(judgePicture(times(art, 4), "PNG").verdict).toBe("real-pixel-art");
    expect(judgePicture(await jpegOf(times(art, 4), 90), "JPEG").verdict).toBe("rescaled-pixel-art");
  });

  test("is recognised although a resize has hidden its grid", async () => {
    const art = await artOf("ruin", "jungle", "cave", "bridge");
    const soft = enlargeSmoothly(art, kernels.bilinear, { factor: [1.7, 1.7] });
    expect(judgePicture(soft, "PNG").verdict).toBe("rescaled-pixel-art");
  });

  test("with few cells is not doubted", async () => {
    const cells = naiveCells(await photoOf("cat"), 16, { shrink: "box" }, 1);
    expect(judgePicture(cells, "PNG").verdict).toBe("real-pixel-art");
    expect(judgePicture(times(cells, 4), "PNG").verdict).toBe("real-pixel-art");
  });

  test("with one color is not doubted", () => {
    expect(
      judgePicture(
        cellsFrom(64, () => 200),
        "PNG",
      ),
    ).toMatchObject({ verdict: "real-pixel-art", blank: true });
  });
});
