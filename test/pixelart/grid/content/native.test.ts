// Art at its own size is told from art that was enlarged, and from what is no art.

import { describe, expect, test } from "vitest";
import { enlarge, kernels } from "../../../../bench/enlarge.ts";
import type { Image } from "../../../../src/picture/image.ts";
import { nativenessOf } from "../../../../src/pixelart/grid/content/native.ts";
import { findGrid } from "../../../../src/pixelart/grid/detect.ts";
import { Random } from "../../../../src/random.ts";
import { artOf, blurred, jpegOf, photoOf, rearranged } from "../damaged-art.ts";

const arts = [
  await artOf("airship", "beach", "castle-tower", "village-house"),
  await artOf("ruin", "jungle", "cave", "bridge"),
  await artOf("pagoda", "moon", "vines", "island"),
];

describe("art at its own size", () => {
  test("is told so, in all or in part, and mirrored", () => {
    for (const art of arts) {
      expect(nativenessOf(art)).toBeGreaterThan(0.9);
      expect(nativenessOf(rearranged(art, 40, 23, (x, y) => [x + 9, y + 20]))).toBeGreaterThan(0.5);
      expect(nativenessOf(rearranged(art, 64, 64, (x, y) => [63 - y, x]))).toBeCloseTo(nativenessOf(art), 6);
    }
  });

  test("whose tiles repeat has no grid of tiles", () => {
    for (const art of arts)
      for (const side of [32, 64]) {
        const tiles = rearranged(art, 160, 160, (x, y) => [x % side, y % side]);
        expect(findGrid([tiles])).toMatchObject({ verdict: "native", cell: [1, 1], size: [160, 160] });
      }
  });
});

describe("no art at its own size", () => {
  test.each([2, 2.5, 3.7, 5.33, 6.4, 10.7, 16])("is what was enlarged %f times", (factor) => {
    for (const art of arts) expect(nativenessOf(enlarge(art, kernels.nearest, { factor: [factor, factor] }))).toBe(0);
  });

  test("is what was enlarged smoothly, blurred, or compressed", async () => {
    for (const art of arts) {
      for (const kernel of [kernels.bilinear, kernels.bicubic, kernels.Lanczos])
        expect(nativenessOf(enlarge(art, kernel, { factor: [4, 4] }))).toBeLessThan(0.5);
      const large = enlarge(art, kernels.nearest, { factor: [6, 6] });
      expect(nativenessOf(await blurred(large, 1.2))).toBeLessThan(0.5);
      expect(nativenessOf(await jpegOf(large, 75))).toBeLessThan(0.5);
    }
  });

  test.each(["cat", "colosseum", "harbour", "otter"])("is the photo %s", async (name) => {
    expect(nativenessOf(await photoOf(name))).toBeLessThan(0.2);
  });

  test("is a photo in grey, though it has 256 colours at most, as art in grey is", async () => {
    for (const name of ["general", "motorcycle", "cat"])
      expect(nativenessOf(inGrey(await photoOf(name)))).toBeLessThan(0.5);
    for (const art of arts) expect(nativenessOf(inGrey(art))).toBeGreaterThan(0.9);
  });

  test("is noise", () => {
    const random = new Random(5);
    const data = Uint8ClampedArray.from({ length: 4 * 90 * 90 }, (_, i) => (i % 4 === 3 ? 255 : random.below(256)));
    const noise: Image = { width: 90, height: 90, hasAlpha: false, data };
    expect(nativenessOf(noise)).toBe(0);
  });
});

function inGrey(image: Image): Image {
  const data = image.data.slice();
  for (let at = 0; at < data.length; at += 4) {
    const light = (data[at] + 2 * data[at + 1] + data[at + 2]) / 4;
    data.fill(light, at, at + 3);
  }
  return { ...image, data };
}
