// The checks that every operation must pass on each of its trials: it equals its float64 twin, and
// it gives the same bytes with any limit on bindings and workgroups. A failed check throws, so that
// both the tests and `npm run test:mutants` can use it.

import { traitsOf } from "../../src/autograd/program.ts";
import { float16ToNumber, numberToFloat16, unitRoundoff } from "../../src/float16.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import {
  byteLength,
  type Launch,
  type Operand,
  type Operation,
  type Trial,
  type Traits,
  type Values,
} from "../../src/kernels/core/operation.ts";
import { lines, patches } from "../pictures.ts";
import { poisonedWith } from "../poison.ts";
import { relativeError, runOperation, trialValues } from "../run-operation.ts";

/** A few units in the last place of float32, enough for sums of up to a thousand terms. */
const tolerance = 5e-6;

/** The largest error of rounding a number below 2^-14 to half precision, in any direction. */
const smallestHalf = 2 ** -24;

/**
 * The operation's inputs followed by its output; an in-place operation overwrites the first input.
 */
export function operandsOf(operation: Operation, { inputs, attributes }: Trial<unknown>): Operand[] {
  const operands = inputs.map((type) => ({ type, bytes: byteLength(type) }));
  const output = operation.infer(inputs, attributes);
  return [...operands, operation.inPlace ? operands[0] : { type: output, bytes: byteLength(output) }];
}

/** The operation's launches, without a device. @throws RangeError if a row cannot be bound */
export function launchesOf(
  operation: Operation,
  trial: Trial<unknown>,
  traits: Traits,
  operands = operandsOf(operation, trial),
): Launch[] {
  return operation.forward(traits, operands.slice(0, -1), operands.at(-1)!, trial.attributes);
}

/** A trial's values and its twin's results, which all forms of an operation share. */
interface Run {
  readonly values: readonly Float64Array[];
  readonly expected: Map<Operation["reference"], Values>;
}

const runs = new WeakMap<Trial<unknown>, readonly Run[]>();

/** Random numbers, and also drawings if the trial reads pixels. */
function runsOf(trial: Trial<unknown>): readonly Run[] {
  let known = runs.get(trial);
  if (!known) {
    const takesPixels = trial.inputs.some(({ layout }) => layout === "pixels");
    const all = [trialValues(trial), ...(takesPixels ? [lines(trial), patches(trial)] : [])];
    runs.set(trial, (known = all.map((values) => ({ values, expected: new Map() }))));
  }
  return known;
}

/** Checks that the device's results equal the twin's, including other inputs that it overwrites. */
export async function checkTwin(gpu: Gpu, operation: Operation, trial: Trial<unknown>): Promise<void> {
  const [first, ...drawings] = runsOf(trial);
  await holdToTwin(gpu, operation, trial, first);
  await poisonedWith(gpu, "one", async () => {
    for (const run of drawings) await holdToTwin(gpu, operation, trial, run);
  });
}

async function holdToTwin(
  gpu: Gpu,
  operation: Operation,
  { inputs, attributes }: Trial<unknown>,
  { values, expected: known }: Run,
): Promise<void> {
  const given = inputs.map(({ shape, half }, i) => ({ shape, data: half ? values[i].map(toHalf) : values[i] }));
  const expected = known.get(operation.reference) ?? operation.reference(given, attributes);
  known.set(operation.reference, expected);
  const inferred = operation.infer(inputs, attributes);
  if (String(inferred.shape) !== String(expected.shape))
    throw new Error(`${operation.name} infers [${inferred.shape}]; its twin gives [${expected.shape}].`);
  const actual = await runOperation(gpu, operation, inputs, values, attributes);
  const exact = inferred.layout === "pixels";
  if (inferred.half) compareHalves(operation.name, actual, expected);
  else compare(operation.name, actual, expected, exact);
  const afterwards = operation.referenceInputs?.(given, attributes) ?? given;
  afterwards.forEach((input, i) => {
    if (i > 0 || !operation.inPlace) compare(`Input ${i} of ${operation.name}`, actual.inputs[i], input, exact);
  });
}

function compare(what: string, actual: Values, expected: Values, exact: boolean): void {
  if (exact) {
    const place = actual.data.findIndex((value, i) => value !== expected.data[i]);
    if (place >= 0)
      throw new Error(`${what} is ${actual.data[place]} at place ${place}, not ${expected.data[place]} as its twin.`);
  }
  const error = relativeError(actual.data, expected.data);
  if (!(error < tolerance)) throw new Error(`${what} is not its twin's: the relative error is ${error}.`);
}

const toHalf = (value: number) => float16ToNumber(numberToFloat16(value));

/**
 * Each number is the twin's, computed in float32 and rounded once. So it is off by at most the unit
 * roundoff of half precision times its own size, plus float32's tolerance of the largest number.
 * Truncating would be off by up to twice as much.
 */
function compareHalves(what: string, actual: Values, expected: Values): void {
  const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  actual.data.forEach((value, i) => {
    const wanted = expected.data[i];
    const most = unitRoundoff * Math.abs(wanted) + smallestHalf + tolerance * largest;
    if (!(Math.abs(value - wanted) <= most))
      throw new Error(`${what} is ${value} at place ${i}, which is not ${wanted} in half precision.`);
  });
}

/**
 * Operations that cut their inputs by shape alone, to keep one order of additions. They bind at
 * most 16 MiB.
 */
const cutByShapes = new Set(["filterGradient"]);

/** How a trial is cut with the smallest binding limit for which it can be planned. */
export function tightestOf(gpu: Gpu, operation: Operation, trial: Trial<unknown>): number | null {
  const traits = traitsOf(gpu);
  const whole = launchesOf(operation, trial, traits).length;
  for (let bindingBytes = 2 * traits.offsetAlignment; bindingBytes <= 2 ** 20; bindingBytes *= 2) {
    try {
      const { length } = launchesOf(operation, trial, { ...traits, bindingBytes });
      return length > whole ? bindingBytes : null;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return null;
}

/**
 * Checks that bands give the same bytes as the whole: with the fewest possible rows, with twice as
 * many, and folded if there are many workgroups.
 *
 * @param tightest as `tightestOf` has it
 */
export async function checkBands(
  gpu: Gpu,
  operation: Operation,
  trial: Trial<unknown>,
  tightest = tightestOf(gpu, operation, trial),
): Promise<void> {
  const { inputs, attributes } = trial;
  const { values } = runsOf(trial).at(-1)!;
  const run = (traits: Partial<Traits>) => runOperation(gpu, operation, inputs, values, attributes, traits);
  const whole = await run({});
  const cuts: Partial<Traits>[] = [{ workgroupsPerDimension: 1 }, { workgroupsPerDimension: 2 }];
  if (tightest) cuts.push({ bindingBytes: tightest }, { bindingBytes: 2 * tightest });
  for (const traits of cuts) {
    const text = JSON.stringify(traits);
    const bound = launchesOf(operation, trial, { ...traitsOf(gpu), ...traits }).flatMap(({ bindings }) => bindings);
    const most = Math.max(0, ...bound.map(({ bytes = 0 }) => bytes));
    if (traits.bindingBytes && most > traits.bindingBytes && !cutByShapes.has(operation.name))
      throw new Error(`${operation.name} binds ${most} bytes with ${text}.`);
    const banded = await run(traits);
    for (const [i, { data }] of [whole, ...whole.inputs].entries()) {
      const other = i === 0 ? banded : banded.inputs[i - 1];
      const place = data.findIndex((value, at) => !Object.is(value, other.data[at]) || Number.isNaN(value));
      if (place >= 0)
        throw new Error(`${operation.name} with ${text} gives ${other.data[place]} for ${data[place]} at ${place}.`);
    }
    if (traits.bindingBytes === tightest && banded.launches <= whole.launches)
      throw new Error(`${operation.name} is launched ${banded.launches} times with ${text}, no more than whole.`);
  }
}
