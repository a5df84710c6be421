// What trainers do to a picture, compared with what their own code did to pictures of many sizes
// (loading.py), and the sizes that they leave unchanged.

import { describe, expect, test } from "vitest";
import { bucketsOf, isLeftAlone } from "../../../src/dataset/export/buckets.ts";
import { loadingOf, trainers, type Trainer } from "../../../src/dataset/export/loading.ts";
import { UserError } from "../../../src/errors.ts";
import recorded from "./loading.json" with { type: "json" };

type Row = [Trainer, ...number[]];
const rows = recorded as Row[];
const played = trainers.filter((trainer) => trainer !== "imagefolder" && trainer !== "webdataset");

describe("the loading of a picture", () => {
  test.each(played)("%s: matches the trainer's own code", (trainer) => {
    const own = rows.filter(([name]) => name === trainer);
    expect(own.length).toBeGreaterThan(150);
    for (const [, resolution, width, height, ...expected] of own) {
      const { resized, crop } = loadingOf(trainer, { width, height }, resolution);
      const found = [resized.width, resized.height, crop.left, crop.top, crop.width, crop.height];
      expect(found, `${width} x ${height} at ${resolution}`).toEqual(expected);
    }
  });
});

describe("buckets", () => {
  test("of nearly all trainers are SDXL's sizes", () => {
    const sizes = [
      { width: 1024, height: 1024 },
      { width: 1152, height: 896 },
      { width: 896, height: 1152 },
    ];
    for (const trainer of trainers) {
      const found = bucketsOf(trainer, 1024, 16);
      for (const size of trainer === "diffusers" ? sizes.slice(0, 1) : sizes) expect(found).toContainEqual(size);
    }
  });

  test.each(trainers)("%s: are unchanged by the trainer, and multiples of 64 and of the cell", (trainer) => {
    for (const resolution of [512, 768, 1024])
      for (const cell of [8, 16, 32])
        for (const { width, height } of bucketsOf(trainer, resolution, cell)) {
          expect([width % 64, height % 64, width % cell, height % cell]).toEqual([0, 0, 0, 0]);
          expect(isLeftAlone(trainer, { width, height }, resolution)).toBe(true);
        }
  });

  test("are refused if they are resized or cut cells", () => {
    const at = (width: number, height: number, cell: number) => () =>
      bucketsOf("kohya", 1024, cell, [{ width, height }]);
    expect(at(1000, 1000, 8)).toThrow("kohya would resize or crop pictures of 1000x1000 at `size` 1024");
    expect(at(1024, 1024, 24)).toThrow("A bucket of 1024x1024 cuts cells of 24 pixels");
    expect(() => bucketsOf("diffusers", 1024, 24)).toThrow(UserError);
    expect(bucketsOf("kohya", 960, 5)).toContainEqual({ width: 960, height: 960 });
  });
});
