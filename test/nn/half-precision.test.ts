// Whole networks in half precision: nearly the same pictures, in half of the memory.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readCheckpoint } from "../../src/formats/checkpoint/checkpoint.ts";
import { float32Tensor, toFloat32, type NamedTensor } from "../../src/formats/tensors/tensors.ts";
import { writePth } from "../../src/formats/torch/pth-write.ts";
import { loadGenerator } from "../../src/library/node.ts";
import type { Architecture } from "../../src/nn/architecture.ts";
import { Generator } from "../../src/nn/generator.ts";
import { converting, type Mode } from "../../src/nn/layers.ts";
import { decodeImage } from "../../src/platform/pictures/images.node.ts";
import { openTestGpu } from "../gpu.ts";
import { randomPicture, randomWeights, smallResnet } from "../networks.ts";

const gpu = await openTestGpu();
const precisions = ["full", "half"] as const;

async function generatorsOf(tensors: readonly NamedTensor[], mode: Mode = converting): Promise<Generator[]> {
  const generators: Generator[] = [];
  for (const precision of precisions) generators.push(await Generator.create(gpu, tensors, mode, precision));
  return generators;
}

/** In steps of a byte; the alpha of all pictures is 255. */
function differences(a: Uint8ClampedArray, b: Uint8ClampedArray) {
  const all = Array.from(a, (byte, i) => Math.abs(byte - b[i]));
  return { mean: (4 / 3) * (all.reduce((sum, value) => sum + value, 0) / all.length), most: Math.max(...all) };
}

describe("the bundled model", async () => {
  const file = fileURLToPath(new URL("../../weights/pixelart-4-light.safetensors", import.meta.url));
  const [full, half] = await generatorsOf(readCheckpoint(new Uint8Array(readFileSync(file))).tensors);

  test("gives nearly the same bytes", async () => {
    const source = await decodeImage(fileURLToPath(new URL("../golden-pictures/portrait.png", import.meta.url)));
    const [expected, actual] = [await full.convert(source), await half.convert(source)];
    const { mean, most } = differences(actual.data, expected.data);
    expect(mean).toBeGreaterThan(0); // else it was computed in full precision
    expect(mean).toBeLessThan(0.03); // measured: 0.013
    expect(most).toBeLessThanOrEqual(2); // measured: 1
  });

  test("takes half of the memory", () => {
    // For small pictures on software adapters, Winograd's form takes as much as the images.
    const [a, b] = [full, half].map((generator) => generator.plan(1024, 1024));
    expect(b.bytes / a.bytes).toBeLessThan(0.52);
    expect(b.parameterBytes / a.parameterBytes).toBeLessThan(0.52);
  });
});

const unet: Architecture = {
  ...{ kind: "unet", inputChannels: 3, outputChannels: 1, ngf: 5, downs: 5 },
  ...{ norm: "batch", dropout: true },
};

test.each([
  ["a ResNet", smallResnet, converting],
  ["a U-Net with the batch's statistics", unet, converting],
  ["a U-Net with running statistics", unet, { ...converting, batchStatistics: false }],
  ["a U-Net without norms", { ...unet, norm: "none", inputChannels: 1 }, converting],
] as [string, Architecture, Mode][])(
  "%s of random weights gives nearly the same bytes",
  async (_name, network, mode) => {
    const picture = randomPicture(64, 32);
    const [full, half] = await generatorsOf(randomWeights(network), mode);
    const { mean, most } = differences((await half.convert(picture)).data, (await full.convert(picture)).data);
    expect(mean).toBeLessThan(0.3);
    expect(most).toBeLessThanOrEqual(5);
  },
);

test("statistics are measured and shared in full precision", async () => {
  const [full, half] = await generatorsOf(randomWeights(smallResnet));
  const [picture, other] = [randomPicture(24, 16), randomPicture(24, 20)];
  const [expected, actual] = [await full.statisticsOf(other), await half.statisticsOf(other)];
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [name, values] of expected) {
    actual
      .get(name)!
      .forEach((value, i) => expect(Math.abs(value - values[i])).toBeLessThan(0.02 * (1 + Math.abs(value))));
  }
  const own = await half.convert(picture);
  const shared = await half.convert(picture, { statistics: actual });
  expect(shared.data).not.toEqual(own.data);
  expect(differences(shared.data, (await full.convert(picture, { statistics: actual })).data).mean).toBeLessThan(0.3);
});

test("weights beyond half precision are refused, by name", async () => {
  const tensors = randomWeights(smallResnet).map((tensor) => {
    if (tensor.name !== "model.4.weight") return tensor;
    return float32Tensor(tensor.name, tensor.shape, toFloat32(tensor).fill(70000, 3, 4));
  });
  const refusal = Generator.create(gpu, tensors, converting, "half");
  await expect(refusal).rejects.toThrow(/^The tensor model\.4\.weight holds 70000, .* Convert in full precision\.$/);
});

test("the library's option chooses it", async () => {
  const [bytes, picture] = [writePth(randomWeights(smallResnet)), randomPicture(16, 12)];
  const [expected] = (await generatorsOf(randomWeights(smallResnet))).slice(1);
  const [plain, half] = [await loadGenerator(bytes, { gpu }), await loadGenerator(bytes, { gpu, precision: "half" })];
  const { data } = await half.convert(picture);
  expect(data).toEqual((await expected.convert(picture)).data);
  expect(data).not.toEqual((await plain.convert(picture)).data);
});
