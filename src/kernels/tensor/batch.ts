// Concatenates batches (torch.cat, dim=0) and takes samples out of them. The samples of a batch are
// contiguous, so both only copy.

import copy from "../../../shaders/tensor/batch/copy.wgsl";
import { bindRange } from "../core/bands.ts";
import { foldWorkgroups, lanes } from "../core/launch.ts";
import {
  byteLength,
  declare,
  image,
  requireThat,
  totalBytes,
  type Launch,
  type Operand,
  type Operation,
  type TensorType,
  type Traits,
  type Values,
} from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";
import { constant } from "./reduction.ts";

interface Place {
  operand: Operand;
  /** In bytes, a multiple of 16. */
  start: number;
}

function launchCopy(traits: Traits, label: string, from: Place, to: Place, bytes: number): Launch[] {
  const shader = composeShader(copy, { LANES: lanes });
  const limit = Math.floor((traits.bindingBytes - traits.offsetAlignment) / 16) * 16;
  if (limit < 16) throw new RangeError(`A binding of ${traits.bindingBytes} bytes is too small to copy by.`);
  const launches: Launch[] = [];
  for (let done = 0; done < bytes; done += limit) {
    const count = Math.min(limit, bytes - done);
    const source = bindRange(traits, from.operand, from.start + done, count);
    const target = bindRange(traits, to.operand, to.start + done, count);
    launches.push({
      label,
      shader,
      bindings: [source.binding, target.binding],
      parameters: uniforms(shader, { count: count / 16, source: source.offset, place: target.offset }),
      workgroups: foldWorkgroups(traits, count / 16, lanes),
      flops: 0,
    });
  }
  return launches;
}

function withSamples({ shape }: TensorType, samples: number): TensorType {
  return image(samples, shape[1], shape[2], shape[3]);
}

function sampleBytes(type: TensorType): number {
  return byteLength(type) / type.shape[0];
}

/** torch.cat(images, dim=0). */
export const joinSamples: Operation<Record<string, never>> = declare({
  name: "joinSamples",
  infer(inputs) {
    const [first] = inputs;
    requireThat(
      inputs.every(({ shape }) => String(shape.slice(1)) === String(first.shape.slice(1))),
      "joinSamples",
      () => `${inputs.map(({ shape }) => `[${shape}]`).join(" and ")} differ in more than their samples`,
    );
    return withSamples(
      first,
      inputs.reduce((sum, { shape }) => sum + shape[0], 0),
    );
  },
  forward(traits, inputs, output) {
    let start = 0;
    return inputs.flatMap((operand) => {
      const launches = launchCopy(
        traits,
        "join samples",
        { operand, start: 0 },
        { operand: output, start },
        operand.bytes,
      );
      start += operand.bytes;
      return launches;
    });
  },
  backward({ inputs, gradient, apply, typeOf }) {
    let first = 0;
    return inputs.map((input) => {
      const count = typeOf(input).shape[0];
      const part = apply(takeSamples, [gradient], { first, count });
      first += count;
      return part;
    });
  },
  reference(inputs) {
    const data = inputs.flatMap(({ data }) => [...data]);
    const samples = inputs.reduce((sum, { shape }) => sum + shape[0], 0);
    return { shape: [samples, ...inputs[0].shape.slice(1)], data: Float64Array.from(data) };
  },
  cost: (inputs) => ({ flops: 0, bytes: 2 * totalBytes(...inputs) }),
  trials: [
    { inputs: [image(1, 3, 5, 7), image(2, 3, 5, 7)], attributes: {} },
    { inputs: [image(1, 6, 3, 1), image(1, 6, 3, 1), image(1, 6, 3, 1)], attributes: {} },
  ],
});

/** images[first : first + count]. */
export const takeSamples: Operation<{ first: number; count: number }> = declare({
  name: "takeSamples",
  infer: ([input], { count }) => withSamples(input, count),
  forward(traits, [operand], output, { first }) {
    const start = first * sampleBytes(operand.type!);
    return launchCopy(traits, "take samples", { operand, start }, { operand: output, start: 0 }, output.bytes);
  },
  backward({ inputs, gradient, attributes: { first, count }, apply, typeOf }) {
    const samples = typeOf(inputs[0]).shape[0];
    const zeros = (number: number) =>
      number === 0 ? [] : [apply(constant, [], { type: withSamples(typeOf(gradient), number), value: 0 })];
    return [apply(joinSamples, [...zeros(first), gradient, ...zeros(samples - first - count)], {})];
  },
  reference: ([{ shape, data }], { first, count }) => part({ shape, data }, first, count),
  cost: ([input], { count }) => ({ flops: 0, bytes: 2 * count * sampleBytes(input) }),
  trials: [
    { inputs: [image(3, 3, 5, 7)], attributes: { first: 1, count: 1 } },
    { inputs: [image(2, 5, 4, 4)], attributes: { first: 0, count: 1 } },
    { inputs: [image(4, 8, 9, 5)], attributes: { first: 1, count: 3 } },
  ],
});

function part({ shape, data }: Values, first: number, count: number): Values {
  const size = data.length / shape[0];
  return { shape: [count, ...shape.slice(1)], data: data.slice(first * size, (first + count) * size) };
}
