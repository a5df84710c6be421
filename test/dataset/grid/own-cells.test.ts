// The cells of pictures that are proper pixel art, and the reasons for refusing others.

import { beforeAll, describe, expect, test } from "vitest";
import { enlarge as enlargeBy, kernels } from "../../../bench/enlarge.ts";
import { ownCells } from "../../../src/dataset/grid/own-cells.ts";
import { blankImage, type Image } from "../../../src/picture/image.ts";
import { crop } from "../../../src/picture/preprocess.ts";
import { enlarge } from "../../../src/pixelart/grid/cells/geometry.ts";
import { artOf, jpegOf, photoOf } from "../../pixelart/grid/damaged-art.ts";

let art: Image;
beforeAll(async () => {
  art = await artOf("ruin", "jungle", "cave", "bridge");
});

const at = (cell: number) => enlarge(art, cell, art.width * cell, art.height * cell);

describe("the cells of a picture", () => {
  test.each([2, 3, 4, 8, 16])("are found exactly at %d pixels per cell", (cell) => {
    const found = ownCells(at(cell));
    expect(found).toMatchObject({ cell, phase: [0, 0] });
    expect(found.cells.data).toEqual(art.data);
  });

  test("are the pixels at one pixel per cell", () => {
    expect(ownCells(art).cells.data).toEqual(art.data);
    expect(ownCells(art, 1).cells.data).toEqual(art.data);
  });

  test("that the border cuts are completed", () => {
    const cut = crop(at(6), 4, 5, 64 * 6 - 9, 64 * 6 - 7);
    const found = ownCells(cut);
    expect(found).toMatchObject({ cell: 6, phase: [2, 1] });
    expect(found.cells.data).toEqual(art.data);
  });

  test("have the given size if it divides the found one", () => {
    expect(ownCells(at(8), 4).cells).toMatchObject({ width: 128, height: 128 });
    expect(() => ownCells(at(8), 6)).toThrow(
      "it is not on a single grid of 6 pixels per cell: its cells have 8 pixels.",
    );
    expect(() => ownCells(art, 4)).toThrow(
      "it is not on a single grid of 4 pixels per cell: each of its pixels is a cell.",
    );
  });

  test("may have any size in a picture of one color", () => {
    expect(ownCells(blankImage(12, 8), 4).cells).toMatchObject({ width: 3, height: 2 });
  });

  test("ignore hidden colors", () => {
    const hidden = { ...at(4), hasAlpha: true };
    for (let i = 0; i < 4 * 40; i += 4) hidden.data.set([i & 255, 0, 0, 0], i);
    for (let y = 1; y < 4; y++) hidden.data.fill(0, 4 * y * hidden.width, 4 * (y * hidden.width + 40));
    expect(ownCells(hidden).cell).toBe(4);
  });
});

describe("a picture is refused if", () => {
  test("its cells have fractional sizes", () => {
    const rescaled = enlargeBy(art, kernels.nearest, { factor: [5.33, 5.33] });
    expect(() => ownCells(rescaled)).toThrow(
      /its cells have 5\.3\d* x 5\.3\d* pixels and are not whole; snap it first/,
    );
  });

  test("compression has damaged it", async () => {
    const damaged = await jpegOf(at(8), 75);
    expect(() => ownCells(damaged)).toThrow("its cells have 8 x 8 pixels and are not whole; snap it first");
  });

  test("it is a photo", async () => {
    const photo = await photoOf("cat");
    expect(() => ownCells(photo)).toThrow("it has no grid; if each pixel is a cell, give `grid` 1.");
    expect(ownCells(photo, 1).cells.width).toBe(photo.width);
  });
});
