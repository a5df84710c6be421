// Generators on whole pictures: the same bytes as PyTorch, the same in bands, and clear messages
// for what does not fit.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { readCheckpoint } from "../../src/formats/checkpoint/checkpoint.ts";
import type { Architecture } from "../../src/nn/architecture.ts";
import { Generator } from "../../src/nn/generator.ts";
import { converting } from "../../src/nn/layers.ts";
import { blankImage } from "../../src/picture/image.ts";
import { fittedSize } from "../../src/picture/resize.ts";
import { decodeImage } from "../../src/platform/pictures/images.node.ts";
import { openTestGpu } from "../gpu.ts";
import { randomPicture, randomWeights, smallResnet } from "../networks.ts";
import { poisonScratch } from "../poison.ts";

const weights = fileURLToPath(new URL("../../weights/pixelart-4.safetensors", import.meta.url));
const pictures = new URL("../golden-pictures/", import.meta.url);
const gpu = await openTestGpu();

describe("the bundled model", async () => {
  const generator = await Generator.create(gpu, readCheckpoint(new Uint8Array(readFileSync(weights))).tensors);
  afterAll(() => generator.release());

  test.each(["landscape", "portrait", "scene"])("gives PyTorch's bytes for the %s", async (name) => {
    const source = await decodeImage(fileURLToPath(new URL(`${name}.png`, pictures)));
    const expected = await decodeImage(fileURLToPath(new URL(`${name}.expected.png`, pictures)));
    const actual = await generator.convert(source);
    expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
    expect([actual.width, actual.height]).toEqual([4 * Math.ceil(source.width / 4), 4 * Math.ceil(source.height / 4)]);
    const differences = actual.data.map((byte, i) => Math.abs(byte - expected.data[i]));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
    expect(differences.filter((difference) => difference === 0).length / differences.length).toBeGreaterThan(0.995);
  });

  test("releases all memory", async () => {
    const before = gpu.buffers.allocated;
    const another = await Generator.create(gpu, readCheckpoint(new Uint8Array(readFileSync(weights))).tensors);
    await another.convert(randomPicture(32, 24));
    another.release();
    expect(gpu.buffers.allocated).toBeLessThanOrEqual(before);
  });

  test("takes less than 1.5 GB for 256 x 256", () => {
    const { bytes, parameterBytes } = generator.plan(256, 256);
    expect(bytes + parameterBytes).toBeLessThan(1.5e9);
  });
});

describe("large pictures", () => {
  test("in bands give the same bytes as whole", async () => {
    const limited = await openTestGpu({ maximumBindingBytes: 16384 * 8 + 512 });
    const tensors = randomWeights(smallResnet);
    const picture = randomPicture(61, 300);
    const [whole, banded] = [await Generator.create(gpu, tensors), await Generator.create(limited, tensors)];
    expect(banded.plan(61, 300).launches.length).toBeGreaterThan(1.5 * whole.plan(61, 300).launches.length);
    expect((await banded.convert(picture)).data).toEqual((await whole.convert(picture)).data);
    whole.release();
  });

  test("that do not fit into memory are refused with the largest size that fits", async () => {
    const poor = await openTestGpu({ memory: 40e6 });
    const generator = await Generator.create(poor, randomWeights(smallResnet));
    const before = poor.buffers.allocated;
    const refusal = await generator.convert(blankImage(4000, 3000)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UserError);
    const [, width, height] = /fits is about (\d+) x (\d+)/.exec((refusal as Error).message)!.map(Number);
    expect(width / height).toBeCloseTo(4 / 3, 1);
    expect(() => generator.checkFits({ width, height })).not.toThrow();
    expect(() => generator.checkFits({ width: Math.ceil(width * 1.02), height: Math.ceil(height * 1.02) })).toThrow(
      UserError,
    );
    // Whoever follows the advice gets this size, whichever way the shorter side is rounded.
    for (const ratio of [1.31, 1.32, 1.33, 1.34, 1.35]) {
      const shape = { width: 4000, height: Math.round(4000 / ratio) };
      const longest = Number(/longer side to (\d+)/.exec(messageOf(() => generator.checkFits(shape)))![1]);
      const small = fittedSize(shape.width, shape.height, longest);
      expect(() => generator.checkFits(small)).not.toThrow();
    }
    expect(poor.buffers.allocated).toBe(before);

    const [halfWidth, halfHeight] = /With `precision` half (\d+) x (\d+) fits; otherwise/
      .exec((refusal as Error).message)!
      .slice(1)
      .map(Number);
    const half = await Generator.create(poor, randomWeights(smallResnet), converting, "half");
    expect(() => half.checkFits({ width: halfWidth, height: halfHeight })).not.toThrow();
    const larger = { width: Math.ceil(1.02 * halfWidth), height: Math.ceil(1.02 * halfHeight) };
    expect(messageOf(() => half.checkFits(larger))).toMatch(/GiB\)\. The largest size of this shape/);
    expect(messageOf(() => generator.checkFits({ width: halfWidth, height: halfHeight }))).toMatch(
      /With `precision` half it fits; /,
    );

    const bordered = /fits is about (\d+) x (\d+)/.exec(
      messageOf(() => generator.checkFits({ width: 4000, height: 3000, margin: 32 })),
    )!;
    expect(() =>
      generator.checkFits({ width: Number(bordered[1]), height: Number(bordered[2]), margin: 32 }),
    ).not.toThrow();
    expect(Number(bordered[1])).toBeLessThan(width);
  });

  test("that exceed a GPU's buffer limit are refused with that limit, not with its unknown memory", async () => {
    const gpu = await openTestGpu();
    gpu.limits.bufferBytes = 2 ** 26;
    const generator = await Generator.create(gpu, randomWeights(smallResnet));
    const message = messageOf(() => generator.checkFits({ width: 4000, height: 3000 }));
    expect(message).toMatch(
      /^A picture of 4000 x 3000 pixels needs a buffer of \d+\.\d GiB, but .* allows none above 0\.1 GiB\. /,
    );
    const [, width, height] = /fits is about (\d+) x (\d+)/.exec(message)!.map(Number);
    expect(() => generator.checkFits({ width, height })).not.toThrow();
    gpu.limits.bindingBytes = 2 ** 14;
    expect(messageOf(() => generator.checkFits({ width: 4000, height: 3000 }))).toMatch(/has rows too long for /);
  });
});

function messageOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("networks of every kind", () => {
  test.each<[string, Architecture, number]>([
    ["a ResNet without norm", { ...smallResnet, norm: "none" }, 13],
    ["a ResNet with batch norm and dropout", { ...smallResnet, norm: "batch", dropout: true }, 16],
    ["a grey ResNet", { ...smallResnet, inputChannels: 1, outputChannels: 1, norm: "instance" }, 9],
    [
      "a U-Net",
      { kind: "unet", inputChannels: 3, outputChannels: 3, ngf: 2, downs: 5, norm: "batch", dropout: null },
      64,
    ],
  ])("%s converts, the same at every run", async (_name, architecture, side) => {
    const generator = await Generator.create(gpu, randomWeights(architecture, 0.3));
    const picture = randomPicture(side, side);
    const first = await generator.convert(picture);
    poisonScratch(gpu);
    const second = await generator.convert(picture);
    expect(first.data).toEqual(second.data);
    expect(new Set(first.data).size).toBeGreaterThan(10);
    generator.release();
  });

  test("a picture too small, a size that a U-Net does not take, a discriminator: each is refused", async () => {
    const resnet = await Generator.create(gpu, randomWeights(smallResnet));
    await expect(resnet.convert(blankImage(4, 4))).rejects.toThrow(/needs 5 a side/);
    await expect(resnet.convert(blankImage(5, 5))).resolves.toMatchObject({ width: 8, height: 8 });
    const unet = {
      kind: "unet",
      inputChannels: 3,
      outputChannels: 3,
      ngf: 2,
      downs: 5,
      norm: "batch",
      dropout: null,
    } as const;
    const refused = (await Generator.create(gpu, randomWeights(unet))).convert(blankImage(40, 64));
    await expect(refused).rejects.toThrow(/multiples of 32/);
    await expect(refused).rejects.toMatchObject({ remedy: { multiple: 32 } });
    const patch = randomWeights({ kind: "patch", inputChannels: 3, ndf: 4, layers: 3, norm: "instance" });
    await expect(Generator.create(gpu, patch)).rejects.toThrow(/discriminator/);
  });
});
