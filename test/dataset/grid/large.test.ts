// Pictures with more than 2048 pixels a side: the detector sees their middle only, and yet their
// cells are exact.

import { expect, test } from "vitest";
import { judgePicture } from "../../../src/dataset/audit/judge.ts";
import { ownCells } from "../../../src/dataset/grid/own-cells.ts";
import { artCells } from "../../../src/dataset/prepare/art.ts";
import type { Image } from "../../../src/picture/image.ts";
import { crop } from "../../../src/picture/preprocess.ts";
import { enlarge } from "../../../src/pixelart/grid/cells/geometry.ts";
import { artOf } from "../../pixelart/grid/damaged-art.ts";
import { slowTest } from "../../slow.ts";

const art = await artOf("ruin", "jungle", "cave", "bridge");
const part = crop(art, 0, 20, 64, 20);
const large: Image = enlarge(part, 36, 36 * part.width, 36 * part.height);

slowTest("large cells of whole pixels are exact, although the middle begins within a cell", () => {
  expect(large.width).toBeGreaterThan(2048);
  const found = judgePicture(large, "PNG");
  expect(found).toMatchObject({ verdict: "real-pixel-art", cell: [36, 36], phase: [0, 0], columns: 64, rows: 20 });
  expect(artCells(large, true).cells.data).toEqual(part.data);
});

test("an atlas at one pixel a cell is read without the detector seeing all of it", () => {
  const sheet = { ...art, width: 34 * art.width, data: new Uint8ClampedArray(34 * art.data.length) };
  for (let at = 0; at < sheet.data.length; at += 4 * art.width) {
    const row = Math.floor(at / (4 * sheet.width));
    sheet.data.set(art.data.subarray(4 * row * art.width, 4 * (row + 1) * art.width), at);
  }
  expect(ownCells(sheet).cell).toBe(1);
  expect(artCells(sheet, false).cells).toBe(sheet);
});
