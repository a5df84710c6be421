// Runs one operation by itself on the device so that no mistake stays hidden: its memory is
// poisoned, the padding of its inputs is junk, and after every operand there is a strip that must
// not be written to.

import { makePlan } from "../src/autograd/plan.ts";
import { Program, traitsOf } from "../src/autograd/program.ts";
import { apply, input } from "../src/autograd/tensor.ts";
import { float16ToNumber, float32ToFloat16, numberToFloat16 } from "../src/float16.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { pack, unpack } from "../src/kernels/core/layout.ts";
import type { Launch, Operand, Operation, Trial, TensorType, Traits, Values } from "../src/kernels/core/operation.ts";

/** The result of an operation, and the state of its inputs. */
export interface Ran extends Values {
  /** The contents of each input afterwards, since some operations overwrite them. */
  readonly inputs: readonly Values[];
  readonly launches: number;
}

/** The size of the strip that is bound after every operand. */
const stripBytes = 256;

/**
 * The contents of a strip: numbers, since a kernel would turn NaN into NaN again, and different
 * ones for each operand and position, since a copy would otherwise go unnoticed.
 */
function stripOf(operand: number, bytes: number): Uint32Array<ArrayBuffer> {
  const key = `${operand} ${bytes}`;
  let strip = strips.get(key);
  if (!strip) {
    const numbers = new Float32Array(bytes / 4).map((_, i) => 1000 * (operand + 1) + i);
    strips.set(key, (strip = new Uint32Array(numbers.buffer)));
  }
  return strip;
}

const strips = new Map<string, Uint32Array<ArrayBuffer>>();

/** Runs one operation on the device, with values in PyTorch's order. */
export async function runOperation<A>(
  gpu: Gpu,
  operation: Operation<A>,
  types: readonly TensorType[],
  values: readonly ArrayLike<number>[],
  attributes: A,
  traits: Partial<Traits> = {},
): Promise<Ran> {
  const tensors = types.map((type, i) => input(`input ${i}`, type));
  const output = apply(operation, tensors, attributes);
  const plan = makePlan({ ...traitsOf(gpu), ...traits }, [output]);
  const operands = [...plan.slots.keys()];
  const buffers = new Map<Operand, GPUBuffer>();
  let program: Program | undefined;
  try {
    for (const [i, operand] of operands.entries()) {
      const buffer = await gpu.buffers.acquire(operand.bytes + stripBytes, operation.name);
      buffers.set(operand, buffer);
      gpu.device.queue.writeBuffer(buffer, operand.bytes, stripOf(i, buffer.size - operand.bytes));
    }
    const inputs = types.map((_, i) => plan.inputs.get(`input ${i}`)!);
    types.forEach((type, i) => gpu.write(buffers.get(inputs[i])!, withJunk(type, toDevice(type, values[i]))));
    const named = new Map(operands.map((operand, i) => [`${i}`, operand]));
    program = await Program.prepare(
      gpu,
      { ...plan, launches: plan.launches.map(withStrips), parameters: named, slots: new Map(), slotBytes: [] },
      new Map([...named].map(([name, operand]) => [name, buffers.get(operand)!])),
    );
    await program.run();
    const contents = new Map<Operand, ArrayBuffer>();
    const read = await Promise.all(
      operands.map((operand) => gpu.read(buffers.get(operand)!, 0, buffers.get(operand)!.size)),
    );
    for (const [i, operand] of operands.entries()) {
      const strip = stripOf(i, read[i].byteLength - operand.bytes);
      if (!Buffer.from(read[i], operand.bytes).equals(Buffer.from(strip.buffer)))
        throw new Error(`${operation.name} writes beyond the end of what it was given.`);
      contents.set(operand, read[i].slice(0, operand.bytes));
    }
    const result = contents.get(plan.outputs[0])!;
    checkPadding(operation.name, output.type, result);
    return {
      shape: output.shape,
      data: fromDevice(output.type, result),
      inputs: types.map((type, i) => ({ shape: type.shape, data: fromDevice(type, contents.get(inputs[i])!) })),
      launches: plan.launches.length,
    };
  } finally {
    program?.release();
    buffers.forEach((buffer) => gpu.buffers.release(buffer));
  }
}

/**
 * A launch that also binds the strip after each of its operands. Without it a superfluous lane
 * would do no visible harm, since accesses beyond a binding are clamped. So no shader may query the
 * length of an array.
 */
function withStrips(launch: Launch): Launch {
  const bindings = launch.bindings.map((binding) => {
    const { operand, offset = 0, bytes = operand.bytes - offset } = binding;
    return { ...binding, bytes: bytes + stripBytes };
  });
  return { ...launch, bindings };
}

/** Padding may contain any finite number, except in filters. */
function withJunk(type: TensorType, packed: ArrayBufferView<ArrayBuffer>): ArrayBufferView<ArrayBuffer> {
  if (packed instanceof Uint32Array || (type.layout !== "image" && type.layout !== "vector")) return packed;
  const real = realPlaces(type);
  const junk = type.half ? numberToFloat16(3.25) : 3.25;
  return (packed as Float32Array<ArrayBuffer>).map((value, place) => (real[place] ? value : junk));
}

/** 1 for each element of a tensor's memory, 0 for padding. */
function realPlaces(type: TensorType): Float32Array {
  return pack(type, new Uint8Array(type.shape.reduce((product, size) => product * size, 1)).fill(1));
}

function checkPadding(name: string, type: TensorType, bytes: ArrayBuffer): void {
  if (type.layout === "pixels") return;
  const numbers = numbersOf(type, bytes);
  const filter = type.layout !== "image" && type.layout !== "vector";
  const real = realPlaces(type);
  numbers.forEach((value, place) => {
    if (!Number.isFinite(value)) throw new Error(`${name} leaves ${value} at place ${place}.`);
    if (filter && !real[place] && value !== 0)
      throw new Error(`${name} leaves ${value} in the padding of a filter, at place ${place}.`);
  });
}

export function toDevice(type: TensorType, values: ArrayLike<number>): ArrayBufferView<ArrayBuffer> {
  if (type.layout === "pixels") return Uint32Array.from(values);
  const packed = pack(type, values);
  return type.half ? float32ToFloat16(packed) : packed;
}

/** A tensor's memory as numbers. */
function numbersOf({ half }: TensorType, bytes: ArrayBuffer): Float32Array {
  return half ? Float32Array.from(new Uint16Array(bytes), float16ToNumber) : new Float32Array(bytes);
}

export function fromDevice(type: TensorType, bytes: ArrayBuffer): Float64Array {
  if (type.layout === "pixels") return Float64Array.from(new Uint32Array(bytes));
  return Float64Array.from(unpack(type, numbersOf(type, bytes)));
}

/** Pseudo-random numbers in [-1, 1), the same in every run; integers for the pixel layout. */
export function someValues(type: TensorType, seed: number, draw = (uniform: number) => uniform): Float64Array {
  const count = type.shape.reduce((product, size) => product * size, 1);
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return type.layout === "pixels" ? state : Math.fround(draw(state / 2 ** 31 - 1));
  });
}

/** Values for all inputs of a trial. */
export function trialValues({ inputs, draw = (_, uniform) => uniform }: Trial<unknown>): Float64Array[] {
  return inputs.map((type, i) => someValues(type, i + 1, (uniform) => draw(i, uniform)));
}

/** ||a - b|| / ||b||, or the norm of a if b is zero. NaN if either contains NaN. */
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
