// Pixels of enlarged pictures are better predicted by their place in a cell.

import { expect, test } from "vitest";
import { enlarge, kernels } from "../../../../bench/enlarge.ts";
import { enlargementGain, predictionGain } from "../../../../src/pixelart/grid/signal/interpolation.ts";
import { planesOf, transposed } from "../../../../src/pixelart/grid/signal/planes.ts";
import { artOf, jpegOf, photoOf } from "../damaged-art.ts";

const art = await artOf("ruin", "jungle", "cave", "bridge");
const gainsOf = (image: typeof art, step: number) =>
  [false, true].map((isDown) => predictionGain(isDown ? transposed(planesOf(image)) : planesOf(image), step));

test.each([
  ["nearest", [2, 3, 5.33], 0.1],
  ["bilinear", [2, 3, 5.33], 0.1],
  ["bicubic", [2, 3], 0.1],
  ["bicubic", [5.33], 0.02],
  ["Lanczos", [2], 0.1],
] as const)("%s by %j: at the factor, and at no other", (kernel, factors, least) => {
  for (const factor of factors) {
    const large = enlarge(art, kernels[kernel], { factor: [factor, factor] });
    for (const gain of gainsOf(large, factor)) expect(gain).toBeGreaterThan(least);
    for (const gain of gainsOf(large, factor + 0.41)) expect(gain).toBeLessThan(0.4 * least);
  }
});

test("hardly any in a photo, nor where there is nothing to be predicted", async () => {
  const photo = await photoOf("cat");
  for (const step of [2, 3.3, 5]) for (const gain of gainsOf(photo, step)) expect(gain).toBeLessThan(0.015);
  const one = { width: 40, height: 40, hasAlpha: false, data: new Uint8ClampedArray(6400).fill(255) };
  expect(gainsOf(one, 4)).toEqual([0, 0]);
});

test("what blocks of compression show speaks for no enlargement", async () => {
  const photo = planesOf(await jpegOf(await photoOf("cat"), 30));
  expect(predictionGain(photo, 8)).toBeGreaterThan(0.1);
  expect(predictionGain(photo, 4)).toBeGreaterThan(0.05);
  for (const step of [2, 8 / 3, 4, 8, 16]) expect(enlargementGain(photo, step)).toBe(0);
  const large = planesOf(await jpegOf(enlarge(art, kernels.nearest, { factor: [4, 4] }), 75));
  expect(enlargementGain(large, 4)).toBeGreaterThan(1);
});
