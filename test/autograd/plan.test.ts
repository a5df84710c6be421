// The planner on random graphs: two tensors that are alive at once never share memory, and a
// program computes what the float64 twins give operation by operation.

import { describe, expect, test } from "vitest";
import { makePlan, type Plan } from "../../src/autograd/plan.ts";
import { Program, traitsOf } from "../../src/autograd/program.ts";
import { apply, inOrder, input, type Tensor } from "../../src/autograd/tensor.ts";
import { image, type Operand, type Values } from "../../src/kernels/core/operation.ts";
import { normalize } from "../../src/kernels/normalization/normalization.ts";
import { statistics } from "../../src/kernels/normalization/statistics.ts";
import { add, leakyRelu, relu, tanh } from "../../src/kernels/tensor/elementwise.ts";
import { concat } from "../../src/kernels/tensor/structure.ts";
import { Random } from "../../src/random.ts";
import { fromDevice, openTestGpu, relativeError, someValues, toDevice } from "../gpu.ts";

const gpu = await openTestGpu();
const type = image(1, 4, 5, 3);

/**
 * A graph of `size` operations on two inputs, each on any earlier tensors; the last few are wanted.
 */
function randomGraph(random: Random, size: number): Tensor[] {
  const tensors = [input("a", type), input("b", type)];
  const any = () => tensors[random.below(tensors.length)];
  for (let i = 0; i < size; i++) {
    const x = any();
    const same = tensors.filter(({ shape }) => String(shape) === String(x.shape));
    switch (random.below(5)) {
      case 0:
        tensors.push(apply(add, [x, same[random.below(same.length)]], {}));
        break;
      case 1:
        tensors.push(apply(tanh, [x], {}));
        break;
      case 2:
        tensors.push(apply(normalize, [x, apply(statistics, [x], { over: "sample", epsilon: 1e-5 })], {}));
        tensors.push(
          random.below(2) ? apply(relu, [tensors.at(-1)!], {}) : apply(leakyRelu, [tensors.at(-1)!], { slope: 0.2 }),
        );
        break;
      case 3:
        if (x.shape[1] < 32) tensors.push(apply(concat, [x, any()], {}));
        break;
      default:
        tensors.push(apply(relu, [x], {}));
    }
  }
  return tensors.slice(-3).filter(({ origin }) => origin.kind === "computed");
}

function evaluate(wanted: readonly Tensor[], inputs: Record<string, Float64Array>): Values[] {
  const values = new Map<Tensor, Values>();
  for (const tensor of inOrder(wanted)) {
    const { origin } = tensor;
    if (origin.kind === "computed") {
      const from = origin.inputs.map((input) => values.get(input)!);
      values.set(tensor, origin.operation.reference(from, origin.attributes));
    } else {
      values.set(tensor, { shape: tensor.shape, data: inputs[origin.name] });
    }
  }
  return wanted.map((tensor) => values.get(tensor)!);
}

/**
 * Writes to slots what the launches would, and checks that every read finds what was written for
 * it.
 */
function checkSlots(plan: Plan): void {
  const holds = new Map<number, Operand>();
  for (const operand of plan.inputs.values()) holds.set(plan.slots.get(operand)!, operand);
  for (const { bindings } of plan.launches) {
    const [written, ...read] = [...bindings].reverse().map(({ operand }) => operand);
    for (const operand of read) expect(holds.get(plan.slots.get(operand)!)).toBe(operand);
    for (const operand of read) expect(plan.slots.get(operand)).not.toBe(plan.slots.get(written));
    holds.set(plan.slots.get(written)!, written);
  }
  for (const operand of plan.outputs) expect(holds.get(plan.slots.get(operand)!)).toBe(operand);
  for (const [operand, slot] of plan.slots) expect(plan.slotBytes[slot]).toBeGreaterThanOrEqual(operand.bytes);
}

describe("random graphs", () => {
  test("never share memory between tensors that are alive at once", () => {
    const random = new Random(1);
    for (let i = 0; i < 300; i++) {
      const wanted = randomGraph(random, 1 + random.below(40));
      if (wanted.length > 0) checkSlots(makePlan(traitsOf(gpu), wanted));
    }
  });

  test("compute what their twins compute, fused or not", async () => {
    const random = new Random(2);
    const values = { a: someValues(type, 1), b: someValues(type, 2) };
    for (let i = 0; i < 25; i++) {
      const wanted = randomGraph(random, 12);
      if (wanted.length === 0) continue;
      const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), wanted), new Map());
      for (const name of program.plan.inputs.keys()) program.write(name, toDevice(type, values[name as "a" | "b"]));
      await program.run();
      const expected = evaluate(wanted, values);
      for (const [index, { data }] of expected.entries()) {
        const actual = fromDevice(wanted[index].type, await program.read(index));
        // A norm of a nearly constant channel magnifies rounding; such channels are rare, and
        // bounded by 1 / sqrt(epsilon).
        expect(relativeError(actual, data)).toBeLessThan(1e-4);
      }
      program.release();
    }
  });

  test("fuse an activation into its norm only where nothing else reads the norm", () => {
    const x = input("x", type);
    const norm = apply(normalize, [x, apply(statistics, [x], { over: "sample", epsilon: 1e-5 })], {});
    const labels = (wanted: Tensor[]) => makePlan(traitsOf(gpu), wanted).launches.map(({ label }) => label);
    expect(labels([apply(relu, [norm], {})])).not.toContain("relu");
    expect(labels([apply(add, [apply(relu, [norm], {}), norm], {})])).toContain("relu");
    expect(labels([apply(relu, [norm], {}), norm])).toContain("relu");
  });
});

describe("a chain", () => {
  test("needs two slots, however long it is", () => {
    let x = input("x", type);
    for (let i = 0; i < 1000; i++) x = apply(tanh, [x], {});
    expect(makePlan(traitsOf(gpu), [x]).slotBytes).toHaveLength(2);
  });
});

describe("a program", () => {
  test("stops between two submits when aborted, and can run again", async () => {
    const x = apply(tanh, [input("x", type)], {});
    const program = await Program.prepare(gpu, makePlan(traitsOf(gpu), [x]), new Map());
    program.write("x", toDevice(type, someValues(type, 1)));
    const reason = new Error("enough");
    await expect(program.run({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const shares: number[] = [];
    await program.run({ onProgress: (share) => shares.push(share) });
    expect(shares.at(-1)).toBeCloseTo(1);
    program.release();
  });
});
