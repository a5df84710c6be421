// Reductions and their adjoints: the sum and the mean of an image, in two passes and a fixed order,
// so that every run gives the same bits; their gradient, which is one number everywhere; and a
// constant tensor.

import collect_ from "../../../shaders/tensor/reduction/collect.wgsl";
import constant_ from "../../../shaders/tensor/reduction/constant.wgsl";
import partial from "../../../shaders/tensor/reduction/partial.wgsl";
import spread_ from "../../../shaders/tensor/reduction/spread.wgsl";
import total from "../../../shaders/tensor/reduction/total.wgsl";
import { leastCommonMultiple } from "../../divisors.ts";
import { runsOf } from "../core/bands.ts";
import { lanes, launchFlat } from "../core/launch.ts";
import {
  byteLength,
  declare,
  elements,
  image,
  totalBytes,
  vector,
  vectors,
  type Launch,
  type Operand,
  type Operation,
  type TensorType,
  type Traits,
} from "../core/operation.ts";
import { composeShader, float, type Float } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";
import { scale } from "./elementwise.ts";

/**
 * The launches of a reduction: a first pass over chunks of images that are read side by side, then
 * the sum of the chunks. The first pass's shader gets CHUNK, VECTORS and CHANNELS beside its own
 * constants.
 */
export function launchReduction(
  traits: Traits,
  name: string,
  { source, constants }: { source: string; constants: Readonly<Record<string, number | boolean | Float>> },
  inputs: readonly Operand[],
  output: Operand,
  kind: "sum" | "mean",
): Launch[] {
  const type = inputs[0].type!;
  const count = byteLength(type) / 16;
  const chunk = Math.max(64, 16 * Math.ceil(count / 4096 / 16));
  const chunks = Math.ceil(count / chunk);
  const scratch = { bytes: 4 * chunks };
  const shader = composeShader(source, {
    ...constants,
    CHUNK: chunk,
    VECTORS: vectors(type.shape[1]),
    CHANNELS: type.shape[1],
  });
  // A run holds whole chunks and whole pixels, because the shader counts channels from the start of
  // its binding.
  const whole = leastCommonMultiple(chunk, vectors(type.shape[1]));
  const launches: Launch[] = runsOf(traits, Math.ceil(count / whole), whole * 16).map((run) => {
    const bound = Math.min(run.count * whole, count - run.first * whole);
    return {
      label: `${name} of chunks`,
      shader,
      bindings: [
        ...inputs.map((operand) => ({ operand, offset: run.first * whole * 16, bytes: bound * 16 })),
        { operand: scratch },
      ],
      parameters: uniforms(shader, {
        ...{ firstChunk: (run.first * whole) / chunk, chunks: Math.ceil(bound / chunk), count: bound },
      }),
      workgroups: [Math.ceil(Math.ceil(bound / chunk) / lanes), 1, 1],
      flops: bound * 4,
    };
  });
  const scale = kind === "mean" ? 1 / elements(type) : 1;
  launches.push({
    label: `${name} of the whole`,
    shader: composeShader(total, { LANES: 256, CHUNKS: chunks, SCALE: float(scale) }),
    bindings: [{ operand: scratch }, { operand: output }],
    workgroups: [1, 1, 1],
    flops: chunks,
  });
  return launches;
}

function reduction(name: "sum" | "mean"): Operation<Record<string, never>> {
  return declare({
    name,
    infer: () => image(1, 1, 1, 1),
    forward: (traits, inputs, output) =>
      launchReduction(traits, name, { source: partial, constants: { LANES: lanes } }, inputs, output, name),
    backward({ inputs, gradient, apply, typeOf }) {
      const type = typeOf(inputs[0]);
      return [apply(spread, [gradient], { type, factor: name === "mean" ? 1 / elements(type) : 1 })];
    },
    reference([{ data }]) {
      const sum = data.reduce((total, x) => total + x, 0);
      return { shape: [1, 1, 1, 1], data: Float64Array.of(name === "mean" ? sum / data.length : sum) };
    },
    cost: ([input]) => ({ flops: elements(input), bytes: totalBytes(input) }),
    // The last has more chunks than the second pass has lanes.
    trials: [...shapes, image(1, 3, 130, 131)].map((input) => ({ inputs: [input], attributes: {} })),
  });
}

const shapes: TensorType[] = [
  image(1, 1, 1, 1),
  image(2, 3, 5, 7),
  image(1, 8, 5, 3),
  image(1, 70, 9, 3),
  image(3, 6, 40, 41),
];

export const sum = reduction("sum");
export const mean = reduction("mean");

/** [1, 1, 1, 1] -> a tensor of `type`, the number times `factor` at every place. */
export const spread: Operation<{ type: TensorType; factor: number }> = declare({
  name: "spread",
  infer: (_, { type }) => type,
  forward(traits, [number], output, { factor }) {
    const shader = composeShader(spread_, { LANES: lanes, FACTOR: float(factor) });
    const each = [{ operand: output, bytes: 16 }];
    return launchFlat(traits, "spread", shader, output.bytes / 16, each, { shared: [{ operand: number }] });
  },
  backward: ({ gradient, attributes: { factor }, apply }) => [apply(scale, [apply(sum, [gradient], {})], { factor })],
  reference: ([number], { type, factor }) => ({
    shape: type.shape,
    data: new Float64Array(elements(type)).fill(number.data[0] * factor),
  }),
  cost: (_, { type }) => ({ flops: elements(type), bytes: totalBytes(type) }),
  trials: shapes.map((type) => ({ inputs: [image(1, 1, 1, 1)], attributes: { type, factor: 0.3 } })),
});

/** A tensor of `type` with `value` at every place. */
export const constant: Operation<{ type: TensorType; value: number }> = declare({
  name: "constant",
  infer: (_, { type }) => type,
  forward(traits, _, output, { value }) {
    const shader = composeShader(constant_, { LANES: lanes, VALUE: float(value) });
    return launchFlat(traits, "constant", shader, output.bytes / 16, [{ operand: output, bytes: 16 }], { flops: 0 });
  },
  reference: (_, { type, value }) => ({ shape: type.shape, data: new Float64Array(elements(type)).fill(value) }),
  cost: (_, { type }) => ({ flops: 0, bytes: totalBytes(type) }),
  trials: shapes.map((type) => ({ inputs: [], attributes: { type, value: 0.25 } })),
});

/**
 * How many numbers one launch can collect: each needs a binding, and WebGPU guarantees a shader
 * only eight storage bindings.
 */
const numbersAtOnce = 6;

/** Several [1, 1, 1, 1] -> one vector, so that one readback fetches them all. */
export const collect: Operation<Record<string, never>> = declare({
  name: "collect",
  infer: (numbers) => vector(numbers.length),
  forward: (_traits, numbers, output) =>
    Array.from({ length: Math.ceil(numbers.length / numbersAtOnce) }, (_, launch) => {
      const first = launch * numbersAtOnce;
      const some = numbers.slice(first, first + numbersAtOnce);
      const end = first + some.length;
      const constants = { COUNT: some.length, FIRST: first, END: end < numbers.length ? end : output.bytes / 4 };
      const inputs = Array.from({ length: numbersAtOnce }, (_, i) => ({ operand: some[i] ?? some[0] }));
      return {
        label: "collect",
        shader: composeShader(collect_, constants),
        bindings: [...inputs, { operand: output }],
        workgroups: [1, 1, 1],
        flops: 0,
      };
    }),
  reference: (numbers) => ({ shape: [numbers.length], data: Float64Array.from(numbers, ({ data }) => data[0]) }),
  cost: (numbers) => ({ flops: 0, bytes: totalBytes(...numbers) }),
  trials: [1, 2, 4, 6, 9].map((count) => ({
    inputs: Array.from({ length: count }, () => image(1, 1, 1, 1)),
    attributes: {},
  })),
});
