// Waiting for the device costs almost no processor time, and Node's own `setImmediate` is
// unchanged.

import { performance } from "node:perf_hooks";
import { setImmediate as nodes } from "node:timers";
import { expect, test } from "vitest";
import { bind, submit } from "../../../src/gpu/commands.ts";
import { openTestGpu } from "../../gpu.ts";

/** A single lane that takes long on any device. */
const long = `
  @group(0) @binding(0) var<storage, read_write> numbers: array<u32>;
  @compute @workgroup_size(1)
  fn main() {
    var x = numbers[0];
    for (var i = 0u; i < (1u << 22u); i++) { x = x * 1664525u + 1013904223u; }
    numbers[0] = x;
  }`;

test("while the device works, the event loop sleeps", async () => {
  const gpu = await openTestGpu();
  const buffer = await gpu.buffers.acquire(64, "numbers");
  const pipeline = await gpu.pipelines.get(long, "long");
  const bindGroup = bind(gpu, "long", pipeline, [{ buffer, offset: 0, size: buffer.size }]);
  const dispatch = { label: "long", pipeline, bindGroup, workgroups: [1, 1, 1] as const, flops: 1 };
  submit(gpu, [dispatch]);
  await gpu.settled();

  const before = performance.eventLoopUtilization();
  submit(gpu, Array<typeof dispatch>(20).fill(dispatch));
  await gpu.settled();
  expect(globalThis.setImmediate).toBe(nodes);
  expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
});
