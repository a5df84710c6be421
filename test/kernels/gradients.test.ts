// Checks every operation's backward with finite differences: the inputs of the float64 twins are
// shifted slightly along a random direction, and the change of the output must match the backward,
// which also runs on twins.

import { describe, expect, test } from "vitest";
import type { Operation, Trial, TensorType, Values } from "../../src/kernels/core/operation.ts";
import { operations } from "../../src/kernels/index.ts";
import { trialValues, someValues } from "../gpu.ts";

/** What a backward is applied to here: immediate numbers. */
interface Evaluated {
  type: TensorType;
  values: Values;
}

function evaluate<A>(operation: Operation<A>, inputs: readonly Evaluated[], attributes: A): Evaluated {
  return {
    type: operation.infer(
      inputs.map(({ type }) => type),
      attributes,
    ),
    values: operation.reference(
      inputs.map(({ values }) => values),
      attributes,
    ),
  };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

const trainable = operations.filter(({ backward }) => backward);

test("most operations have a backward", () => {
  expect(trainable.length).toBeGreaterThan(15);
});

describe.each(trainable.map((operation) => [operation.name, operation] as const))("%s", (_name, operation) => {
  // Operations that are fused after tracing, or given from outside, have no backward.
  const trials = operation.trials.filter(({ attributes }) => {
    const { activation, given } = attributes as { activation?: unknown; given?: boolean };
    return !activation && !given;
  });
  test.each(trials.map((trial) => [JSON.stringify(trial.inputs.map(({ shape }) => shape)), trial] as const))(
    "its backward is its derivative on %s",
    (_text, trial) => check(operation, trial),
  );
});

function check(operation: Operation, trial: Trial<unknown>): void {
  const { inputs, attributes, derive = (values) => values } = trial;
  const drawn = trialValues(trial).map((data, i) => ({ shape: inputs[i].shape, data }));
  const start = derive(drawn);
  const value = (values: readonly Values[]) => operation.reference(derive(values), attributes);

  const outputType = operation.infer(inputs, attributes);
  const cotangent = someValues(outputType, 99);
  const parts = operation.backward!<Evaluated>({
    inputs: inputs.map((type, i) => ({ type, values: start[i] })),
    output: { type: outputType, values: value(start) },
    gradient: { type: outputType, values: { shape: outputType.shape, data: cotangent } },
    attributes,
    typeOf: ({ type }) => type,
    apply: evaluate,
  });
  expect(parts).toHaveLength(inputs.length);

  parts.forEach((part, i) => {
    if (!part) return;
    expect(part.type.shape).toEqual(inputs[i].shape);
    expect(part.type.layout).toBe(inputs[i].layout);
    const direction = someValues(inputs[i], 50 + i);
    const step = 1e-6;
    const shifted = (sign: number) =>
      value(
        start.map((values, j) =>
          j === i ? { ...values, data: values.data.map((x, k) => x + sign * step * direction[k]) } : values,
        ),
      ).data;
    const [above, below] = [shifted(1), shifted(-1)];
    const change = above.map((x, k) => (x - below[k]) / (2 * step));
    const scale = Math.sqrt(dot(part.values.data, part.values.data) * dot(direction, direction)) || 1;
    expect(Math.abs(dot(part.values.data, direction) - dot(change, cotangent)) / scale).toBeLessThan(1e-6);
  });
}
