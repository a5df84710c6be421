// Statistics that pictures share: given its own, a network's output does not change; given those of
// several pictures, a still place stays the same.

import { afterAll, describe, expect, test } from "vitest";
import type { Architecture } from "../../src/nn/architecture.ts";
import { Generator } from "../../src/nn/generator.ts";
import { pooled } from "../../src/nn/shared-statistics.ts";
import type { Image } from "../../src/picture/image.ts";
import { openTestGpu } from "../gpu.ts";
import { randomPicture, randomWeights, smallResnet } from "../networks.ts";

const gpu = await openTestGpu();
const unet = {
  ...{ kind: "unet", inputChannels: 3, outputChannels: 3, ngf: 4, downs: 5 },
  ...{ norm: "batch", dropout: false },
} as const satisfies Architecture;

describe.each<[string, Architecture]>([
  ["instance norm", smallResnet],
  ["a U-Net, batch norm by the picture's statistics", unet],
])("%s", async (_, architecture) => {
  const generator = await Generator.create(gpu, randomWeights(architecture, 0.3));
  const picture = randomPicture(64, 64);
  const moved: Image = {
    ...picture,
    data: picture.data.map((value, i) => (i < 4 * 64 * 6 && i % 4 < 3 ? 255 - value / 3 : value)),
  };

  test("draws the same, given its own statistics", async () => {
    const own = await generator.statisticsOf(picture);
    expect(own.size).toBeGreaterThan(5);
    const [alone, shared] = [await generator.convert(picture), await generator.convert(picture, { statistics: own })];
    const apart = alone.data.map((value, i) => Math.abs(value - shared.data[i]));
    expect(Math.max(...apart)).toBeLessThanOrEqual(1);
    // And not because it ignores them.
    const others = await generator.convert(picture, { statistics: await generator.statisticsOf(moved) });
    expect(others.data).not.toEqual(shared.data);
    expect((await generator.convert(picture)).data).toEqual(alone.data);
  });

  test("leaves regions far from a change unchanged, given shared statistics", async () => {
    if (architecture.kind === "unet") return; // its field is the whole picture
    const statistics = pooled([await generator.statisticsOf(picture), await generator.statisticsOf(moved)]);
    const below = (image: Image) => image.data.slice(4 * 64 * 60);
    const [a, b] = [await generator.convert(picture, { statistics }), await generator.convert(moved, { statistics })];
    expect(below(a)).toEqual(below(b));
    expect(a.data).not.toEqual(b.data);
    expect(below(await generator.convert(picture))).not.toEqual(below(await generator.convert(moved)));
  });

  test("releases all memory", async () => {
    const before = gpu.buffers.allocated;
    const another = await Generator.create(gpu, randomWeights(architecture));
    await another.convert(picture, { statistics: await another.statisticsOf(picture) });
    another.release();
    expect(gpu.buffers.allocated).toBeLessThanOrEqual(before);
  });

  afterAll(() => generator.release());
});

test("running statistics are shared already, so there are none to measure", async () => {
  const generator = await Generator.create(gpu, randomWeights({ ...smallResnet, norm: "batch" }), {
    batchStatistics: false,
    dropout: false,
  });
  const picture = randomPicture(32, 32);
  const statistics = await generator.statisticsOf(picture);
  expect(statistics.size).toBe(0);
  expect((await generator.convert(picture, { statistics })).data).toEqual((await generator.convert(picture)).data);
  generator.release();
});

test("pooled statistics are those of all pictures together", () => {
  const epsilon = 1e-5;
  const of = (values: readonly number[]) => {
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    return [mean, 1 / Math.sqrt(variance + epsilon)];
  };
  const [a, b] = [
    [1, 5, -2, 8],
    [0.5, 0.25, 3, 3],
  ];
  const [c, d] = [
    [7, 7, 7, 7],
    [-1, 0, 0, 4],
  ];
  const all = [
    new Map([["norm", Float32Array.from([...of(a), ...of(c)])]]),
    new Map([["norm", Float32Array.from([...of(b), ...of(d)])]]),
  ];
  const together = pooled(all).get("norm")!;
  [...of([...a, ...b]), ...of([...c, ...d])].forEach((value, i) => expect(together[i]).toBeCloseTo(value, 4));
});
