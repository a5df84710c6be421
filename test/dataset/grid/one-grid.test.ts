// What is reported about a set's grids before a training.

import { expect, test } from "vitest";
import { otherGrids } from "../../../src/dataset/grid/one-grid.ts";
import { UserError } from "../../../src/errors.ts";
import type { Image } from "../../../src/picture/image.ts";
import { crop } from "../../../src/picture/preprocess.ts";
import { enlarge } from "../../../src/pixelart/grid/cells/geometry.ts";
import { artOf, photoOf } from "../../pixelart/grid/damaged-art.ts";

const art = crop(await artOf("ruin", "jungle", "cave", "bridge"), 0, 0, 24, 24);
const photo = crop(await photoOf("cat"), 40, 40, 96, 96);
const at = (cell: number) => enlarge(art, cell, 24 * cell, 24 * cell);
const plain: Image = { width: 8, height: 8, data: new Uint8ClampedArray(256).fill(255), hasAlpha: false };

const told = (pictures: readonly (Image | undefined)[], cell: number) =>
  otherGrids(
    pictures.length,
    (index) => {
      const picture = pictures[index];
      return picture ? Promise.resolve(picture) : Promise.reject(new UserError("it is no picture."));
    },
    "trainB",
    cell,
  );

test("a set on one grid gives no warning, also with plain and unreadable pictures", async () => {
  expect(await told([at(4), at(4), plain, undefined], 4)).toBeUndefined();
});

test("other grids are reported with their share, the largest first", async () => {
  const begun = crop(at(4), 1, 0, 80, 80);
  const pictures = [at(4), at(6), at(6), at(6), photo, begun, at(8), art];
  expect(await told(pictures, 4)).toBe(
    "38 % of trainB are at cell 6, 13 % at cell 1, 13 % at cell 4, begun elsewhere, 13 % at cell 8, 13 % on no grid of whole cells, " +
      "not at cell 4 from the corner on: pixelcycle dataset prepare brings them to one grid.",
  );
});

test("of many pictures an even sample is checked", async () => {
  const small = at(3);
  const pictures = Array.from({ length: 600 }, (_, i) => (i < 300 ? plain : small));
  let loads = 0;
  const load = (index: number) => (loads++, Promise.resolve(pictures[index]));
  expect(await otherGrids(600, load, "trainB", 4)).toContain(
    "50 % of trainB are at cell 3, not at cell 4 from the corner on, judging by 60 of 600 pictures:",
  );
  expect(loads).toBe(60);
});
