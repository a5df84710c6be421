// The plan as plain data for tools: it must agree with the plan, and contain nothing that JSON
// cannot hold.

import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autograd/gradients.ts";
import { planJson, type NodeJson, type SlotJson } from "../../src/autograd/plan-json.ts";
import { makePlan } from "../../src/autograd/plan.ts";
import { apply, input, parameter } from "../../src/autograd/tensor.ts";
import { convolution } from "../../src/kernels/convolution/convolution.ts";
import { byteLength, image, vector, type TensorType } from "../../src/kernels/core/operation.ts";
import { normalize } from "../../src/kernels/normalization/normalization.ts";
import { statistics } from "../../src/kernels/normalization/statistics.ts";
import { add, relu } from "../../src/kernels/tensor/elementwise.ts";
import { adam } from "../../src/kernels/training/adam.ts";
import { squaredError } from "../../src/kernels/training/losses.ts";
import { hardware } from "../devices.ts";

// Two convolutions with a norm and an activation between them, used twice and trained: a small
// training step.
const filters: TensorType = { layout: "filter", shape: [8, 8, 3, 3] };
const attributes = { stride: 1, padding: 1, reflect: true };
const [first, second] = [parameter("first", filters), parameter("second", filters)];
const pass = (name: string) => {
  const x = apply(convolution, [input(name, image(1, 8, 40, 40)), first], attributes);
  const norm = apply(normalize, [x, apply(statistics, [x], { over: "sample", epsilon: 1e-5 })], {});
  return apply(squaredError, [apply(convolution, [apply(relu, [norm], {}), second], attributes)], { target: 1 });
};
const loss = apply(add, [pass("a"), pass("b")], {});
const [byFirst, bySecond] = gradients(loss, [first, second]);
const moments = ["weights", "gradients", "first moments", "second moments"].map((name) => parameter(name, vector(64)));
const update = apply(adam, [...moments, input("schedule", vector(3))], { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 });
const plan = makePlan(hardware, [loss, byFirst!, bySecond!, update], new Map([[byFirst!, "gradient of first"]]));
const json = planJson(plan);

const of = (operation: string) => json.nodes.filter((node) => node.operation === operation);
const slotsOf = ({ memory, scratch }: NodeJson): SlotJson[] => ("slot" in memory ? [memory, ...scratch] : [...scratch]);

describe("the plan as JSON", () => {
  test("is unchanged by a round trip through JSON", () => {
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });

  test("lists every node after its inputs, and its launches after theirs", () => {
    let done = 0;
    json.nodes.forEach(({ id, inputs, launches: [first, end] }, place) => {
      expect(id).toBe(place);
      for (const input of inputs) expect(input).toBeLessThan(id);
      expect(first).toBe(done);
      done = end;
    });
    expect(done).toBe(json.launches);
    expect(json.launches).toBe(plan.launches.length);
  });

  test("distinguishes forward pass, backward pass, given tensors and updates in place", () => {
    expect(
      of("input")
        .concat(of("parameter"))
        .map(({ phase }) => phase),
    ).toEqual(Array(9).fill("given"));
    expect(of("adam").map(({ phase }) => phase)).toEqual(["update"]);
    expect(of("statistics").map(({ phase }) => phase)).toEqual(["forward", "forward"]);
    expect(of("filterGradient").map(({ phase }) => phase)).toEqual(Array(4).fill("backward"));
    expect(of("transposeFilter").every(({ phase }) => phase === "backward")).toBe(true);
    // Losses are added up, and so are the gradients of what is used twice.
    expect(of("add").map(({ phase }) => phase)).toEqual(["forward", "backward", "backward"]);
  });

  test("shows what is fused and what is recomputed", () => {
    expect(of("relu")).toEqual([]);
    const norms = of("normalize");
    expect(norms.map(({ attributes }) => attributes)).toEqual(Array(4).fill({ activation: { slope: 0 } }));
    expect(norms.map(({ phase }) => phase)).toEqual(["forward", "forward", "backward", "backward"]);
  });

  test("gives the costs that the declarations give", () => {
    for (const { flops } of of("convolution")) expect(flops).toBe(2 * 40 * 40 * 8 * 8 * 9);
    const [{ bytes }] = of("convolution");
    expect(bytes).toBe(2 * byteLength(image(1, 8, 40, 40)) + byteLength(filters));
    for (const { flops, bytes } of of("input")) expect([flops, bytes]).toEqual([0, 0]);
  });

  test("assigns a slot to one tensor at a time, and enough bytes", () => {
    const tenants = json.nodes.flatMap(slotsOf);
    expect(tenants.length).toBe(plan.slots.size);
    for (const [i, tenant] of tenants.entries()) {
      expect(tenant.bytes).toBeLessThanOrEqual(json.slots[tenant.slot]);
      for (const other of tenants.slice(i + 1)) {
        if (other.slot === tenant.slot) expect(other.last < tenant.first || tenant.last < other.first).toBe(true);
      }
    }
    expect(of("filterGradient").some(({ scratch }) => scratch.length > 0)).toBe(true);
    expect(of("input")[0].memory).toMatchObject({ first: -1 });
  });

  test("names the memory of tensors that outlive the run", () => {
    expect(of("parameter")[0].memory).toEqual({ kept: "first", bytes: byteLength(filters) });
    const kept = json.outputs.map((id) => json.nodes[id].memory);
    expect(kept).toMatchObject([
      { last: json.launches },
      { kept: "gradient of first" },
      { last: json.launches },
      { kept: "weights" },
    ]);
    expect(json.outputs.map((id) => json.nodes[id].operation)).toEqual(["add", "add", "add", "adam"]);
  });

  test("counts the peak of bytes in use", () => {
    const live = Array.from({ length: json.launches + 2 }, (_, i) =>
      json.nodes
        .flatMap(slotsOf)
        .filter(({ first, last }) => first <= i - 1 && i - 1 <= last)
        .reduce((sum, { bytes }) => sum + bytes, 0),
    );
    expect(json.liveBytes).toBe(Math.max(...live));
    expect(json.liveBytes).toBeLessThanOrEqual(json.slots.reduce((sum, bytes) => sum + bytes));
  });
});
