// Measures the variants of one layer on the device, on random numbers. A variant that is refused by
// the device, or that computes other numbers than the rules' variant does, is not chosen.

import { makePlan } from "../autograd/plan.ts";
import { Program, traitsOf } from "../autograd/program.ts";
import { apply, parameter } from "../autograd/tensor.ts";
import { float16ToNumber, float32ToFloat16 } from "../float16.ts";
import type { Dispatch } from "../gpu/commands.ts";
import { OperationError, OutOfMemoryError } from "../gpu/errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { secondsOf } from "../gpu/timing.ts";
import { byteLength, type Precision, type TensorType } from "../kernels/core/operation.ts";
import { median } from "../median.ts";
import { Random } from "../random.ts";
import { decide, turns } from "./decide.ts";
import { variantsOf, type Layer } from "./layers.ts";

/** What was measured of a layer, and what follows from it. */
export interface Measurement {
  readonly layer: string;
  readonly byRule: string;
  readonly chosen: string;
  /** Of each variant that works: the median of its turns, or its best time if it got none. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Of each other variant: why it cannot be chosen. */
  readonly refused: Readonly<Record<string, string>>;
}

export interface Measuring {
  /** Whether to stop; asked before each variant. */
  readonly isOver: () => boolean;
  /** Replaces the clock, in tests. */
  readonly timeOf?: (variant: string, dispatches: readonly Dispatch[]) => Promise<number>;
}

/** The shortest pass that is timed: browsers round the clock to a thirtieth of it. */
const passSeconds = 0.003;

/**
 * A variant's best of so many times decides whether it gets turns: other work only adds to them.
 */
const entryTimes = 2;

/** Variants that take longer than the fastest by this factor get no turns. */
const hopeless = 1.3;

/** Bytes of the output that are compared. */
const comparedBytes = 2 ** 20;

/** The largest relative difference between two correct variants, with room for the longest sums. */
const tolerance = 1e-4;

interface Contender {
  readonly name: string;
  readonly program: Program;
  /** Its best time before the turns. */
  readonly seconds: number;
}

/** @returns undefined if it was stopped, or if the device has no room for the layer */
export async function measureLayer(gpu: Gpu, layer: Layer, measuring: Measuring): Promise<Measurement | undefined> {
  const { byRule, variants } = variantsOf(layer, traitsOf(gpu));
  const names = [byRule, ...[...variants.keys()].filter((name) => name !== byRule)];
  const buffers = new Map<string, GPUBuffer>();
  const contenders: Contender[] = [];
  try {
    for (const [i, type] of layer.inputs.entries()) {
      const buffer = await gpu.buffers.acquire(byteLength(type), purpose);
      buffers.set(`${i}`, buffer);
      gpu.fill(buffer, type.half ? halfNoise : noise);
    }
    buffers.set(outputName, await gpu.buffers.acquire(byteLength(outputOf(layer)), purpose));
    const refused = await enter(gpu, layer, names, buffers, contenders, measuring);
    return refused && (await race(gpu, layer.name, byRule, contenders, refused, measuring));
  } catch (error) {
    if (error instanceof OutOfMemoryError) return undefined;
    throw error;
  } finally {
    contenders.forEach(({ program }) => program.release());
    buffers.forEach((buffer) => gpu.buffers.release(buffer));
  }
}

const precisionOf = ({ inputs }: Layer): Precision => (inputs.some(({ half }) => half) ? "half" : "full");

/** The output as it is stored. */
function outputOf(layer: Layer): TensorType {
  const type = layer.operation.infer(layer.inputs, layer.attributes);
  return precisionOf(layer) === "half" && layer.operation.writesHalf ? { ...type, half: true } : type;
}

const outputName = "output";
const purpose = "a measurement of kernels";

/**
 * Runs each variant once, compares its numbers with those of the first, and times it.
 *
 * @param contenders receives those that work
 * @returns why the others do not; undefined if it was stopped
 */
async function enter(
  gpu: Gpu,
  layer: Layer,
  names: readonly string[],
  buffers: ReadonlyMap<string, GPUBuffer>,
  contenders: Contender[],
  { isOver, timeOf = clockOf(gpu) }: Measuring,
): Promise<Record<string, string> | undefined> {
  const traits = traitsOf(gpu);
  const refused: Record<string, string> = {};
  const inputs = layer.inputs.map((type, i) => parameter(`${i}`, type));
  const output = apply(layer.operation, inputs, layer.attributes);
  let expected: Float32Array | undefined;
  for (const name of names) {
    if (isOver()) return undefined;
    let program: Program | undefined;
    try {
      const choices = new Map([[layer.name, name]]);
      const plan = makePlan({ ...traits, choices }, [output], new Map([[output, outputName]]), precisionOf(layer));
      program = await Program.prepare(gpu, plan, buffers);
      const numbers = await numbersOf(gpu, program, buffers.get(outputName)!, outputOf(layer));
      const difference = relativeDifference(numbers, (expected ??= numbers));
      // Written this way so that NaN is refused too.
      if (!(difference <= tolerance)) throw new OperationError(name, `its numbers are wrong by ${difference}`);
      const times: number[] = [];
      while (times.length < entryTimes) times.push(await timeOf(name, program.dispatches));
      contenders.push({ name, program, seconds: Math.min(...times) });
    } catch (error) {
      program?.release();
      const isItsOwn = error instanceof OperationError || error instanceof OutOfMemoryError;
      if (!isItsOwn || name === names[0]) throw error;
      refused[name] = error.message;
    }
  }
  return refused;
}

/**
 * Times the fast variants in turns, so that other load on the machine affects all of them alike.
 */
async function race(
  gpu: Gpu,
  layer: string,
  byRule: string,
  contenders: readonly Contender[],
  refused: Record<string, string>,
  { isOver, timeOf = clockOf(gpu) }: Measuring,
): Promise<Measurement | undefined> {
  const fastest = Math.min(...contenders.map(({ seconds }) => seconds));
  const finalists = contenders.filter(({ name, seconds }) => name === byRule || seconds <= hopeless * fastest);
  const times = new Map(finalists.map(({ name }) => [name, [] as number[]]));
  for (let turn = 0; turn < turns; turn++) {
    for (const { name, program } of finalists) {
      if (isOver()) return undefined;
      times.get(name)!.push(await timeOf(name, program.dispatches));
    }
  }
  const results = contenders.map(({ name, seconds }) => {
    const own = times.get(name);
    return [name, own ? median(own) : seconds] as const;
  });
  return { layer, byRule, chosen: decide(byRule, times), seconds: Object.fromEntries(results), refused };
}

function clockOf(gpu: Gpu): NonNullable<Measuring["timeOf"]> {
  return (_name, dispatches) => secondsOf(gpu, dispatches, passSeconds);
}

const random = new Random(1);
/** Random numbers, since on zeros some devices are faster than in real work. */
const noise = Float32Array.from({ length: 2 ** 18 }, () => 2 * random.uniform() - 1);
const halfNoise = new Float32Array(float32ToFloat16(noise).buffer);
/** Numbers that no variant computes: NaN, also as two numbers in half precision. */
const poison = new Float32Array(new Uint32Array(2 ** 16).fill(0x7fff7fff).buffer);

/** The beginning of what a program computes, which `output` did not hold before. */
async function numbersOf(gpu: Gpu, program: Program, output: GPUBuffer, type: TensorType): Promise<Float32Array> {
  gpu.fill(output, poison);
  await program.run();
  const bytes = await gpu.read(output, 0, Math.min(byteLength(type), comparedBytes));
  return type.half ? Float32Array.from(new Uint16Array(bytes), float16ToNumber) : new Float32Array(bytes);
}

/** ||a - b|| / ||b|| */
function relativeDifference(a: Float32Array, b: Float32Array): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(difference / size);
}
