import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import type { Image } from "../../src/picture/image.ts";
import {
  flipHorizontally,
  middleOf,
  preprocess,
  toGrayscale,
  type PreprocessOptions,
} from "../../src/picture/preprocess.ts";
import { resizeBicubic } from "../../src/picture/resize.ts";
import { Random } from "../../src/random.ts";
import { bytesOf, imageOf, resizeFixtures, samplesOf } from "./fixtures/fixtures.ts";

const options: PreprocessOptions = { mode: "none", loadSize: 286, cropSize: 256, flip: false, grayscale: false };

/** A picture whose pixels encode their position: R is the column, G the row. */
function positions(width: number, height: number): Image {
  const samples = Array.from({ length: width * height }, (_, i) => [i % width, Math.floor(i / width), 0]);
  return imageOf(width, height, samples.flat());
}

function apply(image: Image, changes: Partial<PreprocessOptions>, seed = 1): Image {
  return preprocess(image, { ...options, ...changes }, new Random(seed));
}

describe("sizes, as the reference computes them", () => {
  const cases: [string, number, number, number, number, number, number][] = [
    // mode, loadSize, cropSize, width, height -> width, height
    ["resize_and_crop", 30, 20, 50, 10, 20, 20],
    ["resize", 30, 20, 50, 10, 30, 30],
    ["crop", 30, 20, 50, 20, 20, 20],
    ["scale_width", 30, 20, 60, 90, 30, 45],
    ["scale_width", 30, 20, 60, 10, 30, 20],
    ["scale_width", 30, 20, 30, 20, 30, 20],
    ["scale_width", 30, 20, 30, 19, 30, 20],
    ["scale_width", 30, 20, 31, 95, 30, 91],
    ["scale_width_and_crop", 30, 20, 60, 90, 20, 20],
    ["none", 1, 1, 162, 311, 160, 312],
    ["none", 1, 1, 3, 4, 4, 4],
    ["none", 1, 1, 6, 10, 8, 8],
    ["none", 1, 1, 14, 18, 16, 16],
  ];
  for (const [mode, loadSize, cropSize, width, height, toWidth, toHeight] of cases) {
    test(`${mode} ${loadSize}/${cropSize}: ${width} x ${height} to ${toWidth} x ${toHeight}`, () => {
      const result = apply(imageOf(width, height, new Uint8Array(width * height)), { mode, loadSize, cropSize });
      expect([result.width, result.height]).toEqual([toWidth, toHeight]);
    });
  }
});

test("a mode that contains resize never scales by width as well", () => {
  const image = positions(40, 20);
  const result = apply(image, { mode: "resize_scale_width", loadSize: 8, cropSize: 4 });
  expect(samplesOf(result)).toEqual(samplesOf(resizeBicubic(image, 8, 8)));
});

test("none rounds to multiples of 4 by resizing", () => {
  const image = positions(10, 7);
  expect(samplesOf(apply(image, { mode: "none" }))).toEqual(samplesOf(resizeBicubic(image, 8, 8)));
  const fits = positions(8, 8);
  expect(apply(fits, { mode: "none" })).toBe(fits);
});

test("crops lie within the picture, are contiguous, and reach every position", () => {
  const image = positions(7, 6);
  const random = new Random(3);
  const seen = new Set<string>();
  for (let i = 0; i < 500; i++) {
    const result = preprocess(image, { ...options, mode: "crop", cropSize: 4 }, random);
    const [left, top] = result.data;
    seen.add(`${left},${top}`);
    const expected = Array.from({ length: 16 }, (_, k) => [left + (k % 4), top + (k >> 2), 0]).flat();
    expect(samplesOf(result)).toEqual(expected);
  }
  expect(seen.size).toBe(4 * 3);
});

test("the flip mirrors half of the pictures, alpha included, and the seed decides which", () => {
  const image = imageOf(3, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(samplesOf(flipHorizontally(image))).toEqual([9, 10, 11, 12, 5, 6, 7, 8, 1, 2, 3, 4]);
  const flipped = (seed: number) => apply(image, { mode: "crop", cropSize: 1, flip: true }, seed).data[0];
  const square = imageOf(
    4,
    4,
    Array.from({ length: 16 }, (_, i) => i),
  );
  let flips = 0;
  for (let seed = 0; seed < 400; seed++) {
    if (apply(square, { flip: true }, seed).data[0] === 3) flips++;
    expect(flipped(seed)).toBe(flipped(seed));
  }
  expect(Math.abs(flips - 200)).toBeLessThan(50);
});

test("a flip of pixels that start between two words", () => {
  const bytes = new Uint8ClampedArray(new ArrayBuffer(9), 1, 8);
  bytes.set([1, 2, 3, 255, 4, 5, 6, 255]);
  const result = flipHorizontally({ width: 2, height: 1, data: bytes, hasAlpha: false });
  expect(Array.from(result.data)).toEqual([4, 5, 6, 255, 1, 2, 3, 255]);
});

test("grey is Pillow's luma, and comes before the resize", () => {
  const rgb = bytesOf(resizeFixtures.grayscale.rgb);
  const luma = bytesOf(resizeFixtures.grayscale.luma);
  const image = imageOf(256, 1, rgb);
  const grey = toGrayscale(image);
  expect(Array.from(grey.data)).toEqual(Array.from(imageOf(256, 1, luma).data));
  const result = apply(image, { mode: "resize", loadSize: 40, grayscale: true });
  expect(samplesOf(result)).toEqual(samplesOf(resizeBicubic(grey, 40, 40)));
});

describe("invalid requests are refused in a sentence", () => {
  const image = positions(8, 6);
  test("a crop larger than the picture", () => {
    expect(() => apply(image, { mode: "crop", cropSize: 7 })).toThrow(/crop of 7 x 7 .*8 x 6.*`cropSize`/);
    expect(() => apply(image, { mode: "crop", cropSize: 7 })).toThrow(UserError);
  });
  test("an unknown mode", () => {
    expect(() => apply(image, { mode: "sclae_width" })).toThrow(/`preprocess` sclae_width .*resize_and_crop/);
    expect(() => apply(image, { mode: "none_at_all" })).toThrow(UserError);
  });
  test("sizes that are none", () => {
    for (const size of [0, -1, 1.5, NaN]) {
      expect(() => apply(image, { mode: "resize", loadSize: size })).toThrow(/`loadSize`/);
      expect(() => apply(image, { mode: "crop", cropSize: size })).toThrow(/`cropSize`/);
    }
  });
  test("a picture that rounds to nothing", () => {
    expect(() => apply(positions(2, 8), { mode: "none" })).toThrow(/too small/);
  });
});

test("the middle of a picture, half a pixel towards the left and the top; a smaller picture is its own", () => {
  const corner = ({ width, height, data }: Image) => ({ width, height, left: data[0], top: data[1] });
  expect(corner(middleOf(positions(7, 5), 4))).toEqual({ width: 4, height: 4, left: 1, top: 0 });
  expect(corner(middleOf(positions(7, 5), 9, 2))).toEqual({ width: 7, height: 2, left: 0, top: 1 });
  const small = positions(3, 4);
  expect(middleOf(small, 4)).toBe(small);
});
