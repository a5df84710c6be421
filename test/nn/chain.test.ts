// Chains of generators against PyTorch: the second generator receives the first one's float output,
// not its bytes.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makePlan } from "../../src/autograd/plan.ts";
import { Program, traitsOf } from "../../src/autograd/program.ts";
import { input } from "../../src/autograd/tensor.ts";
import { UserError } from "../../src/errors.ts";
import { readCheckpoint } from "../../src/formats/checkpoint/checkpoint.ts";
import { readSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { toFloat32 } from "../../src/formats/tensors/tensors.ts";
import { image } from "../../src/kernels/core/operation.ts";
import { byteLevels } from "../../src/kernels/pixelart/pixels.ts";
import { GeneratorChain, traceChain } from "../../src/nn/chain.ts";
import { Generator, pictureArchitecture } from "../../src/nn/generator.ts";
import { converting } from "../../src/nn/layers.ts";
import { uploadWeights } from "../../src/nn/weights.ts";
import { blankImage } from "../../src/picture/image.ts";
import { fromDevice, openTestGpu, toDevice } from "../gpu.ts";
import { randomPicture, randomWeights, smallResnet } from "../networks.ts";

const folder = new URL("../golden/resnet6_lsgan_64/", import.meta.url);
const read = (file: string) => new Uint8Array(readFileSync(new URL(file, folder)));
const stateDict = (network: string) => readCheckpoint(read(`${network}.pth`)).tensors;
const gpu = await openTestGpu();

describe("the golden run", () => {
  const golden = new Map(readSafetensors(read("training.safetensors")).tensors.map((tensor) => [tensor.name, tensor]));
  const errors = JSON.parse(new TextDecoder().decode(read("training.json"))).torch_error;

  test.each([
    ["A", ["G_A", "G_B"]],
    ["B", ["G_B", "G_A"]],
  ])("rec_%s is as exact as PyTorch's", async (side, networks) => {
    const dicts = networks.map(stateDict);
    const architectures = dicts.map(pictureArchitecture);
    const type = image(1, 3, 64, 64);
    const [, fake, rec] = traceChain(architectures, input("image", type), converting);
    const parameters = new Map<string, GPUBuffer>();
    for (const [i, tensors] of dicts.entries()) {
      const weights = await uploadWeights(gpu, architectures[i], tensors);
      weights.forEach((buffer, name) => parameters.set(`${i}.${name}`, buffer));
    }
    const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), [fake, rec]), parameters);
    program.write("image", toDevice(type, toFloat32(golden.get(`real_${side}`)!).subarray(0, 3 * 64 * 64)));
    await program.run();
    const actual = fromDevice(rec.type, await program.read(1));
    program.release();
    parameters.forEach((buffer) => gpu.buffers.release(buffer));

    const key = `step0.rec_${side}`;
    let squares = 0;
    toFloat32(golden.get(key)!).forEach((value, i) => (squares += (actual[i] - value) ** 2));
    const { torch, norm } = errors[key] as { torch: number; norm: number };
    // The expected values are stored in float32, which alone costs up to 6e-8 of their norm.
    expect(Math.sqrt(squares) / (torch + 6e-8 * norm)).toBeLessThan(4);
  });
});

describe("a chain", () => {
  const [first, second] = [randomWeights(smallResnet), randomWeights(smallResnet, 0.3)];

  test("gives the picture, the first generator's output, and the second's output for it, not rounded to bytes between", async () => {
    const chain = await GeneratorChain.create(gpu, [first, second]);
    const [before, after] = [await Generator.create(gpu, first), await Generator.create(gpu, second)];
    const picture = randomPicture(22, 17);
    const [real, fake, rec] = await chain.convert(picture);

    // As NumPy computes it in float32, whose rounding makes some bytes one lower when truncated.
    const { fround } = Math;
    const kept = Array.from(byteLevels, (x) => Math.trunc(fround(fround(fround(x + 1) / 2) * 255)));
    expect(kept.filter((byte, i) => byte !== i).length).toBeGreaterThan(0);
    expect([real.width, real.height]).toEqual([22, 17]);
    expect([...real.data]).toEqual([...picture.data].map((byte, i) => (i % 4 === 3 ? 255 : kept[byte])));

    expect([fake.width, fake.height, rec.width, rec.height]).toEqual([24, 20, 24, 20]);
    expect(fake.data).toEqual((await before.convert(picture)).data);
    const ofBytes = (await after.convert(fake)).data;
    expect(rec.data).not.toEqual(ofBytes);
    expect(Math.max(...rec.data.map((byte, i) => Math.abs(byte - ofBytes[i])))).toBeLessThan(64);
    chain.release();
    before.release();
    after.release();
  });

  test("of one generator gives the picture and its result, at one size after another", async () => {
    const [chain, generator] = [await GeneratorChain.create(gpu, [first]), await Generator.create(gpu, first)];
    for (const [width, height] of [
      [8, 8],
      [13, 9],
      [8, 8],
    ] as const) {
      const picture = randomPicture(width, height);
      const results = await chain.convert(picture);
      expect(results).toHaveLength(2);
      expect(results[1].data).toEqual((await generator.convert(picture)).data);
    }
    chain.release();
    generator.release();
  });

  test("releases all memory", async () => {
    gpu.buffers.trim();
    const before = gpu.buffers.allocated;
    const chain = await GeneratorChain.create(gpu, [first, second]);
    await chain.convert(randomPicture(12, 12));
    chain.release();
    expect(gpu.buffers.allocated).toBe(before);
  });

  test("is refused with a discriminator in it, channels that do not match, or a picture too small or too large", async () => {
    const grey = randomWeights({ ...smallResnet, inputChannels: 1 });
    const patch = randomWeights({ kind: "patch", inputChannels: 3, ndf: 4, layers: 3, norm: "instance" });
    await expect(GeneratorChain.create(gpu, [first, patch])).rejects.toThrow(/discriminator/);
    const mismatched = await GeneratorChain.create(gpu, [first, grey]);
    await expect(mismatched.convert(randomPicture(8, 8))).rejects.toThrow(/takes images of 1 channels/);
    const chain = await GeneratorChain.create(gpu, [first, second]);
    await expect(chain.convert(blankImage(4, 9))).rejects.toThrow(/needs 5 a side/);

    const poor = await openTestGpu({ memory: 40e6 });
    const large = await GeneratorChain.create(poor, [first, second]);
    const before = poor.buffers.allocated;
    const refusal: unknown = await large.convert(blankImage(4000, 3000)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UserError);
    expect((refusal as Error).message).toMatch(/more memory than is available/);
    expect(poor.buffers.allocated).toBe(before);
  });
});
