// What every operation must pass on each of its trials: it equals its float64 twin, and it gives the same bytes however little can be
// bound or launched at once. A check throws where it fails, so that both the tests and `npm run test:mutants` can use it.

import { traitsOf } from "../../src/autograd/program.ts";
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
import { relativeError, runOperation, trialValues } from "../run-operation.ts";

/** A few units in the last place of float32, for sums of up to a thousand terms. */
const tolerance = 5e-6;

/** What the operation reads, and behind it what it writes: the first of these where that is written over. */
export function operandsOf(operation: Operation, { inputs, attributes }: Trial<unknown>): Operand[] {
  const operands = inputs.map((type) => ({ type, bytes: byteLength(type) }));
  const output = operation.infer(inputs, attributes);
  return [...operands, operation.inPlace ? operands[0] : { type: output, bytes: byteLength(output) }];
}

/** The launches that the operation would make, without a device. @throws RangeError where a row cannot be bound */
export function launchesOf(
  operation: Operation,
  trial: Trial<unknown>,
  traits: Traits,
  operands = operandsOf(operation, trial),
): Launch[] {
  return operation.forward(traits, operands.slice(0, -1), operands.at(-1)!, trial.attributes);
}

/** The values that a trial is run with, and what of them its twin has computed: the forms of an operation share trials and twin. */
interface Run {
  readonly values: readonly Float64Array[];
  readonly expected: Map<Operation["reference"], Values>;
}

const runs = new WeakMap<Trial<unknown>, readonly Run[]>();

/** Random numbers, and where the trial takes pixels drawings as well. */
function runsOf(trial: Trial<unknown>): readonly Run[] {
  let known = runs.get(trial);
  if (!known) {
    const takesPixels = trial.inputs.some(({ layout }) => layout === "pixels");
    const all = [trialValues(trial), ...(takesPixels ? [lines(trial), patches(trial)] : [])];
    runs.set(trial, (known = all.map((values) => ({ values, expected: new Map() }))));
  }
  return known;
}

/** That the device's numbers are the twin's, and that what else it writes over is as well. */
export async function checkTwin(gpu: Gpu, operation: Operation, trial: Trial<unknown>): Promise<void> {
  for (const run of runsOf(trial)) await holdToTwin(gpu, operation, trial, run);
}

async function holdToTwin(
  gpu: Gpu,
  operation: Operation,
  { inputs, attributes }: Trial<unknown>,
  { values, expected: known }: Run,
): Promise<void> {
  const given = inputs.map(({ shape }, i) => ({ shape, data: values[i] }));
  const expected = known.get(operation.reference) ?? operation.reference(given, attributes);
  known.set(operation.reference, expected);
  const inferred = operation.infer(inputs, attributes);
  if (String(inferred.shape) !== String(expected.shape))
    throw new Error(`${operation.name} infers [${inferred.shape}]; its twin gives [${expected.shape}].`);
  const actual = await runOperation(gpu, operation, inputs, values, attributes);
  const exact = inferred.layout === "pixels";
  compare(operation.name, actual, expected, exact);
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

/** Operations that cut their inputs by shapes alone, for the sake of one order of additions; 16 MiB is what they bind at most. */
const cutByShapes = new Set(["filterGradient"]);

/** How a trial is cut where no more than so many bytes can be bound, the fewest that can be planned with at all. */
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
 * That bands give the same bytes as the whole: the fewest rows that can be, twice as many, and, where it has many workgroups, folded.
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
