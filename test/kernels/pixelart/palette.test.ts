// The palette's mathematics: OKLab in integers against culori and float64, k-means against a
// float64 twin, and the device against the CPU, byte for byte.

import { oklab } from "culori";
import { expect, test } from "vitest";
import { image, vector, type TensorType } from "../../../src/kernels/core/operation.ts";
import { cones, oklabOf, shadeOf } from "../../../src/kernels/pixelart/oklab.ts";
import { kMeans, mapToPalette } from "../../../src/kernels/pixelart/palette.ts";
import { seedsOf } from "../../../src/pixelart/initial-centres.ts";
import { openTestGpu, runOperation, someValues } from "../../gpu.ts";
import { distanceBetween, exactOklab, exactShade } from "../../pixelart/oklab.ts";

const gpu = await openTestGpu();

const row = (count: number): TensorType => ({ layout: "pixels", shape: [1, 1, count] });

const opaque = (colours: ArrayLike<number>) => Float64Array.from(colours, (colour) => (colour | 0xff000000) >>> 0);

/** The integers of `oklabOf` in OKLab's units. */
function scaled([l, a, b]: readonly number[]): number[] {
  return [l / 32768, (a - 16384) / 32768, (b - 16384) / 32768];
}

/** Every 17th level of each channel, the darkest levels, and a few thousand others. */
const colours = [
  ...Array.from({ length: 4096 }, (_, i) => 17 * ((i & 15) + ((i >> 4) & 15) * 256 + (i >> 8) * 65536)),
  ...Array.from({ length: 512 }, (_, i) => (i & 7) + ((i >> 3) & 7) * 256 + (i >> 6) * 65536),
  ...someValues(row(3000), 1).map((pixel) => pixel & 0xffffff),
];

test("OKLab matches culori within 0.0001, and greys have no chroma", () => {
  const differences = colours.map((pixel) => {
    const [r, g, b] = [0, 8, 16].map((shift) => ((pixel >>> shift) & 255) / 255);
    const theirs = oklab({ mode: "rgb", r, g, b })!;
    const exact = exactOklab(pixel);
    return [
      distanceBetween(exact, [theirs.l, theirs.a, theirs.b]),
      distanceBetween(scaled(oklabOf(pixel)), exact),
    ] as const;
  });
  expect(Math.max(...differences.map(([toCulori]) => toCulori))).toBeLessThan(1e-6);
  expect(Math.max(...differences.map(([, toExact]) => toExact))).toBeLessThan(1e-4);
  expect(oklabOf(0)).toEqual([0, 16384, 16384]);
  for (let level = 0; level < 256; level++) {
    const [, a, b] = oklabOf(level * 0x010101);
    expect(Math.max(Math.abs(a - 16384), Math.abs(b - 16384))).toBeLessThanOrEqual(1);
  }
});

test("every colour maps where the CPU says, which is the nearest shade", async () => {
  for (const palette of [
    [0x000000, 0xffffff],
    [0x0000ff, 0x00ff00, 0xff0000, 0x7f7f7f, 0x00ffff],
  ]) {
    const inputs = [row(colours.length), row(palette.length), vector(3072)];
    const values = [opaque(colours), opaque(palette), cones];
    const expected = mapToPalette.reference(
      inputs.map((type, i) => ({ shape: type.shape, data: Float64Array.from(values[i]) })),
      {},
    );
    const actual = await runOperation(gpu, mapToPalette, inputs, values, {});
    expect(actual.data).toEqual(expected.data);
    const excess = Array.from(actual.data, (chosen, i) => {
      const point = exactShade(colours[i]);
      const best = Math.min(...palette.map((colour) => distanceBetween(point, exactShade(colour))));
      return distanceBetween(point, exactShade(chosen)) - best;
    });
    expect(Math.max(...excess)).toBeLessThan(2e-4);
  }
});

test("the first of equal palette colours is used, unused entries never, and transparent cells stay", async () => {
  const palette = [0x00ffffff, 0xff0000ff, 0xff0000ff, 0xff00ff00];
  const cells = [0xffffffff, 0x800000f0, 0x00123456];
  const { data } = await runOperation(gpu, mapToPalette, [row(3), row(4), vector(3072)], [cells, palette, cones], {});
  expect([...data]).toEqual([0xff00ff00, 0x800000ff, 0x00123456]);
});

test.each([2, 7, 32])(
  "k-means to %i colours ends with as small an error as in float64 from the same seeds",
  async (count) => {
    // Four clouds of colours, of unequal size.
    const noise = someValues(image(1, 3, 1, 6000), count);
    const pixels = opaque(
      Array.from({ length: 2000 }, (_, i) => {
        const cloud = [0x305070, 0xc0a040, 0x208030, 0xe0e0d0][i % 7 < 4 ? 0 : (i % 7) - 3];
        const channel = (c: number) =>
          Math.min(Math.max(((cloud >>> (8 * c)) & 255) + Math.round(30 * noise[3 * i + c]), 0), 255);
        return channel(0) + channel(1) * 256 + channel(2) * 65536;
      }),
    );
    const seeds = seedsOf(
      Array.from(pixels, (pixel) => shadeOf(pixel)),
      count,
    );
    const inputs = [row(pixels.length), vector(seeds.length), vector(3072)];
    const { data } = await runOperation(gpu, kMeans, inputs, [pixels, seeds, cones], { iterations: 24 });
    const points = Array.from(pixels, exactShade);
    const centres = Array.from({ length: count }, (_, k) => scaled([...seeds.subarray(4 * k, 4 * k + 3)]));
    for (let i = 0; i < 24; i++) {
      const nearest = points.map((point) => nearestOf(point, centres));
      centres.forEach((centre, k) => {
        const own = points.filter((_, p) => nearest[p] === k);
        if (own.length > 0)
          [0, 1, 2].forEach((i) => (centre[i] = own.reduce((sum, point) => sum + point[i], 0) / own.length));
      });
    }
    // The palette contains members, not means. Its centres are recovered as the means of the
    // colours that choose each member.
    const palette = Array.from(data, exactShade);
    expect(new Set(data).size).toBe(count);
    data.forEach((colour) => expect(pixels).toContain(colour));
    const regrouped = palette.map((_, k) => {
      const own = points.filter((point) => nearestOf(point, palette) === k);
      return [0, 1, 2].map((i) => own.reduce((sum, point) => sum + point[i], 0) / own.length);
    });
    expect(objective(points, regrouped)).toBeLessThan(1.01 * objective(points, centres));
  },
);

test("an empty cluster gives no colour, and transparent cells do not count", async () => {
  const cells = [0xff000000, 0xff0000ff, 0x00ffffff, 0xff000000];
  const seeds = [0, 16384, 16384, 0, 20000, 25000, 20000, 0, 32767, 16384, 16384, 0];
  const { data } = await runOperation(gpu, kMeans, [row(4), vector(12), vector(3072)], [cells, seeds, cones], {
    iterations: 3,
  });
  expect([...data]).toEqual([0xff000000, 0xff0000ff, 0]);
});

test("refuses more cells than 32-bit sums can hold", () => {
  expect(() => kMeans.infer([row(65537), vector(8), vector(3072)], { iterations: 1 })).toThrow("65536");
  expect(() => kMeans.infer([row(4), vector(1028), vector(3072)], { iterations: 1 })).toThrow("256");
});

test("65536 white cells, the largest possible sums, keep their colour", async () => {
  const cells = new Float64Array(65536).fill(0xffffffff);
  const seeds = [32767, 16384, 16384, 0, 0, 16384, 16384, 0];
  const inputs = [row(65536), vector(8), vector(3072)];
  const { data } = await runOperation(gpu, kMeans, inputs, [cells, seeds, cones], { iterations: 2 });
  expect([...data]).toEqual([0xffffffff, 0]);
});

function nearestOf(point: readonly number[], centres: readonly (readonly number[])[]): number {
  const distances = centres.map((centre) => distanceBetween(point, centre));
  return distances.indexOf(Math.min(...distances));
}

function objective(points: readonly (readonly number[])[], centres: readonly (readonly number[])[]): number {
  return points.reduce((sum, point) => sum + distanceBetween(point, centres[nearestOf(point, centres)]) ** 2, 0);
}
