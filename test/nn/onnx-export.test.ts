// ONNX models of generators: valid by structure, and in ONNX Runtime equal to ours and to PyTorch's
// float64 results.

import { readdirSync, readFileSync } from "node:fs";
import { env, InferenceSession, Tensor } from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { makePlan } from "../../src/autograd/plan.ts";
import { Program, traitsOf } from "../../src/autograd/program.ts";
import { input } from "../../src/autograd/tensor.ts";
import { UserError } from "../../src/errors.ts";
import { readCheckpoint } from "../../src/formats/checkpoint/checkpoint.ts";
import { readSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { elementCount, toFloat32, toHalf, type NamedTensor } from "../../src/formats/tensors/tensors.ts";
import { image } from "../../src/kernels/core/operation.ts";
import { stateDict, type UnetGenerator } from "../../src/nn/architecture.ts";
import type { GeneratorArchitecture } from "../../src/nn/generator.ts";
import { identify } from "../../src/nn/identify.ts";
import { network } from "../../src/nn/networks.ts";
import { generatorToOnnx } from "../../src/nn/onnx-export.ts";
import { uploadWeights } from "../../src/nn/weights.ts";
import { decodeModel } from "../formats/onnx-decode.ts";
import { fromDevice, openTestGpu, someValues, toDevice } from "../gpu.ts";
import { randomWeights, smallResnet } from "../networks.ts";

const gpu = await openTestGpu();
env.wasm.numThreads = 1; // no workers, which outlive a test

type Shape = [samples: number, channels: number, height: number, width: number];

/** ONNX Runtime's output for an image with a `.onnx` file. */
async function runElsewhere(file: Uint8Array, shape: Shape, numbers: Float32Array) {
  const session = await InferenceSession.create(file);
  const { art } = await session.run({ image: new Tensor("float32", numbers, shape) });
  await session.release();
  return { shape: [...art.dims], data: art.data as Float32Array };
}

/** Our engine's output. */
async function runHere(tensors: readonly NamedTensor[], batchStatistics: boolean, shape: Shape, numbers: Float32Array) {
  const { architecture } = identify(tensors);
  const type = image(...shape);
  const output = network(architecture, input("image", type), { batchStatistics, dropout: false });
  const weights = await uploadWeights(gpu, architecture, tensors);
  const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), [output]), weights);
  program.write("image", toDevice(type, numbers));
  await program.run();
  const data = fromDevice(output.type, await program.read());
  program.release();
  weights.forEach((buffer) => gpu.buffers.release(buffer));
  return { shape: [...output.shape], data };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

const someImage = (shape: Shape) => Float32Array.from(someValues({ layout: "image", shape }, 3));
const smallUnet: UnetGenerator = {
  kind: "unet",
  inputChannels: 3,
  outputChannels: 3,
  ngf: 2,
  downs: 5,
  norm: "batch",
  dropout: null,
};

interface Kind {
  name: string;
  architecture: GeneratorArchitecture;
  /** Samples, height, width. */
  sizes: [number, number, number][];
}

// prettier-ignore
const kinds: Kind[] = [
  { name: "ResNet, instance norm", architecture: smallResnet, sizes: [[1, 16, 16], [2, 37, 23], [1, 5, 6]] },
  { name: "ResNet, batch norm", architecture: { ...smallResnet, norm: "batch" }, sizes: [[1, 16, 16], [3, 21, 34]] },
  { name: "ResNet, no norm", architecture: { ...smallResnet, norm: "none" }, sizes: [[1, 16, 16], [2, 9, 31]] },
  { name: "ResNet with dropout", architecture: { ...smallResnet, dropout: true }, sizes: [[1, 18, 13]] },
  { name: "ResNet, 1 to 4", architecture: { ...smallResnet, inputChannels: 1, outputChannels: 4 }, sizes: [[1, 11, 14]] },
  { name: "U-Net, batch norm", architecture: smallUnet, sizes: [[1, 32, 32], [2, 64, 96]] },
  { name: "U-Net, instance norm", architecture: { ...smallUnet, norm: "instance" }, sizes: [[2, 32, 64]] },
  { name: "U-Net, no norm, 2 to 1", architecture: { ...smallUnet, norm: "none", inputChannels: 2, outputChannels: 1 }, sizes: [[1, 32, 64]] },
];

describe.each(kinds)("$name", ({ architecture, sizes }) => {
  const tensors = randomWeights(architecture, 0.3);
  const modes = architecture.norm === "batch" ? [true, false] : [true];

  test.each(modes)(
    "gives the same in ONNX Runtime as here, at every size (batch statistics: %s)",
    async (batchStatistics) => {
      const file = generatorToOnnx(tensors, { batchStatistics });
      for (const [samples, height, width] of sizes) {
        const shape: Shape = [samples, architecture.inputChannels, height, width];
        const [theirs, ours] = [
          await runElsewhere(file, shape, someImage(shape)),
          await runHere(tensors, batchStatistics, shape, someImage(shape)),
        ];
        expect(theirs.shape).toEqual(ours.shape);
        expect(largestDifference(theirs.data, ours.data)).toBeLessThan(1e-4);
        // Makes sure that the output is a picture: two grey ones would be equal too.
        expect(Math.max(...ours.data) - Math.min(...ours.data)).toBeGreaterThan(0.05);
      }
    },
  );

  test("is valid", () => {
    const model = decodeModel(generatorToOnnx(tensors));
    const names = [...model.inputs, ...model.tensors].map(({ name }) => name);
    const made = new Set(names);
    const read = new Set<string>();
    for (const { inputs, outputs } of model.nodes) {
      expect(inputs.filter((name) => !made.has(name))).toEqual([]);
      expect(outputs.filter((name) => made.has(name) || name === "")).toEqual([]);
      outputs.forEach((name) => made.add(name));
      inputs.forEach((name) => read.add(name));
    }
    expect(made.size).toBe(names.length + model.nodes.length);
    expect(new Set(model.nodes.map(({ name }) => name)).size).toBe(model.nodes.length);
    // Every value but the result is read: nothing is unused.
    expect([...made].filter((name) => !read.has(name))).toEqual(["art"]);
    for (const { shape, dataType, data } of model.tensors) {
      expect(data.length).toBe(elementCount(shape) * (dataType === 7 ? 8 : 4));
    }
    expect(model.inputs).toMatchObject([
      { name: "image", shape: ["batch", architecture.inputChannels, "height", "width"] },
    ]);
    expect(model.outputs[0].shape.slice(0, 2)).toEqual(["batch", architecture.outputChannels]);
    expect(model.outputs[0].shape.slice(2).every((side) => typeof side === "string")).toBe(true);
  });
});

test("running statistics differ from the batch's", async () => {
  const tensors = randomWeights({ ...smallResnet, norm: "batch" }, 0.3);
  const shape: Shape = [1, 3, 16, 16];
  const [batch, kept] = await Promise.all(
    [true, false].map((batchStatistics) =>
      runElsewhere(generatorToOnnx(tensors, { batchStatistics }), shape, someImage(shape)),
    ),
  );
  expect(largestDifference(batch.data, kept.data)).toBeGreaterThan(0.05);
});

test("every weight of the checkpoint is in the file, in float32", () => {
  const tensors = randomWeights({ ...smallUnet, norm: "batch" }).map(toHalf);
  const unused = stateDict(smallUnet).filter(({ role }) => role === "batches tracked");
  const kept = new Map(
    decodeModel(generatorToOnnx(tensors, { batchStatistics: false })).tensors.map((t) => [t.name, t]),
  );
  for (const tensor of tensors.filter(({ name }) => !unused.some((other) => other.name === name))) {
    const { shape, data } = kept.get(tensor.name)!;
    expect(shape).toEqual(tensor.shape);
    expect(new Float32Array(data.slice().buffer)).toEqual(toFloat32(tensor));
  }
});

test("the file describes itself", () => {
  const model = decodeModel(generatorToOnnx(randomWeights(smallUnet), { metadata: { model: "a name" } }));
  expect(model.metadata).toMatchObject({
    network: "unet_32",
    ngf: "2",
    norm: "batch, by the batch's own statistics",
    input: "[batch, 3, height, width], RGB, byte / 127.5 - 1",
    sizes: "height and width are multiples of 32",
    model: "a name",
  });
  expect(model.description).toMatch(/image.*127\.5.*multiples of 32/);
});

test("a discriminator is refused", () => {
  const patch = randomWeights({ kind: "patch", inputChannels: 3, ndf: 4, layers: 3, norm: "instance" });
  expect(() => generatorToOnnx(patch)).toThrow(UserError);
  expect(() => generatorToOnnx(patch)).toThrow(/discriminator \(basic\), which judges pictures/);
});

const golden = new URL("../golden/", import.meta.url);

test.each(readdirSync(golden).filter((name) => !name.includes(".")))(
  "%s is as exact as PyTorch, measured against float64",
  async (name) => {
    const read = (file: string) => new Uint8Array(readFileSync(new URL(`${name}/${file}`, golden)));
    const truth = new Map(readSafetensors(read("forward.safetensors")).tensors.map((tensor) => [tensor.name, tensor]));
    const file = generatorToOnnx(readCheckpoint(read("G_A.pth")).tensors);
    for (const [from, to] of [
      ["real_A", "fake_B"],
      ["real_B", "idt_A"],
    ]) {
      const source = truth.get(from)!;
      const expected = truth.get(to);
      if (!expected) continue;
      const { shape, data } = await runElsewhere(file, source.shape as Shape, toFloat32(source));
      expect(shape).toEqual(expected.shape);
      expect(largestDifference(data, toFloat32(expected))).toBeLessThan(1e-4);
    }
  },
);
