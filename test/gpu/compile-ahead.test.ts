// A second device compiles, while the first one works, the kernels that it has not reached yet,
// last to first.

import { expect, test, vi } from "vitest";
import { CompileAhead, compilesLate } from "../../src/gpu/compile-ahead.ts";

const kernel = (name: string) =>
  `@group(0) @binding(0) var<storage> ${name}: array<f32>; @group(0) @binding(3) var<uniform> u: u32;`;
const [a, b, c, d] = ["a", "b", "c", "d"].map(kernel);

/** A fake device that records kernels, bindings and dispatches; each takes until `finish`. */
function pretendedDevice() {
  const compiled: string[] = [];
  const bound: number[][] = [];
  const dispatched: unknown[][] = [];
  const waiting: (() => void)[] = [];
  const pass = {
    setPipeline() {},
    setBindGroup() {},
    end() {},
    dispatchWorkgroups: (...n: number[]) => dispatched.push(n),
  };
  const state = { destroyed: false };
  const device = {
    createShaderModule: ({ code }: { code: string }) => compiled.push(code),
    createComputePipelineAsync: () => Promise.resolve({ getBindGroupLayout: () => ({}) }),
    createBuffer: () => ({ destroy() {} }),
    createBindGroup: ({ entries }: { entries: { binding: number }[] }) => bound.push(entries.map((one) => one.binding)),
    createCommandEncoder: () => ({ beginComputePass: () => pass, finish() {} }),
    queue: { submit() {}, onSubmittedWorkDone: () => new Promise<void>((resolve) => waiting.push(resolve)) },
    destroy: () => (state.destroyed = true),
  };
  const open = () => Promise.resolve({ entry: {} as GPU, device: device as unknown as GPUDevice });
  const soon = () => new Promise((resolve) => setTimeout(resolve));
  const finish = async () => {
    await soon();
    waiting.shift()?.();
    await soon();
  };
  return { open, compiled, bound, dispatched, finish, state };
}

/** A first submit that takes longer than its work can. */
const slow = new Promise<void>(() => {});

test("kernels are compiled from the last one back to the first device's position, by empty dispatches", async () => {
  const { open, compiled, bound, dispatched, finish } = pretendedDevice();
  const ahead = new CompileAhead(open, undefined);
  ahead.reach([a]);
  const done = ahead.start([a, b, c, d, b], slow);
  await vi.waitFor(() => expect(compiled).toHaveLength(1));
  await finish();
  ahead.reach([b]);
  await finish();
  await done;
  expect(compiled).toEqual([d, c]);
  expect(bound).toEqual([
    [0, 3],
    [0, 3],
  ]);
  expect(dispatched).toEqual([[0], [0]]);
});

test("a later program's kernels are compiled after the two devices have met", async () => {
  const { open, compiled, finish } = pretendedDevice();
  const ahead = new CompileAhead(open, undefined);
  ahead.foresee("later", () => [c, d]);
  ahead.reach([a]);
  const done = ahead.start([a, b], slow);
  await vi.waitFor(() => expect(compiled).toHaveLength(1));
  for (let i = 0; i < 3; i++) await finish();
  await done;
  expect(compiled).toEqual([b, d, c]);
});

test("nothing is compiled if the first submit was quick, or after the end", async () => {
  const { open, compiled, finish, state } = pretendedDevice();
  const ahead = new CompileAhead(open, undefined);
  await ahead.start([a, b], Promise.resolve());
  await ahead.start([a, b], Promise.reject(new Error("lost")));
  expect(compiled).toEqual([]);
  const done = ahead.start([a, b, c], slow);
  await vi.waitFor(() => expect(compiled).toHaveLength(1));
  await finish();
  expect(compiled).toEqual([c, b]);
  ahead.close();
  await finish();
  await done;
  expect(compiled).toEqual([c, b]);
  expect(state.destroyed).toBe(true);
});

test("nothing is compiled if the thread was too busy to hear of a quick submit", async () => {
  const { open, compiled } = pretendedDevice();
  const started = new CompileAhead(open, undefined).start([a, b], new Promise((done) => setTimeout(done, 50)));
  const busy = performance.now() + 100;
  while (performance.now() < busy);
  await started;
  expect(compiled).toEqual([]);
});

test("works without the second device if it is unavailable", async () => {
  const ahead = new CompileAhead(() => Promise.reject(new Error("none")), undefined);
  await ahead.start([a, b], slow);
});

test("only llvmpipe compiles late", () => {
  const named = (name: string) => compilesLate({ name, vendor: "", architecture: "", driver: "", software: true });
  expect(named("llvmpipe llvm 15 0 6 256 bits")).toBe(true);
  expect(named("SwiftShader Device")).toBe(false);
});
