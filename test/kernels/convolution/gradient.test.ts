// The gradients of convolutions are adjoints: <convolution(x, w), g> = <x, gradient with respect to
// the input> = <w, gradient with respect to the filters>, up to rounding. That needs no epsilon and
// catches a wrong border immediately. The backward of each declaration is traced as in training,
// then run by the float64 twins and by the GPU.

import { describe, expect, test } from "vitest";
import { makePlan } from "../../../src/autograd/plan.ts";
import { Program, traitsOf } from "../../../src/autograd/program.ts";
import { apply, input, inOrder, type Tensor } from "../../../src/autograd/tensor.ts";
import { channelSum } from "../../../src/kernels/convolution/channel-sum.ts";
import { convolution, transposedConvolution } from "../../../src/kernels/convolution/convolution.ts";
import { launchFilterGradient } from "../../../src/kernels/convolution/filter-gradient-launch.ts";
import {
  chooseFilterGradientVariant,
  filterGradientVariants,
} from "../../../src/kernels/convolution/filter-gradient-variants.ts";
import { filterGradient } from "../../../src/kernels/convolution/filter-gradient.ts";
import { transposeFilter } from "../../../src/kernels/convolution/transpose-filter.ts";
import { byteLength, image, type Operation, type Trial, type TensorType } from "../../../src/kernels/core/operation.ts";
import { fromDevice, openTestGpu, relativeError, runOperation, trialValues, someValues, toDevice } from "../../gpu.ts";

const gpu = await openTestGpu();

/** The gradients of the operation's backward, as tensors over the named inputs and "gradient". */
function gradients<A>(operation: Operation<A>, types: readonly TensorType[], attributes: A): Tensor[] {
  const inputs = types.map((type, i) => input(`${i}`, type));
  const output = apply(operation, inputs, attributes);
  const gradient = input("gradient", output.type);
  const typeOf = ({ type }: Tensor) => type;
  return operation.backward!({ inputs, output, gradient, attributes, typeOf, apply }).map((tensor) => tensor!);
}

type Named = ReadonlyMap<string, Float64Array>;

/** Evaluates a tensor with the float64 twins alone. */
function evaluate(wanted: Tensor, named: Named): Float64Array {
  const values = new Map<Tensor, Float64Array>();
  for (const tensor of inOrder([wanted])) {
    const { origin } = tensor;
    if (origin.kind === "computed") {
      const inputs = origin.inputs.map((input) => ({ shape: input.shape, data: values.get(input)! }));
      values.set(tensor, origin.operation.reference(inputs, origin.attributes).data);
    } else values.set(tensor, named.get(origin.name)!);
  }
  return values.get(wanted)!;
}

async function run(wanted: Tensor, named: Named): Promise<Float64Array> {
  const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), [wanted]), new Map());
  try {
    for (const tensor of inOrder([wanted])) {
      const { origin, type } = tensor;
      if (origin.kind === "input") program.write(origin.name, toDevice(type, named.get(origin.name)!));
    }
    await program.run();
    return fromDevice(wanted.type, await program.read());
  } finally {
    program.release();
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

describe.each([convolution, transposedConvolution, filterGradient] as Operation[])("$name", (operation) => {
  const name = ({ inputs, attributes }: Trial<unknown>) =>
    `${inputs.map(({ shape }) => `[${shape}]`).join(" ")} ${JSON.stringify(attributes)}`;

  test.each(operation.trials.map((trial) => [name(trial), trial] as const))("%s", async (_name, trial) => {
    const { inputs: types, attributes } = trial;
    const values = trialValues(trial);
    const outputType = operation.infer(types, attributes);
    const gradient = someValues(outputType, 9);
    const named = new Map([["gradient", gradient], ...values.map((data, i) => [`${i}`, data] as const)]);
    const bilinear = values.slice(0, 2).map((data, i) => ({ shape: types[i].shape, data }));
    const product = dot(operation.reference(bilinear, attributes).data, gradient);
    const scale = Math.sqrt(dot(gradient, gradient) * gradient.length);

    const results = gradients(operation, types, attributes);
    expect(results.length).toBe(types.length);
    for (const [i, result] of results.entries()) {
      expect(result.type).toEqual(types[i]);
      const expected = evaluate(result, named);
      if (i < 2) expect(Math.abs(dot(expected, values[i]) - product)).toBeLessThan(1e-11 * scale);
      expect(relativeError(await run(result, named), expected)).toBeLessThan(1e-5);
    }
  });
});

describe("the gradient with respect to the filters", () => {
  const attributes = { kernel: 3, stride: 2, padding: 1, reflect: false };
  const types = [image(2, 5, 61, 24), image(2, 6, 31, 12)];
  const values = types.map((type, i) => someValues(type, i));

  test("is the same to the bit in any number of bands", async () => {
    const whole = await runOperation(gpu, filterGradient, types, values, attributes);
    for (const bindingBytes of [24576, 16384]) {
      const banded = await runOperation(gpu, filterGradient, types, values, attributes, { bindingBytes });
      expect(banded.data).toEqual(whole.data);
    }
  });

  test("leaves zeros in the filters' padding, whatever the images contain there", async () => {
    const inputs = types.map((type, i) => input(`${i}`, type));
    const output = apply(filterGradient, inputs, attributes);
    const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), [output]), new Map());
    inputs.forEach(({ type }, i) => {
      program.write(`${i}`, new Float32Array(toDevice(type, values[i]).byteLength / 4).fill(1));
    });
    await program.run();
    const bytes = new Float32Array(await program.read());
    program.release();
    // [9 taps][8 input channels, 3 of them padding][8 output channels, 2 of them padding]
    bytes.forEach((value, place) => {
      const real = place % 8 < 6 && Math.floor(place / 8) % 8 < 5;
      expect(value !== 0).toBe(real);
    });
  });

  test("leaves zeros in the padding in Winograd form too", async () => {
    const [image_, gradient] = [input("image", image(1, 33, 8, 8)), input("gradient", image(1, 30, 8, 8))];
    const same = { kernel: 3, stride: 1, padding: 1, reflect: true };
    const output = apply(filterGradient, [image_, gradient], same);
    const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), [output]), new Map());
    for (const { type, origin } of [image_, gradient]) {
      const ones = new Float32Array(byteLength(type) / 4).fill(1);
      if (origin.kind === "input") program.write(origin.name, ones);
    }
    await program.run();
    const filters = new Float32Array(await program.read());
    program.release();
    // [9 taps][36 input channels, 3 of them padding][32 output channels, 2 of them padding]
    filters.forEach((value, place) => {
      const real = place % 32 < 30 && Math.floor(place / 32) % 36 < 33;
      expect(value !== 0).toBe(real);
    });
  });

  test("refuses a gradient with another shape than the output", () => {
    expect(() => filterGradient.infer([image(1, 3, 8, 8), image(1, 4, 8, 8)], attributes)).toThrow(RangeError);
  });
});

describe("filter gradient variants", () => {
  test.each(
    filterGradientVariants(traitsOf(gpu)).map((variant) => {
      const { kind, rows, columns, groupRows, groupColumns } = variant;
      return [`${kind} ${rows}x${columns} in ${groupRows}x${groupColumns}`, variant] as const;
    }),
  )("%s equals the twin", async (_name, variant) => {
    const withVariant: typeof filterGradient = {
      ...filterGradient,
      forward: (traits, inputs, output, attributes) =>
        launchFilterGradient(traits, inputs, output, attributes, variant),
    };
    for (const trial of filterGradient.trials) {
      const values = trialValues(trial);
      const shaped = trial.inputs.map(({ shape }, i) => ({ shape, data: values[i] }));
      const { data } = await runOperation(gpu, withVariant, trial.inputs, values, trial.attributes);
      expect(relativeError(data, filterGradient.reference(shaped, trial.attributes).data)).toBeLessThan(5e-6);
    }
  });

  test("one is chosen for every shape and kind of device", () => {
    for (const software of [true, false])
      for (const subgroupSize of [0, 4, 8, 32, 128])
        for (const [rows, columns] of [
          [1, 1],
          [49, 8],
          [392, 1],
          [288, 32],
        ]) {
          const traits = { ...traitsOf(gpu), software, subgroupSize };
          expect(filterGradientVariants(traits)).toContainEqual(chooseFilterGradientVariant(traits, rows, columns));
        }
  });
});

test("a filter that is transposed and back is unchanged", async () => {
  const type: TensorType = { layout: "filter", shape: [7, 5, 3, 3] };
  const values = someValues(type, 3);
  const there = await runOperation(gpu, transposeFilter, [type], [values], { layout: "transposedFilter" });
  expect(there.data).toEqual(values);
  expect(() => transposeFilter.infer([type], { layout: "filter" })).toThrow(RangeError);
});

test("channel sums leave zeros in a vector's padding", async () => {
  const image_ = input("image", image(1, 3, 9, 9));
  const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), [apply(channelSum, [image_], {})]), new Map());
  program.write("image", new Float32Array(4 * 81).fill(1));
  await program.run();
  const sums = new Float32Array(await program.read());
  program.release();
  expect([...sums]).toEqual([81, 81, 81, 0]);
});
