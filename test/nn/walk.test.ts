// A walk through a network: every step against its float64 twin, PyTorch's names, and the shaders
// of each step's backward pass.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { makePlan } from "../../src/autograd/plan.ts";
import { Program, traitsOf } from "../../src/autograd/program.ts";
import { input, type Tensor } from "../../src/autograd/tensor.ts";
import { readCheckpoint } from "../../src/formats/checkpoint/checkpoint.ts";
import { readSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { toFloat32 } from "../../src/formats/tensors/tensors.ts";
import { image, type Values } from "../../src/kernels/core/operation.ts";
import { filesOf } from "../../src/kernels/core/shader-files.ts";
import { layers, parameterCount, type Architecture } from "../../src/nn/architecture.ts";
import { identify } from "../../src/nn/identify.ts";
import { launchesOf, walk, type WalkStep } from "../../src/nn/walk.ts";
import { uploadWeights } from "../../src/nn/weights.ts";
import { fromDevice, openTestGpu, relativeError, toDevice } from "../gpu.ts";

const gpu = await openTestGpu();
const folder = new URL("../golden/resnet6_lsgan_64/", import.meta.url);
const read = (file: string) => new Uint8Array(readFileSync(new URL(file, folder)));
const golden = new Map(readSafetensors(read("forward.safetensors")).tensors.map((tensor) => [tensor.name, tensor]));

const patch: Architecture = { kind: "patch", inputChannels: 3, ndf: 4, layers: 3, norm: "instance" };
const unet: Architecture = {
  kind: "unet",
  inputChannels: 3,
  outputChannels: 3,
  ngf: 2,
  downs: 7,
  norm: "instance",
  dropout: false,
};
const resnet: Architecture = {
  kind: "resnet",
  inputChannels: 3,
  outputChannels: 3,
  ngf: 4,
  blocks: 2,
  norm: "instance",
  dropout: false,
};

function namesOf(architecture: Architecture, side = 32): string[] {
  return walk(architecture, input("image", image(1, 3, side, side))).map(
    ({ name, operation }) => `${name} ${operation}`,
  );
}

test("activations are the float64 twin's, step by step, and the last is PyTorch's picture", async () => {
  const { tensors } = readCheckpoint(read("G_A.pth"));
  const { architecture } = identify(tensors);
  const source = golden.get("real_A")!;
  const picture = input("image", image(...(source.shape as [number, number, number, number])));
  const steps = walk(architecture, picture);
  const weights = await uploadWeights(gpu, architecture, tensors);
  const program = await Program.prepare(
    gpu,
    makePlan(
      traitsOf(gpu),
      steps.map(({ output }) => output),
    ),
    weights,
  );
  program.write("image", toDevice(picture.type, toFloat32(source)));
  await program.run();

  const values = new Map<Tensor, Values>([
    [picture, { shape: source.shape, data: Float64Array.from(toFloat32(source)) }],
  ]);
  const parameter = (name: string): Values => {
    const tensor = tensors.find((tensor) => tensor.name === name)!;
    return { shape: tensor.shape, data: Float64Array.from(toFloat32(tensor)) };
  };
  for (const [index, step] of steps.entries()) {
    for (const tensor of step.tensors) {
      if (tensor.origin.kind !== "computed") throw new Error("A step is computed.");
      const { operation, inputs, attributes } = tensor.origin;
      const given = inputs.map((each) =>
        each.origin.kind === "parameter" ? parameter(each.origin.name) : values.get(each)!,
      );
      values.set(tensor, operation.reference(given, attributes));
    }
    const ours = fromDevice(step.output.type, await program.read(index));
    expect(relativeError(ours, values.get(step.output)!.data), step.name).toBeLessThan(1e-4);
  }
  expect(relativeError(values.get(steps.at(-1)!.output)!.data, toFloat32(golden.get("fake_B")!))).toBeLessThan(1e-6);
  program.release();
  weights.forEach((buffer) => gpu.buffers.release(buffer));
});

describe("names are PyTorch's", () => {
  test("of a ResNet", () => {
    expect(namesOf(resnet)).toEqual([
      ...["model.1 convolution", "model.2 normalize", "model.3 relu"],
      ...["model.4 convolution", "model.5 normalize", "model.6 relu"],
      ...["model.7 convolution", "model.8 normalize", "model.9 relu"],
      ...[10, 11].flatMap((block) => [
        ...[`model.${block}.conv_block.1 convolution`, `model.${block}.conv_block.2 normalize`],
        ...[`model.${block}.conv_block.3 relu`, `model.${block}.conv_block.5 convolution`],
        ...[`model.${block}.conv_block.6 normalize`, `model.${block} add`],
      ]),
      ...["model.12 transposedConvolution", "model.13 normalize", "model.14 relu"],
      ...["model.15 transposedConvolution", "model.16 normalize", "model.17 relu"],
      ...["model.19 convolution", "model.20 tanh"],
    ]);
  });

  test("of a PatchGAN, with a norm or without", () => {
    const names = ["model.0 convolution", "model.1 leakyRelu"];
    for (const i of [2, 5, 8])
      names.push(`model.${i} convolution`, `model.${i + 1} normalize`, `model.${i + 2} leakyRelu`);
    names.push("model.11 convolution");
    expect(namesOf(patch)).toEqual(names);
    expect(namesOf({ ...patch, norm: "none" })).toEqual(names.filter((name) => !name.includes("normalize")));
  });

  test("of a U-Net", () => {
    const names = namesOf(unet, 128);
    expect(names.slice(0, 4)).toEqual([
      ...["model.model.0 convolution", "model.model.1.model.0 leakyRelu"],
      ...["model.model.1.model.1 convolution", "model.model.1.model.2 normalize"],
    ]);
    expect(names.slice(-6)).toEqual(
      [
        ...[
          "model.model.1.model.4 relu",
          "model.model.1.model.5 transposedConvolution",
          "model.model.1.model.6 normalize",
        ],
        ...["model.model.1 concat", "model.model.2 relu", "model.model.3 transposedConvolution", "model.model.4 tanh"],
      ].slice(-6),
    );
  });

  test.each([resnet, patch, unet])(
    "and every layer of the architecture is passed, with all parameters: $kind",
    (architecture) => {
      const steps = walk(architecture, input("image", image(1, 3, 128, 128)));
      const named = new Set(steps.map(({ name }) => name));
      for (const { name } of layers(architecture)) expect(named).toContain(name);
      expect(steps.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(parameterCount(architecture));
    },
  );
});

describe("the shaders of a step", () => {
  const steps = walk(resnet, input("image", image(1, 3, 32, 32)));
  const hardware = { ...traitsOf(gpu), software: false }; // a software adapter has kernels of its own
  const shadersOf = (step: WalkStep) => {
    const { forward, backward } = launchesOf(hardware, step);
    const files = (launches: typeof forward) => [...new Set(launches.flatMap(({ shader }) => filesOf(shader)))].sort();
    return { forward: files(forward), backward: files(backward) };
  };
  const of = (name: string) => shadersOf(steps.find((step) => step.name === name)!);

  test("of a convolution that mirrors: its filters are transposed, its borders folded, its bias summed", () => {
    const { forward, backward } = of("model.1");
    expect(forward.some((file) => file.startsWith("convolution/"))).toBe(true);
    expect(backward).toEqual(expect.arrayContaining(["convolution/fold", "convolution/transpose-filter"]));
    expect(backward.some((file) => file.startsWith("convolution/filter-gradient/"))).toBe(true);
  });

  test("of a norm, an activation and a sum", () => {
    expect(of("model.2").forward).toEqual(
      expect.arrayContaining(["core/stored", "normalization/normalize", "normalization/range"]),
    );
    expect(of("model.2").backward).toEqual(
      expect.arrayContaining(["normalization/gradient", "normalization/gradient-sums"]),
    );
    expect(of("model.3")).toEqual({
      forward: ["core/stored", "tensor/elementwise/unary"],
      backward: ["tensor/elementwise/activation-gradient"],
    });
    expect(of("model.10")).toEqual({ forward: ["core/stored", "tensor/elementwise/add"], backward: [] });
  });
});
