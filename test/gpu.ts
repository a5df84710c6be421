// The GPU that tests run on: whatever adapter Node's Dawn finds, opened once a test file.

import { afterAll } from "vitest";
import { makePlan } from "../src/autograd/plan.ts";
import { Program, traitsOf } from "../src/autograd/program.ts";
import { apply, input } from "../src/autograd/tensor.ts";
import { Gpu, type GpuOptions } from "../src/gpu/gpu.ts";
import { pack, unpack } from "../src/kernels/layout.ts";
import type { Operation, Sample, TensorType, Traits, Values } from "../src/kernels/operation.ts";
import { openWebGpu } from "../src/platform/gpu.node.ts";

export const webGpu = await openWebGpu();

/** Opens a device and closes it when the file's tests are done. */
export async function openTestGpu(options: GpuOptions = {}): Promise<Gpu> {
  const gpu = await Gpu.open(webGpu, options);
  afterAll(() => gpu.close());
  return gpu;
}

/** Runs one operation on the device; values in and out are in PyTorch's order. */
export async function runOperation<A>(
  gpu: Gpu,
  operation: Operation<A>,
  types: readonly TensorType[],
  values: readonly ArrayLike<number>[],
  attributes: A,
  traits: Partial<Traits> = {},
): Promise<Values> {
  const tensors = types.map((type, i) => input(`input ${i}`, type));
  const output = apply(operation, tensors, attributes);
  const program = await Program.prepare(gpu, makePlan({ ...traitsOf(gpu), ...traits }, [output]), new Map());
  try {
    types.forEach((type, i) => program.write(`input ${i}`, toDevice(type, values[i])));
    await program.run();
    return { shape: output.shape, data: fromDevice(output.type, await program.read()) };
  } finally {
    program.release();
  }
}

export function toDevice(type: TensorType, values: ArrayLike<number>): ArrayBufferView<ArrayBuffer> {
  return type.layout === "pixels" ? Uint32Array.from(values) : pack(type, values);
}

export function fromDevice(type: TensorType, bytes: ArrayBuffer): Float64Array {
  if (type.layout === "pixels") return Float64Array.from(new Uint32Array(bytes));
  return Float64Array.from(unpack(type, new Float32Array(bytes)));
}

/** Numbers that look random, the same at every run, in [-1, 1); whole pixels for the layout that holds them. */
export function someValues(type: TensorType, seed: number, draw = (uniform: number) => uniform): Float64Array {
  const count = type.shape.reduce((product, size) => product * size, 1);
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return type.layout === "pixels" ? state : Math.fround(draw(state / 2 ** 31 - 1));
  });
}

/** Values for all inputs of a sample. */
export function sampleValues({ inputs, draw = (_, uniform) => uniform }: Sample<unknown>): Float64Array[] {
  return inputs.map((type, i) => someValues(type, i + 1, (uniform) => draw(i, uniform)));
}

/** ||a - b|| / ||b||, and the plain norm of a where b is nothing. NaN where either holds one. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers are compared with ${b.length}.`);
  let difference = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(difference) / (Math.sqrt(size) || 1);
}
