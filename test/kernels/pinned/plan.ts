// Launches as text.

import { convolution } from "../../../src/kernels/convolution/convolution.ts";
import { filterGradient } from "../../../src/kernels/convolution/filter-gradient.ts";
import {
  image,
  totalBytes,
  type Launch,
  type Operation,
  type TensorType,
  type Traits,
} from "../../../src/kernels/core/operation.ts";
import { filesOf } from "../../../src/kernels/core/shader-files.ts";
import { uniformFields } from "../../../src/kernels/core/uniforms.ts";
import { launchesOf } from "../checks.ts";

/**
 * The shaders of an operation's launches, each with its workgroups, and the scratch bytes between
 * them.
 */
export function planOf<A>(operation: Operation<A>, traits: Traits, inputs: TensorType[], attributes: A): string[] {
  const launches = launchesOf(operation as Operation, { inputs, attributes }, traits);
  const operands = new Set(launches.flatMap(({ bindings }) => bindings.map(({ operand }) => operand)));
  const given = totalBytes(...inputs, operation.infer(inputs, attributes));
  const bytes = [...operands].reduce((sum, { bytes }) => sum + bytes, 0) - given;
  const texts = launches.map(({ shader, workgroups }) => `${filesOf(shader)[0]} ${workgroups.join(" x ")}`);
  return bytes > 0 ? [...texts, `${bytes} bytes between`] : texts;
}

/** A launch's uniforms, by name. */
export function uniformsOf({ shader, parameters }: Launch): Record<string, number> {
  return Object.fromEntries(uniformFields(shader).map((name, i) => [name, parameters![i]]));
}

export function filter(
  layout: "filter" | "transposedFilter",
  first: number,
  second: number,
  kernel: number,
): TensorType {
  return { layout, shape: [first, second, kernel, kernel] };
}

export const convolved = (
  traits: Traits,
  channels: number,
  size: number,
  outputs: number,
  kernel: number,
  stride = 1,
) =>
  planOf(convolution, traits, [image(1, channels, size, size), filter("filter", outputs, channels, kernel)], {
    stride,
    padding: kernel >> 1,
    reflect: stride === 1,
  });

export const filtersOf = (
  traits: Traits,
  input: [number, number, number, number],
  outputs: number,
  kernel: number,
  stride = 1,
) => {
  const [samples, , height, width] = input;
  const gradient = image(samples, outputs, height / stride, width / stride);
  const attributes = { kernel, stride, padding: kernel >> 1, reflect: stride === 1 };
  return planOf(filterGradient, traits, [image(...input), gradient], attributes);
};
