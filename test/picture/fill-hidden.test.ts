// Colours under full transparency have no effect on visible ones, and are filled in from around
// them.

import { expect, test } from "vitest";
import { fillHidden } from "../../src/picture/fill-hidden.ts";
import type { Image } from "../../src/picture/image.ts";
import { fitWithin } from "../../src/picture/resize.ts";
import { Random } from "../../src/random.ts";

function picture(width: number, height: number, rgba: (x: number, y: number) => readonly number[]): Image {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) data.set(rgba(i % width, Math.floor(i / width)), 4 * i);
  return { width, height, data, hasAlpha: true };
}

/** The same picture with noise wherever alpha is 0. */
function withOtherHidden({ data, ...rest }: Image, random: Random): Image {
  const other = data.slice();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 0) for (let channel = 0; channel < 3; channel++) other[i + channel] = random.below(256);
  }
  return { ...rest, data: other };
}

const pixel = ({ data, width }: Image, x: number, y: number) => [...data.subarray(4 * (y * width + x)).subarray(0, 4)];

test("hidden colours change no byte of the filled picture, nor of a smaller copy of it", () => {
  const random = new Random(1);
  for (let round = 0; round < 200; round++) {
    const alphas = [0, 0, 0, random.below(256), 255].slice(0, 1 + random.below(5));
    const image = picture(1 + random.below(20), 1 + random.below(20), () => [
      ...[0, 0, 0].map(() => random.below(256)),
      alphas[random.below(alphas.length)],
    ]);
    const filled = fillHidden(image);
    const other = fillHidden(withOtherHidden(image, random));
    expect(other).toEqual(filled);
    expect(fitWithin(other, 5)).toEqual(fitWithin(filled, 5));
  }
});

test("visible pixels and all alphas stay; the source is not modified", () => {
  const random = new Random(2);
  const image = picture(13, 9, () => Array.from({ length: 4 }, (_, i) => random.below(i < 3 ? 256 : 3)));
  const before = image.data.slice();
  const filled = fillHidden(image);
  expect(image.data).toEqual(before);
  for (let i = 0; i < before.length; i += 4) {
    expect(filled.data[i + 3]).toBe(before[i + 3]);
    if (before[i + 3] > 0) expect([...filled.data.subarray(i, i + 3)]).toEqual([...before.subarray(i, i + 3)]);
  }
});

test("one colour fills everything; between two the fill is a smooth transition", () => {
  const dot = fillHidden(picture(64, 48, (x, y) => (x === 50 && y === 7 ? [10, 200, 30, 1] : [255, 0, 255, 0])));
  for (let y = 0; y < 48; y++) for (let x = 0; x < 64; x++) expect(pixel(dot, x, y).slice(0, 3)).toEqual([10, 200, 30]);

  const [width, height] = [64, 8];
  const sides = fillHidden(
    picture(width, height, (x) => (x < 4 ? [0, 0, 0, 255] : x >= 60 ? [240, 240, 240, 255] : [99, 0, 99, 0])),
  );
  const row = Array.from({ length: width }, (_, x) => pixel(sides, x, 4)[0]);
  for (let x = 1; x < width; x++) {
    expect(row[x]).toBeGreaterThanOrEqual(row[x - 1]);
    expect(row[x] - row[x - 1]).toBeLessThanOrEqual(60);
  }
  expect(row[8]).toBeLessThan(40);
  expect(row[55]).toBeGreaterThan(200);
});

test("nearly transparent pixels have little weight", () => {
  const edge = picture(2, 2, (x, y) => (y === 1 ? [0, 0, 0, 0] : x === 0 ? [0, 0, 0, 1] : [200, 200, 200, 255]));
  for (const x of [0, 1]) expect(pixel(fillHidden(edge), x, 1)[0]).toBeGreaterThan(190);
});

test("a fully transparent picture becomes the same grey, whatever its colours", () => {
  const empty = picture(5, 3, (x, y) => [x, y, 7, 0]);
  expect(pixel(fillHidden(empty), 2, 1)).toEqual([128, 128, 128, 0]);
});

test("a picture without hidden pixels is returned as it is", () => {
  const seen = picture(3, 2, () => [1, 2, 3, 4]);
  expect(fillHidden(seen)).toBe(seen);
  const opaque = { ...picture(3, 2, () => [1, 2, 3, 255]), hasAlpha: false };
  expect(fillHidden(opaque)).toBe(opaque);
});
