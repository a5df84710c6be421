// The blocks of a JPEG are found by their coefficients, and taken out of its edges.

import { expect, test } from "vitest";
import { enlarge, kernels } from "../../../../bench/enlarge.ts";
import { blocksOf } from "../../../../src/pixelart/grid/signal/jpeg-blocks.ts";
import { withoutBlocks } from "../../../../src/pixelart/grid/signal/without-blocks.ts";
import { artOf, jpegOf, photoOf, rearranged } from "../damaged-art.ts";

const art = await artOf("ruin", "jungle", "cave", "bridge");

test.each([50, 75, 90])("a JPEG of quality %i has blocks, also where it was cropped", async (quality) => {
  for (const factor of [3, 5.33]) {
    const image = await jpegOf(enlarge(art, kernels.bicubic, { factor: [factor, factor] }), quality);
    expect(blocksOf(image)).toEqual([0, 0]);
    const cropped = rearranged(image, image.width - 9, image.height - 9, (x, y) => [x + 3, y + 6]);
    expect(blocksOf(cropped)).toEqual([5, 2]);
  }
});

test("nothing else has, not even edges that lie eight pixels apart", async () => {
  for (const kernel of [kernels.nearest, kernels.bilinear, kernels.Lanczos])
    for (const factor of [1, 2, 4, 8])
      expect(blocksOf(enlarge(art, kernel, { factor: [factor, factor] }))).toBeUndefined();
  const photo = await photoOf("cat");
  const small = enlarge(photo, kernels.bicubic, { factor: [0.7, 0.7] });
  expect(blocksOf(small)).toBeUndefined();
  expect(blocksOf({ width: 5, height: 5, hasAlpha: false, data: new Uint8ClampedArray(100) })).toBeUndefined();
});

test("a profile without them keeps other steps, and those that also have edges within blocks", () => {
  const comb = (step: number, height: number) => (x: number) =>
    Math.abs(x - step * Math.round(x / step)) < 0.5 ? height : 0;
  const profileOf = (...combs: ((x: number) => number)[]) => ({
    start: 1,
    bands: [],
    whole: Float64Array.from({ length: 400 }, (_, i) => combs.reduce((sum, at) => sum + at(i + 1 - 3), 0)),
  });
  const blocks = comb(8, 2);
  expect([...withoutBlocks(profileOf(blocks), 3, 0).whole].every((value) => Math.abs(value) < 1e-9)).toBe(true);
  const four = withoutBlocks(profileOf(blocks, comb(4, 1)), 3, 2).whole;
  four.forEach((value, i) => expect(value).toBeCloseTo(comb(4, 1)(i + 1 - 3), 9));
  const five = withoutBlocks(profileOf(blocks, comb(5, 1)), 3, 0).whole;
  const [inside, outside] = [true, false].map((isIn) => five.filter((_, i) => comb(5, 1)(i + 1 - 3) > 0 === isIn));
  expect(Math.min(...inside)).toBeGreaterThan(Math.max(...outside) + 0.5);
});
