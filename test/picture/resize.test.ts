import { describe, expect, test } from "vitest";
import { fittedSize, fitWithin, resizeBicubic } from "../../src/picture/resize.ts";
import { bytesOf, imageOf, resizeFixtures } from "./fixtures/fixtures.ts";

describe("bicubic resize equals Pillow byte for byte", () => {
  for (const { width, height, pixels, outputs } of resizeFixtures.resize) {
    const image = imageOf(width, height, bytesOf(pixels));
    for (const output of outputs) {
      test(`${width} x ${height} to ${output.width} x ${output.height}`, () => {
        const resized = resizeBicubic(image, output.width, output.height);
        expect([resized.width, resized.height, resized.hasAlpha]).toEqual([output.width, output.height, true]);
        expect(Array.from(resized.data)).toEqual(Array.from(bytesOf(output.pixels)));
      });
    }
  }
});

test("an opaque picture stays opaque, whatever the size", () => {
  for (let size = 1; size < 60; size++) {
    const resized = resizeBicubic(imageOf(17, 5, new Uint8Array(17 * 5).fill(255)), size, 61 - size);
    expect(resized.data.every((value) => value === 255)).toBe(true);
  }
});

test("fitWithin keeps the aspect, never enlarges, never vanishes", () => {
  expect(fittedSize(4000, 3000, 1024)).toEqual({ width: 1024, height: 768 });
  expect(fittedSize(3000, 4000, 1024)).toEqual({ width: 768, height: 1024 });
  expect(fittedSize(640, 480, 1024)).toEqual({ width: 640, height: 480 });
  expect(fittedSize(10000, 1, 100)).toEqual({ width: 100, height: 1 });
  const small = imageOf(3, 2, new Uint8Array(6));
  expect(fitWithin(small, 3)).toBe(small);
  expect(fitWithin(small, 2)).toMatchObject({ width: 2, height: 1 });
  for (let side = 1; side < 400; side++) {
    for (const limit of [1, 7, 99, 256]) {
      const { width, height } = fittedSize(400, side, limit);
      expect(width).toBe(limit);
      expect(height).toBeGreaterThanOrEqual(1);
      expect(height).toBeLessThanOrEqual(limit);
    }
  }
});
