// A picture is smooth if nothing followed the filter that enlarged or blurred it.

import { expect, test } from "vitest";
import { enlarge, kernels } from "../../../../bench/enlarge.ts";
import type { Image } from "../../../../src/picture/image.ts";
import { isSmooth } from "../../../../src/pixelart/grid/signal/smoothness.ts";
import { artOf, blurred, jpegOf, photoOf } from "../damaged-art.ts";

const art = await artOf("brick-towers", "bridge", "cactus", "castle-tower");
const photo = await photoOf("cat");

test.each(["bilinear", "bicubic", "Lanczos"] as const)(
  "after an enlargement by a %s kernel, until it is compressed",
  async (kernel) => {
    for (const factor of [4, 5.33, 8]) {
      const large = enlarge(art, kernels[kernel], { factor: [factor, factor] });
      expect(isSmooth(large)).toBe(true);
      expect(isSmooth(await jpegOf(large, 90))).toBe(false);
    }
  },
);

test("a blurred photo is, until it is compressed", async () => {
  expect(isSmooth(photo)).toBe(false);
  for (const deviation of [2, 4]) {
    const soft = await blurred(photo, deviation);
    expect(isSmooth(soft)).toBe(true);
    for (const quality of [90, 75, 40]) expect(isSmooth(await jpegOf(soft, quality))).toBe(false);
  }
});

test("what cannot be seen is not asked, and without slopes there is nothing to be predicted", () => {
  const large = enlarge(art, kernels.bicubic, { factor: [4, 4] });
  const hide = (level: (i: number) => number): Image => ({
    ...large,
    hasAlpha: true,
    data: large.data.map((value, i) => ((i >> 2) % large.width > 60 ? value : i % 4 === 3 ? 0 : level(i))),
  });
  for (const level of [() => 0, (i: number) => (i * 7919) % 256]) expect(isSmooth(hide(level))).toBe(true);
  expect(isSmooth({ ...photo, data: photo.data.map(() => 200) })).toBe(false);
});
