import { expect, test } from "vitest";
import type { Image } from "../../src/picture/image.ts";
import { mirrorAround } from "../../src/picture/mirror.ts";
import { crop } from "../../src/picture/preprocess.ts";

/** Pixel n of the picture has the colour (n, 0, 0, 255 - n). */
function numbered(width: number, height: number): Image {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) data.set([i, 0, 0, 255 - i], 4 * i);
  return { width, height, data, hasAlpha: true };
}

const reds = ({ data }: Image) => [...data].filter((_, i) => i % 4 === 0);

test("rows and columns are mirrored without doubling the outermost", () => {
  const mirrored = mirrorAround(numbered(3, 1), 2);
  expect([mirrored.width, mirrored.height]).toEqual([7, 5]);
  expect(reds(mirrored).slice(0, 7)).toEqual([2, 1, 0, 1, 2, 1, 0]);
  expect(reds(mirrorAround(numbered(1, 3), 1))).toEqual([1, 1, 1, 0, 0, 0, 1, 1, 1, 2, 2, 2, 1, 1, 1]);
});

test("a picture smaller than the margin is mirrored again and again", () => {
  expect(reds(mirrorAround(numbered(2, 1), 5)).slice(0, 12)).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
  expect(new Set(reds(mirrorAround(numbered(1, 1), 3)))).toEqual(new Set([0]));
});

test.each([0, 1, 4, 9])("cutting off a margin of %i restores the picture, alpha included", (margin) => {
  const picture = numbered(5, 4);
  expect(crop(mirrorAround(picture, margin), margin, margin, 5, 4)).toEqual(picture);
});
