// Distinguishes art from shrunk photos: the traits on patterns with known values, and the fitted
// networks on unseen real pictures.

import { describe, expect, test } from "vitest";
import { naiveCells, type Recipe } from "../../../bench/audit/naive.ts";
import { enlarge as enlargeSmoothly, kernels } from "../../../bench/enlarge.ts";
import { judgePicture } from "../../../src/dataset/audit/judge.ts";
import { looks, looksOf, pixelInputs, pixelTraitsOf } from "../../../src/dataset/audit/origin/looks.ts";
import { oddsOf, origins, traitNames, traitsOf } from "../../../src/dataset/audit/origin/origin.ts";
import fitted from "../../../src/dataset/audit/origin/weights.json";
import type { Image } from "../../../src/picture/image.ts";
import { enlarge } from "../../../src/pixelart/grid/geometry.ts";
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

test("the networks have a weight for each trait and each class", () => {
  const flat = cellsFrom(4, (x) => x);
  const traits = Object.keys(traitsOf(flat, true)).filter((name) => !/visible|borders/.test(name));
  expect([...traitNames].sort()).toEqual(traits.sort());
  const pixels = pixelInputs(pixelTraitsOf(flat));
  expect(pixels).toHaveLength(2 * traits.length + 1);
  for (const [{ means, spreads, hidden, output }, inputs, classes] of [
    [fitted.intact, traits.length, origins.length],
    [fitted.changed, traits.length, origins.length],
    [fitted.pixels, pixels.length, looks.length],
  ] as const) {
    expect([means.length, spreads.length]).toEqual([inputs, inputs]);
    expect(hidden.every((row) => row.length === inputs + 1)).toBe(true);
    expect(output.map((row) => row.length)).toEqual(Array(classes).fill(hidden.length + 1));
    expect(spreads.every((spread) => spread > 0)).toBe(true);
  }
});

describe("the looks of pixels", () => {
  const looksOfImage = (image: Image) => looksOf(pixelTraitsOf(image));

  test("tell art, art whose grid is hidden, converted photos and photos apart", async () => {
    const [art, photo] = [await artOf("ruin", "jungle", "cave", "bridge"), await photoOf("harbour")];
    const soft = enlargeSmoothly(art, kernels.bilinear, { factor: [1.7, 1.7] });
    const converted = naiveCells(photo, 96, { shrink: "box", palette: { by: "k-means", colours: 16 } }, 1);
    const found = [art, soft, converted, photo].map((image) => {
      const odds = looksOfImage(image);
      return looks.reduce((best, look) => (odds[look] > odds[best] ? look : best));
    });
    expect(found).toEqual(["drawn", "resampled", "converted", "photo"]);
  });

  test("are not doubted with too few pixels", () => {
    expect(looksOfImage(cellsFrom(12, (x, y) => 16 * y + x)).drawn).toBe(1);
  });
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

  test("with few cells is not doubted", async () => {
    const cells = naiveCells(await photoOf("cat"), 16, { shrink: "box" }, 1);
    expect(oddsOf(traitsOf(cells, true), true).drawn).toBe(1);
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
