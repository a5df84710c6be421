// How pictures are cut into tiles: each cell or pixel is in exactly one tile or one part that is
// left out.

import { expect, test } from "vitest";
import { artTiles, photoTiles, type Cut, type Part } from "../../../src/dataset/prepare/tiles.ts";

const white = [255, 255, 255] as const;

/** How often each place is covered. */
function coverage(width: number, height: number, parts: readonly Part[]): Uint8Array {
  const counts = new Uint8Array(width * height);
  for (const [left, top, across, down] of parts)
    for (let y = top; y < top + down; y++) for (let x = left; x < left + across; x++) counts[y * width + x]++;
  return counts;
}

const partsOf = ({ transformations, leftOut }: Cut<{ readonly crop: Part }>) =>
  [...transformations, ...leftOut].map(({ crop }) => crop);

test.each([
  [64, 64, 16, 0],
  [65, 71, 16, 9],
  [72, 39, 10, 5],
  [10, 9, 1, 0],
])("art of %i x %i cells, in tiles of 16 x 16: %i tiles, %i parts left out", (width, height, tiles, leftOut) => {
  const cut = artTiles({ width, height }, 4, 64, white);
  expect([cut.transformations.length, cut.leftOut.length]).toEqual([tiles, leftOut]);
  expect(coverage(width, height, partsOf(cut)).every((count) => count === 1)).toBe(true);
  for (const { crop, before } of cut.transformations) {
    expect([crop[0] % 16, crop[1] % 16, ...before]).toEqual([0, 0, 0, 0]);
    expect(Math.min(crop[2], crop[3])).toBeGreaterThanOrEqual(8);
  }
  for (const { crop } of cut.leftOut) expect(Math.min(crop[2], crop[3])).toBeLessThan(8);
});

test("photos are cut into whole tiles only", () => {
  const cut = photoTiles({ width: 2048, height: 1100 }, 256);
  expect(cut.transformations).toHaveLength(8 * 4);
  expect(cut.transformations.every(({ crop }) => crop[2] === 256 && crop[3] === 256)).toBe(true);
  expect(coverage(2048, 1100, partsOf(cut)).every((count) => count === 1)).toBe(true);
  expect(cut.leftOut[0].reason).toBe("only 256 x 76 pixels of a tile are left at the border");
});

test("pictures that are too small are refused", () => {
  expect(() => artTiles({ width: 7, height: 40 }, 4, 64, white)).toThrow("it has 7 x 40 cells, less than half");
  expect(() => photoTiles({ width: 255, height: 900 }, 256)).toThrow("less than the 256 of a training picture");
});
