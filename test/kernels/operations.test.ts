// Every operation, on every trial that it declares, against its float64 twin; and in bands against
// the whole.

import { describe, expect, test } from "vitest";
import { traitsOf } from "../../src/autograd/program.ts";
import { convolution } from "../../src/kernels/convolution/convolution.ts";
import { convolutionGeometry } from "../../src/kernels/convolution/geometry.ts";
import { launchConvolution } from "../../src/kernels/convolution/launch.ts";
import { chooseVariant, variants } from "../../src/kernels/convolution/variants.ts";
import { runsOf } from "../../src/kernels/core/bands.ts";
import { byteLength, image, type Operation, type TensorType } from "../../src/kernels/core/operation.ts";
import { operations } from "../../src/kernels/index.ts";
import { statistics } from "../../src/kernels/normalization/statistics.ts";
import { tanh } from "../../src/kernels/tensor/elementwise.ts";
import { openTestGpu, relativeError, runOperation, someValues } from "../gpu.ts";
import { checkBands, checkTwin, launchesOf, tightestOf } from "./checks.ts";
import { formsOf } from "./forms.ts";
import { pieces } from "./pieces.ts";

const gpu = await openTestGpu();

/** Why an operation has one launch, or a fixed number, whatever the binding limit. */
const neverCut: Readonly<Record<string, string>> = {
  transposeFilter: "filters are bound whole by the convolutions as well",
  runningStatistics: "two rows of as many numbers as there are channels",
  updateRunning: "a row of as many numbers as there are channels",
  sumsRow: "a row of as many numbers as there are channels",
  collect: "at most six numbers",
  kMeans: "of at most 65536 cells, 1 MiB of points",
};

describe.each(operations.map((operation) => [operation.name, operation] as const))("%s", (_name, operation) => {
  describe.each(formsOf(gpu, operation).map((form) => [form.name, form.operation] as const))("%s", (_name, form) => {
    test.each(form.trials.map((trial) => [describeTrial(trial), trial] as const))(
      "equals its float64 twin, whole and in bands, on %s",
      async (_text, trial) => {
        await checkTwin(gpu, form, trial);
        await checkBands(gpu, form, trial);
      },
    );
  });

  test(neverCut[operation.name] ? "is never cut" : "is cut in some trial", () => {
    const cut = operation.trials.filter((trial) => tightestOf(gpu, operation, trial));
    expect(cut.length > 0).toBe(!neverCut[operation.name]);
  });

  test("counts its cost", () => {
    for (const { inputs, attributes } of operation.trials) {
      const { flops, bytes } = operation.cost(inputs, attributes);
      expect(flops).toBeGreaterThanOrEqual(0);
      expect(bytes).toBeGreaterThan(0);
    }
  });
});

test.each(pieces.map((piece) => [piece.name, piece] as const))("%s equals its float64 twin", async (_name, piece) => {
  for (const trial of piece.trials) await checkTwin(gpu, piece, trial);
});

describe("convolution variants", () => {
  test("one is chosen for every shape and kind of device", () => {
    for (const software of [true, false])
      for (const subgroupSize of [0, 4, 8, 32, 128])
        for (const [pixels, channels] of [
          [1, 1],
          [100, 3],
          [65536, 64],
          [4096, 256],
        ]) {
          const traits = { ...traitsOf(gpu), software, subgroupSize };
          expect(variants(traits)).toContainEqual(chooseVariant(traits, pixels, channels));
        }
  });
});

describe("Winograd's convolution", () => {
  const traits = traitsOf(gpu);
  const runs = traits.software && traits.subgroupSize >= 4 && traits.subgroupSize <= 64;

  test.runIf(runs)("equals the plain one if its tiles need more memory than it may use at once", async () => {
    const types = [image(1, 32, 193, 201), filters(32, 32, 3)];
    const attributes = { stride: 1, padding: 1, reflect: true };
    const values = types.map((type, i) => someValues(type, i));
    const operand = (type: TensorType) => ({ type, bytes: byteLength(type) });
    const output = operand(convolution.infer(types, attributes));
    const launches = convolution.forward(traits, types.map(operand), output, attributes);
    expect(launches.length).toBeGreaterThan(4);
    const plain = { ...convolution, forward: launchPlain };
    const [actual, expected] = await Promise.all(
      [convolution, plain].map((operation) => runOperation(gpu, operation, types, values, attributes)),
    );
    expect(relativeError(actual.data, expected.data)).toBeLessThan(5e-6);
  });

  const launchPlain: typeof convolution.forward = (traits, inputs, output, attributes) => {
    const geometry = convolutionGeometry(inputs[0].type!, inputs[1].type!, output.type!, attributes);
    const [samples, channels, height, width] = geometry.output.shape;
    return launchConvolution(
      traits,
      geometry,
      inputs,
      output,
      chooseVariant(traits, samples * height * width, channels),
    );
  };

  function filters(outputs: number, inputs: number, kernel: number): TensorType {
    return { layout: "filter", shape: [outputs, inputs, kernel, kernel] };
  }
});

describe("bands", () => {
  test("start at aligned bytes of every operand, wide or narrow", () => {
    const traits = { ...traitsOf(gpu), bindingBytes: 2 ** 31 - 4, offsetAlignment: 256 };
    for (const bytes of [
      [16, 4],
      [48, 16, 64],
      [4, 2 ** 20],
    ]) {
      const count = Math.floor((3.3 * traits.bindingBytes) / Math.max(...bytes));
      const runs = runsOf(traits, count, ...bytes);
      expect(runs.length).toBeGreaterThan(2);
      for (const { first, count } of runs) {
        for (const size of bytes) expect((first * size) % 256).toBe(0);
        expect(count * Math.max(...bytes)).toBeLessThanOrEqual(traits.bindingBytes);
      }
      expect(runs.reduce((sum, { count }) => sum + count, 0)).toBe(count);
    }
  });

  test("that cannot be small enough are refused, and nothing hangs", () => {
    const traits = { ...traitsOf(gpu), bindingBytes: 200, offsetAlignment: 256 };
    expect(() => runsOf(traits, 100, 16)).toThrow(RangeError);
    for (const operation of operations) {
      for (const trial of operation.trials) {
        for (const bindingBytes of [0, 4, 16, 200, 256, 260]) {
          try {
            launchesOf(operation, trial, { ...traits, bindingBytes });
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        }
      }
    }
  });

  test.each(operations.filter(({ name }) => !neverCut[name]).map((operation) => [operation.name, operation] as const))(
    "of %s are noticed if only the first is launched, or all but the first or the last",
    async (_name, operation) => {
      // Tests the test: an earlier run's data in a buffer once hid that a launch was missing.
      for (const kept of [[0, 1], [1], [0, -1]]) {
        const lame: Operation = {
          ...operation,
          forward(traits, ...rest) {
            const launches = operation.forward(traits, ...rest);
            const whole = operation.forward(traitsOf(gpu), ...rest);
            return launches.length === whole.length ? launches : launches.slice(...kept);
          },
        };
        const noticed = operation.trials.map((trial) =>
          checkBands(gpu, lame, trial, tightestOf(gpu, operation, trial)).then(
            () => false,
            (error: Error) => /gives|leaves/.test(error.message),
          ),
        );
        expect(await Promise.all(noticed)).toContain(true);
      }
    },
  );
});

test("statistics of a batch stay within the binding limit, wherever a sample begins", () => {
  const type = image(2, 4, 8193, 1);
  const traits = { ...traitsOf(gpu), bindingBytes: 2 * 65536, offsetAlignment: 256 };
  const attributes = { over: "sample", epsilon: 1e-5 } as const;
  const output = statistics.infer([type], attributes);
  const operand = (type: TensorType) => ({ type, bytes: byteLength(type) });
  const launches = statistics.forward(traits, [operand(type)], operand(output), attributes);
  for (const { bindings } of launches) {
    for (const { bytes } of bindings) expect(bytes ?? 0).toBeLessThanOrEqual(traits.bindingBytes);
  }
});

function describeTrial({
  inputs,
  attributes,
}: {
  inputs: readonly { shape: readonly number[] }[];
  attributes: unknown;
}) {
  return `${inputs.map(({ shape }) => `[${shape}]`).join(" ")} ${JSON.stringify(attributes)}`;
}

describe("tanh", () => {
  test("is exact to a few units in the last place near zero, and saturates far from it", async () => {
    const type = image(1, 1, 1, 64);
    const values = Float64Array.from({ length: 64 }, (_, i) => Math.fround((i % 2 ? -1 : 1) * 10 ** ((i - 40) / 10)));
    const { data } = await runOperation(gpu, tanh, [type], [values], {});
    data.forEach((value, i) => expect(Math.abs(value / Math.tanh(values[i]) - 1)).toBeLessThan(5e-7));
  });
});
