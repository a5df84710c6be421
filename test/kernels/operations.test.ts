// Every operation, on every sample that it declares, against its own float64 twin; and, for large images, in bands
// against the whole.

import { describe, expect, test } from "vitest";
import {
  convolution,
  convolutionGeometry,
  transposedConvolution,
  transposedGeometry,
} from "../../src/kernels/convolution.ts";
import { launchConvolution } from "../../src/kernels/convolution-launch.ts";
import { chooseVariant, variants } from "../../src/kernels/convolution-variants.ts";
import { operations } from "../../src/kernels/index.ts";
import { tanh } from "../../src/kernels/elementwise.ts";
import { statistics } from "../../src/kernels/statistics.ts";
import { byteLength, image, type Operation, type TensorType } from "../../src/kernels/operation.ts";
import { traitsOf } from "../../src/autograd/program.ts";
import { launchWinograd, suitsWinograd } from "../../src/kernels/winograd.ts";
import { openTestGpu, relativeError, runOperation, sampleValues, someValues } from "../gpu.ts";

const gpu = await openTestGpu();

/** A few units in the last place of float32, for sums of up to a thousand terms. */
const tolerance = 5e-6;

describe.each(operations.map((operation) => [operation.name, operation] as const))("%s", (_name, operation) => {
  test.each(operation.samples.map((sample) => [describeSample(sample), sample] as const))(
    "equals its float64 twin on %s",
    async (_text, sample) => {
      const { inputs, attributes } = sample;
      const values = sampleValues(sample);
      const expected = operation.reference(
        inputs.map((type, i) => ({ shape: type.shape, data: values[i] })),
        attributes,
      );
      const actual = await runOperation(gpu, operation, inputs, values, attributes);
      expect(actual.shape).toEqual(expected.shape);
      expect(operation.infer(inputs, attributes).shape).toEqual(expected.shape);
      expect(relativeError(actual.data, expected.data)).toBeLessThan(tolerance);
    },
  );

  test("counts its cost", () => {
    for (const { inputs, attributes } of operation.samples) {
      const { flops, bytes } = operation.cost(inputs, attributes);
      expect(flops).toBeGreaterThanOrEqual(0);
      expect(bytes).toBeGreaterThan(0);
    }
  });
});

describe("convolution variants", () => {
  const cases = [
    [convolution, convolutionGeometry],
    [transposedConvolution, transposedGeometry],
  ] as const;
  for (const [operation, geometryOf] of cases) {
    for (const variant of variants(traitsOf(gpu))) {
      const name = `${variant.kind} ${variant.rows}x${variant.columns} in ${variant.groupRows}x${variant.groupColumns}`;
      test(`${operation.name}, ${name}, equals the twin`, async () => {
        const withVariant = {
          ...(operation as Operation),
          forward: ((traits, inputs, output, attributes) =>
            launchConvolution(
              traits,
              geometryOf(inputs[0].type!, inputs[1].type!, output.type!, attributes as never),
              inputs,
              output,
              variant,
            )) as Operation["forward"],
        };
        for (const { inputs, attributes } of operation.samples) {
          const values = inputs.map((type, i) => someValues(type, i + 1));
          const shaped = inputs.map((type, i) => ({ shape: type.shape, data: values[i] }));
          const expected = (operation as Operation).reference(shaped, attributes);
          const actual = await runOperation(gpu, withVariant, inputs, values, attributes as unknown);
          expect(relativeError(actual.data, expected.data)).toBeLessThan(tolerance);
        }
      });
    }
  }

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

  test.runIf(runs)("is what software adapters take for enough channels and pixels, and nothing else", () => {
    const geometry = (channels: number, size: number, kernel = 3, stride = 1) => {
      const attributes = { stride, padding: 1, reflect: true };
      const types = [image(1, channels, size, size), filters(channels, channels, kernel)];
      return convolutionGeometry(types[0], types[1], convolution.infer(types, attributes), attributes);
    };
    expect(suitsWinograd(traits, geometry(128, 16))).toBe(true);
    expect(suitsWinograd({ ...traits, software: false }, geometry(128, 16))).toBe(false);
    expect(suitsWinograd({ ...traits, subgroupSize: 0 }, geometry(128, 16))).toBe(false);
    expect(suitsWinograd(traits, geometry(16, 16))).toBe(false);
    expect(suitsWinograd(traits, geometry(128, 6))).toBe(false);
    expect(suitsWinograd(traits, geometry(128, 16, 3, 2))).toBe(false);
    expect(suitsWinograd(traits, geometry(128, 16, 4))).toBe(false);
  });

  test.runIf(runs)("equals the twin for few channels and pixels too", async () => {
    const cases = [
      [convolution, convolutionGeometry],
      [transposedConvolution, transposedGeometry],
    ] as const;
    for (const [operation, geometryOf] of cases) {
      const inWinogradsForm = {
        ...(operation as Operation),
        forward: ((traits, inputs, output, attributes) =>
          launchWinograd(
            traits,
            geometryOf(inputs[0].type!, inputs[1].type!, output.type!, attributes as never),
            inputs,
            output,
          )) as Operation["forward"],
      };
      for (const { inputs, attributes } of operation.samples) {
        if (inputs[1].shape[2] !== 3 || attributes.stride !== 1) continue;
        const values = inputs.map((type, i) => someValues(type, i + 1));
        const shaped = inputs.map((type, i) => ({ shape: type.shape, data: values[i] }));
        const actual = await runOperation(gpu, inWinogradsForm, inputs, values, attributes as unknown);
        const expected = (operation as Operation).reference(shaped, attributes);
        expect(relativeError(actual.data, expected.data)).toBeLessThan(tolerance);
      }
    }
  });

  test.runIf(runs)("equals the plain one where its tiles take more memory than it may use at once", async () => {
    const types = [image(1, 32, 193, 201), filters(32, 32, 3)];
    const attributes = { stride: 1, padding: 1, reflect: true };
    const values = types.map((type, i) => someValues(type, i));
    const output = { type: convolution.infer(types, attributes), bytes: 0 };
    const launches = convolution.forward(
      traits,
      types.map((type) => ({ type, bytes: 0 })),
      output,
      attributes,
    );
    expect(launches.length).toBeGreaterThan(4);
    const plain = { ...convolution, forward: launchPlain };
    const [actual, expected] = await Promise.all(
      [convolution, plain].map((operation) => runOperation(gpu, operation, types, values, attributes)),
    );
    expect(relativeError(actual.data, expected.data)).toBeLessThan(tolerance);
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
  test.each(operations.map((operation) => [operation.name, operation] as const))(
    "%s gives the same bytes in bands as whole",
    async (_name, operation) => {
      for (const sample of operation.samples) {
        const taller = sample.inputs.map((type) =>
          type.layout === "image" && type.shape[2] * type.shape[3] > 12
            ? { ...type, shape: [type.shape[0], type.shape[1], type.shape[2] * 3 + 2, type.shape[3]] }
            : type,
        );
        const inputs = accepts(operation, taller, sample.attributes) ? taller : sample.inputs;
        const values = sampleValues({ ...sample, inputs });
        const whole = await runOperation(gpu, operation, inputs, values, sample.attributes);
        // So little can be bound at once that all but the smallest fall into pieces.
        const banded = await runOperation(gpu, operation, inputs, values, sample.attributes, { bindingBytes: 32768 });
        expect(banded.data).toEqual(whole.data);
      }
    },
  );
});

/** Inputs whose shapes depend on each other may no longer fit when all are made taller. */
function accepts(operation: Operation, inputs: readonly TensorType[], attributes: unknown): boolean {
  try {
    operation.infer(inputs, attributes);
    return true;
  } catch {
    return false;
  }
}

test("statistics of a batch bind no more than they may, wherever a sample begins", () => {
  const type = image(2, 4, 129, 1);
  const traits = { ...traitsOf(gpu), bindingBytes: 2048, offsetAlignment: 256 };
  const attributes = { over: "sample", epsilon: 1e-5 } as const;
  const output = statistics.infer([type], attributes);
  const operand = (type: TensorType) => ({ type, bytes: byteLength(type) });
  const launches = statistics.forward(traits, [operand(type)], operand(output), attributes);
  for (const { bindings } of launches) {
    for (const { bytes } of bindings) expect(bytes ?? 0).toBeLessThanOrEqual(traits.bindingBytes);
  }
});

function describeSample({
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
