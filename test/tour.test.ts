// docs/tour.md: its code runs, its listings match, and its figures are the results.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { filterGradient, forward, inputGradient, type Grid } from "../docs/tour/convolution.ts";
import { CycleGan } from "../docs/tour/cyclegan.ts";
import { onTheGpu } from "../docs/tour/engine.ts";
import { Scalar } from "../docs/tour/scalar.ts";
import { Tensor } from "../docs/tour/tensor.ts";
import { Random } from "../src/random.ts";
import { openTestGpu } from "./gpu.ts";

const gpu = await openTestGpu();
const read = (path: string) => readFileSync(new URL(`../docs/${path}`, import.meta.url), "utf8");
const tour = read("tour.md");
const files = ["scalar", "tensor", "convolution", "engine", "cyclegan"];
const sources = files.map((name) => read(`tour/${name}.ts`));

describe("the tour", () => {
  test("shows the code that runs, verbatim except for indentation", () => {
    const flush = (code: string) => code.replace(/^ +/gm, "");
    const shown = [...tour.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
    expect(shown.length).toBeGreaterThanOrEqual(files.length);
    for (const code of shown) expect(flush(sources.join("\n"))).toContain(flush(code));
  });

  test("gets from a scalar to a gradient on the GPU in ninety lines", () => {
    const code = sources.slice(0, 2).flatMap((text) => text.split("\n"));
    const lines = code.filter((line) => line.trim() && !/^\s*(?:\/\/|\/\*\*|\*)/.test(line));
    expect(lines.length).toBeLessThanOrEqual(90);
  });
});

/** The neuron of the tour, of numbers or of tensors. */
function neuron<T extends { plus(b: T): T; times(b: T): T; tanh(): T }>(x: T, weight: T, bias: T): T {
  return x.times(weight).plus(bias).tanh();
}

describe("a scalar", () => {
  test("of the tour's neuron has the tour's gradients", () => {
    const [x, weight, bias] = [2, -0.5, 0.25].map((value) => new Scalar(value));
    const y = neuron(x, weight, bias);
    y.backward();
    const told = [y.value, x.gradient, weight.gradient, bias.gradient].map((value) => value.toFixed(4));
    expect(tour).toContain(`y = ${told[0]}, dy/dx = ${told[1]}, dy/dweight = ${told[2]}, dy/dbias = ${told[3]}`);
  });

  test("matches finite differences, also if a number is used twice", () => {
    const formula = (a: Scalar, b: Scalar) => a.times(b).plus(a).tanh().times(a.times(a)).plus(b.times(b));
    const at = [0.7, -1.3];
    const leaves = at.map((value) => new Scalar(value));
    const y = formula(leaves[0], leaves[1]);
    for (const time of ["first", "second"]) {
      y.backward();
      leaves.forEach((leaf, i) => {
        const moved = (by: number) => {
          const [a, b] = at.map((value, k) => new Scalar(value + (k === i ? by : 0)));
          return formula(a, b).value;
        };
        expect(leaf.gradient, `${time} call`).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 7);
      });
    }
  });
});

test("a tensor equals many scalars", async () => {
  const random = new Random(3);
  const count = 1000; // not a multiple of a workgroup
  const numbers = [0, 1, 2].map(() => Float32Array.from({ length: count }, () => 2 * random.uniform() - 1));
  const leaves = numbers.map((values) => {
    const leaf = new Tensor(gpu.device, count);
    gpu.device.queue.writeBuffer(leaf.values, 0, values);
    return leaf;
  });
  const formula = <T extends { plus(b: T): T; times(b: T): T; tanh(): T }>(x: T, w: T, b: T) =>
    neuron(x, w, b).times(x).plus(x.times(x));
  const y = formula(leaves[0], leaves[1], leaves[2]);
  y.backward();
  y.backward(); // starts from nothing again
  const floats = async (buffer: GPUBuffer) => new Float32Array(await gpu.read(buffer, 0, 4 * count));
  const values = await floats(y.values);
  const gradients = await Promise.all(leaves.map(({ gradient }) => floats(gradient)));
  for (let i = 0; i < count; i++) {
    const scalars = numbers.map((all) => new Scalar(all[i]));
    const expected = formula(scalars[0], scalars[1], scalars[2]);
    expected.backward();
    expect(values[i]).toBeCloseTo(expected.value, 5);
    gradients.forEach((gradient, k) => expect(gradient[i]).toBeCloseTo(scalars[k].gradient, 5));
  }
});

describe("the convolution", () => {
  const x: Grid = [
    [1, 2, 0, 1],
    [0, 1, 3, 1],
    [2, 0, 1, 0],
    [1, 1, 0, 2],
  ];
  const w: Grid = [
    [1, 0, -1],
    [2, 0, -2],
    [1, 0, -1],
  ];
  const y = forward(x, w);
  const dy = y.map((row) => row.map((value) => (2 * value) / 4)); // of the mean of four squares
  const passes = [y, inputGradient(x, w, dy), filterGradient(x, w, dy)];

  test("gives the tour's numbers", () => {
    for (const grid of [x, w, dy, ...passes]) {
      for (const row of grid) expect(tour).toContain(row.map((value) => `${value}`.padStart(5)).join(""));
    }
  });

  test("matches the engine's, forward and backward", async () => {
    const results = await onTheGpu(gpu, x, w);
    results.forEach((result, i) => {
      const expected = passes[i].flat();
      expect(result).toHaveLength(expected.length);
      result.forEach((value, k) => expect(value).toBeCloseTo(expected[k], 5));
    });
  });
});

test("a CycleGAN of one pixel learns a mapping and its inverse", () => {
  const gan = new CycleGan();
  const [A, B] = [
    [-1.3, -1.1, -0.9, -0.7],
    [1.7, 1.9, 2.1, 2.3],
  ];
  let losses = { generators: 0, discriminators: 0 };
  for (let step = 0; step < 20_000; step++) losses = gan.step(A, B, 0.005);
  expect(losses.generators).toBeCloseTo(0.5, 3); // every score is a half
  expect(losses.discriminators).toBeCloseTo(1, 3);
  const there = gan.toB.of(new Scalar(-1));
  expect(there.value).toBeCloseTo(2, 3);
  expect(gan.toA.of(there).value).toBeCloseTo(-1, 3);
  const line = (network: CycleGan["toA"]) => network.parameters.map(({ value }) => value.toFixed(2));
  expect(tour).toContain(`toB: ${line(gan.toB)[0]} x + ${line(gan.toB)[1]}`);
  expect(tour).toContain(`toA: ${line(gan.toA)[0]} x - ${line(gan.toA)[1].slice(1)}`);
});
