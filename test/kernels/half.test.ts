// Half precision: every operation that can store its images as halves equals its float64 twin of
// the rounded inputs, rounded once.

import { describe, expect, test } from "vitest";
import { makePlan } from "../../src/autograd/plan.ts";
import { traitsOf } from "../../src/autograd/program.ts";
import { apply, input, parameter } from "../../src/autograd/tensor.ts";
import { float16ToNumber, largestFloat16, numberToFloat16 } from "../../src/float16.ts";
import { convolution } from "../../src/kernels/convolution/convolution.ts";
import { image, type Operation, type TensorType } from "../../src/kernels/core/operation.ts";
import { operations } from "../../src/kernels/index.ts";
import { openTestGpu, runOperation } from "../gpu.ts";
import { checkBands, checkTwin } from "./checks.ts";
import { formsOf } from "./forms.ts";
import { inHalf } from "./in-half.ts";

const gpu = await openTestGpu();
const halved = operations.filter(({ readsHalf, writesHalf }) => readsHalf ?? writesHalf);

/**
 * One of each kind of tile but those that take seconds to compile, which half.slow.test.ts has; the
 * naive kernel has no half precision.
 */
const kinds = /^(as chosen|Winograd|registers 4x1 in 8|broadcast 16x1|quads|narrow)/;

describe.each(halved.map((operation) => [operation.name, operation] as const))("%s", (_name, operation) => {
  const forms = formsOf(gpu, operation).filter(({ name }) => kinds.test(name));

  test.each(forms.map((form) => [form.name, form.operation] as const))("%s equals its twin", async (name, form) => {
    const half = inHalf(form);
    // Which pixels are read, and when, is the same in both precisions; so a part of the trials is
    // enough for the other forms.
    for (const trial of half.trials.filter((_, i) => name === "as chosen" || i % 3 === 1)) {
      await checkTwin(gpu, half, trial);
      await checkBands(gpu, half, trial);
    }
  });
});

/** Two halves, and the half nearest to their sum. */
const sums: readonly (readonly [number, number, number])[] = [
  [1, 2 ** -11, 1], // ties go to even
  [1, 3 * 2 ** -11, 1 + 2 ** -9],
  [1, 2 ** -11 + 2 ** -20, 1 + 2 ** -10],
  [1, 2 ** -11 - 2 ** -21, 1],
  [2, -(2 ** -11), 2],
  [65504, 15, 65504],
  [65504, 60000, largestFloat16],
  [0.1, 0, 0.1].map((value) => float16ToNumber(numberToFloat16(value))) as [number, number, number],
];

test("what is stored is rounded to the nearest half, and what is too large becomes the largest", async () => {
  const rows = sums.flatMap((row) => [row, row.map((value) => -value)]);
  const type = image(1, 2, 1, rows.length);
  const filters: TensorType = { layout: "filter", shape: [1, 2, 1, 1], half: true };
  const values = [0, 1].flatMap((term) => rows.map((row) => row[term]));
  const { data } = await runOperation(
    gpu,
    inHalf(convolution as Operation),
    [{ ...type, half: true }, filters],
    [values, [1, 1]],
    { stride: 1, padding: 0, reflect: false },
  );
  expect([...data]).toEqual(rows.map((row) => row[2]));
});

test("a plan in half precision takes half of the memory, and refuses what cannot read it", () => {
  const filters = parameter("filters", { layout: "filter", shape: [8, 8, 3, 3] });
  const attributes = { stride: 1, padding: 1, reflect: true };
  const once = apply(convolution, [input("x", { ...image(1, 8, 6, 6), half: true }), filters], attributes);
  const bytes = (["full", "half"] as const).map((precision) => {
    const full = precision === "full" ? apply(convolution, [input("x", image(1, 8, 6, 6)), filters], attributes) : once;
    const plan = makePlan(traitsOf(gpu), [full], new Map(), precision);
    return [...plan.slotBytes, plan.parameterBytes];
  });
  expect(bytes[1]).toEqual(bytes[0].map((size) => size / 2));
  const mixed = apply(convolution, [input("y", image(1, 8, 6, 6)), filters], attributes);
  expect(() => makePlan(traitsOf(gpu), [mixed], new Map(), "half")).toThrow("two precisions");
});
