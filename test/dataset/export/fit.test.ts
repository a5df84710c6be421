// Fits cells into training sizes: which bucket, which cells are visible, and what surrounds them.

import { describe, expect, test } from "vitest";
import { bucketsOf } from "../../../src/dataset/export/buckets.ts";
import { commonCell, fitted } from "../../../src/dataset/export/fit.ts";
import { painted } from "../../../src/dataset/prepare/paint.ts";
import { UserError } from "../../../src/errors.ts";
import { blankImage, type Image } from "../../../src/picture/image.ts";
import { Random } from "../../../src/random.ts";

const buckets = bucketsOf("kohya", 1024, 8);
const size = (width: number, height: number) => ({ width, height });
const white = [255, 255, 255];

function pictureOf(width: number, height: number, pixels: readonly (readonly number[])[]): Image {
  const image = { ...blankImage(width, height), hasAlpha: true };
  pixels.forEach((pixel, i) => image.data.set(pixel, 4 * i));
  return image;
}

/** The pixels in the middles of a drawing's cells. */
function middles({ width, height, data }: Image, cell: number): number[][] {
  return Array.from({ length: (width / cell) * (height / cell) }, (_, i) => {
    const [column, row] = [i % (width / cell), Math.floor(i / (width / cell))];
    const at = 4 * ((row * cell + cell / 2) * width + column * cell + cell / 2);
    return [...data.subarray(at, at + 4)];
  });
}

describe("a fit", () => {
  test("shows the whole picture, centred in the most similar bucket", () => {
    expect(fitted(size(80, 80), buckets, 8, "pad")).toEqual({
      size: size(1024, 1024),
      cell: 8,
      shown: { left: 0, top: 0, ...size(80, 80) },
      before: [24, 24],
    });
    expect(fitted(size(144, 112), buckets, 8, "pad").size).toEqual(size(1152, 896));
    expect(fitted(size(96, 150), buckets, 8, "pad").size).toEqual(size(768, 1280));
  });

  test("refuses what it cannot show whole, or crops it if requested", () => {
    expect(() => fitted(size(256, 256), buckets, 8, "pad")).toThrow(UserError);
    expect(fitted(size(256, 256), buckets, 8, "crop").shown).toEqual({ left: 64, top: 64, ...size(128, 128) });
  });

  test("property: shows only whole cells, inside the bucket, for any size", () => {
    const random = new Random(5);
    for (let i = 0; i < 500; i++) {
      const cells = size(1 + random.below(300), 1 + random.below(300));
      const { size: bucket, cell, shown, before } = fitted(cells, buckets, 8, "crop");
      expect(buckets).toContainEqual(bucket);
      expect(shown.left + shown.width).toBeLessThanOrEqual(cells.width);
      expect(shown.top + shown.height).toBeLessThanOrEqual(cells.height);
      expect((before[0] + shown.width) * cell).toBeLessThanOrEqual(bucket.width);
      expect((before[1] + shown.height) * cell).toBeLessThanOrEqual(bucket.height);
      // Nothing is cropped along a padded axis.
      if (before[0] > 0) expect(shown.width).toBe(cells.width);
      if (before[1] > 0) expect(shown.height).toBe(cells.height);
    }
  });
});

describe("one cell for a set", () => {
  const at = (cell: number) => bucketsOf("kohya", 1024, cell);

  test("is the largest that shows nine of ten pictures whole", () => {
    const small = Array.from({ length: 9 }, () => size(32, 32));
    expect(commonCell(small, at)).toBe(32);
    expect(commonCell([...small, size(128, 128)], at)).toBe(32);
    expect(commonCell([...small, size(64, 64), size(64, 64)], at)).toBe(16);
    expect(commonCell([size(16, 16)], at)).toBe(64);
    expect(commonCell([size(500, 500)], at)).toBe(8);
  });
});

describe("a drawing", () => {
  const [red, green, clear, faint] = [
    [255, 0, 0, 255],
    [0, 128, 0, 255],
    [9, 9, 9, 0],
    [0, 0, 255, 51],
  ];
  const cells = pictureOf(2, 2, [red, green, clear, faint]);
  const fit = fitted(cells, [size(64, 64)], 16, "pad");

  test("is opaque, with the background behind transparency", () => {
    const middle = middles(painted(cells, fit, "edge", white), 16);
    const [over, under] = [
      [255, 255, 255, 255],
      [204, 204, 255, 255],
    ];
    expect(middle).toEqual([
      red,
      red,
      green,
      green,
      red,
      red,
      green,
      green,
      over,
      over,
      under,
      under,
      over,
      over,
      under,
      under,
    ]);
  });

  test("is padded with a color if requested", () => {
    const grey = [90, 90, 90];
    const middle = middles(painted(cells, fit, "color", grey), 16);
    const pad = [...grey, 255];
    expect(middle.slice(0, 4)).toEqual([pad, pad, pad, pad]);
    expect(middle.slice(4, 8)).toEqual([pad, red, green, pad]);
    expect(middle[9]).toEqual(pad);
  });
});
