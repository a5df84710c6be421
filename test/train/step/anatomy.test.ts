// The anatomy of a step against PyTorch in float64: norms of gradients with respect to parameters
// directly, with respect to activations through identities that they must satisfy.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { traitsOf } from "../../../src/autograd/program.ts";
import { readCheckpoint } from "../../../src/formats/checkpoint/checkpoint.ts";
import { readSafetensors } from "../../../src/formats/tensors/safetensors.ts";
import { toFloat32 } from "../../../src/formats/tensors/tensors.ts";
import { byteLevels } from "../../../src/kernels/pixelart/pixels.ts";
import type { Image } from "../../../src/picture/image.ts";
import { defaultTrainingOptions, type TrainingOptions } from "../../../src/train/options/options.ts";
import { dissectStep, traceAnatomy } from "../../../src/train/step/anatomy.ts";
import { mapNetworks } from "../../../src/train/step/networks.ts";
import { planStep } from "../../../src/train/step/plan.ts";
import { openTestGpu } from "../../gpu.ts";

const folder = new URL("../../golden/resnet6_lsgan_64/", import.meta.url);
const read = (file: string) => new Uint8Array(readFileSync(new URL(file, folder)));
const tensors = new Map(readSafetensors(read("training.safetensors")).tensors.map((tensor) => [tensor.name, tensor]));
const golden = JSON.parse(new TextDecoder().decode(read("training.json")));
const gpu = await openTestGpu();

const options: TrainingOptions = {
  ...defaultTrainingOptions,
  ngf: golden.options.ngf,
  ndf: golden.options.ndf,
  netG: golden.options.netG,
  lr: golden.options.lr,
  beta1: golden.options.beta1,
  poolSize: golden.options.pool_size,
};

/**
 * The first of the golden images in bytes, each number moved by 1/255 at most. So the tolerance for
 * gradients is wider than in test/train/step/golden.test.ts.
 */
function bytesOf(name: string): Image {
  const [, , channels, height, width] = tensors.get(name)!.shape;
  expect(channels).toBe(3);
  const values = toFloat32(tensors.get(name)!);
  const image = { width, height, data: new Uint8ClampedArray(4 * width * height).fill(255), hasAlpha: false };
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < width * height; i++) {
      const value = values[c * width * height + i];
      const byte = Math.round(127.5 * (value + 1));
      expect(Math.abs(byteLevels[byte] - value)).toBeLessThan(1 / 254);
      image.data[4 * i + c] = byte;
    }
  }
  return image;
}

describe("the anatomy of a step", async () => {
  const weights = mapNetworks((name) => readCheckpoint(read(`${name}.pth`)).tensors);
  const anatomy = await dissectStep(gpu, options, weights, {
    realA: [bytesOf("real_A")],
    realB: [bytesOf("real_B")],
    namesA: ["A"],
    namesB: ["B"],
  });
  const { plan, nodes, passes } = anatomy;

  test("norms of gradients with respect to parameters are PyTorch's, within the error of bytes", () => {
    const errors: number[] = [];
    for (const [id, { operation, name }] of plan.nodes.entries()) {
      const key = `step0.grad.${name?.replace("/", ".")}`;
      if (operation !== "parameter" || !tensors.has(key)) continue;
      const truth = Math.hypot(...toFloat32(tensors.get(key)!));
      const { norm, rms } = nodes[id].gradient!;
      if (truth < 1e-9) expect(norm, key).toBeLessThan(1e-4);
      else {
        expect(Math.abs(norm - truth) / truth, key).toBeLessThan(0.12);
        expect((rms * Math.sqrt(tensors.get(key)!.shape.reduce((a, b) => a * b, 1))) / norm).toBeCloseTo(1, 5);
        errors.push(Math.abs(norm - truth) / truth);
      }
    }
    expect(errors.length).toBeGreaterThan(40);
    expect(errors.sort((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(0.015);
  });

  test("the first gradients of each backward pass follow from the losses", () => {
    const outputs = (index: number) => {
      const { output } = passes[index];
      return { ...nodes[output].gradient!, count: plan.nodes[output].shape.reduce((a, b) => a * b, 1) };
    };
    // A generator's adversarial loss is the mean of (score - 1)^2, whose slope is 2 (score - 1) /
    // count.
    for (const [pass, loss] of [
      [2, anatomy.losses.G_A],
      [5, anatomy.losses.G_B],
    ]) {
      const { rms, norm, count } = outputs(pass);
      expect(rms / ((2 * Math.sqrt(loss)) / count)).toBeCloseTo(1, 4);
      expect(norm / (rms * Math.sqrt(count))).toBeCloseTo(1, 6);
    }
    // The cycle loss is 10 times the mean distance, whose slope is 10 / count, with either sign.
    for (const pass of [1, 4]) expect(outputs(pass).rms / (10 / outputs(pass).count)).toBeCloseTo(1, 4);
  });

  test("losses are PyTorch's, within the error of bytes", () => {
    golden.loss_columns.forEach((column: keyof typeof anatomy.losses, i: number) => {
      expect(Math.abs(anatomy.losses[column]! / golden.losses[0][i] - 1), column).toBeLessThan(0.02);
    });
  });

  test("each pass has a forward and a backward part", () => {
    expect(passes.map(({ network }) => network)).toEqual(["G_A", "G_B", "D_A", "G_B", "G_A", "D_B", "D_A", "D_B"]);
    expect(passes.map(({ loss }) => loss)).toEqual([0, 0, 0, 1, 1, 1, 2, 2]);
    for (const [index] of passes.entries()) {
      const members = plan.nodes.filter((_, id) => nodes[id].pass === index);
      const forward = members.filter(({ phase }) => phase === "forward");
      const backward = members.filter(({ phase }) => phase === "backward");
      expect(forward.filter(({ operation }) => operation === "convolution").length).toBeGreaterThan(4);
      expect(backward.length).toBeGreaterThan(forward.length / 2);
      // A node of the backward pass belongs to an earlier node of the same pass.
      for (const { id } of backward) {
        const { forwardNode } = nodes[id];
        expect(nodes[forwardNode!].pass).toBe(index);
        expect(forwardNode!).toBeLessThan(id);
      }
      // A gradient flows through every convolution of a pass, and every gradient is a number above
      // zero.
      for (const { id, operation } of forward) {
        if (operation === "convolution") expect(nodes[id].gradient!.norm, `${index} ${id}`).toBeGreaterThan(0);
      }
    }
  });

  test("every launch has a time", () => {
    for (const [id, { launches }] of plan.nodes.entries()) {
      if (launches[1] > launches[0]) expect(nodes[id].nanoseconds).toBeGreaterThan(0);
      else expect(nodes[id].nanoseconds).toBe(0);
    }
  });
});

test("measuring appends to the step and changes nothing before", () => {
  const traits = traitsOf(gpu);
  const shape = { count: 1, A: [32, 32], B: [32, 32] } as const;
  const { plan, measuring, gradients } = traceAnatomy(options, shape, traits);
  expect(measuring.nodes.length).toBe(plan.nodes.length + gradients.size);
  plan.launches.forEach(({ label, shader, workgroups }, i) => {
    expect(measuring.launches[i]).toMatchObject({ label, shader, workgroups });
  });
  // And the step is the one that training runs, except for the pictures that a run shows.
  const trained = planStep(options, shape, traits).plan;
  expect(trained.launches.slice(0, plan.launches.length).map(({ label }) => label)).toEqual(
    plan.launches.map(({ label }) => label),
  );
});
