// What a device does when it is asked for too much, for nonsense, or goes away.

import { describe, expect, test } from "vitest";
import { describeAdapter } from "../../src/gpu/adapter.ts";
import { bind, submit } from "../../src/gpu/commands.ts";
import { DeviceLostError, NoAdapterError, OperationError, OutOfMemoryError } from "../../src/gpu/errors.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { timeDispatches, timePasses } from "../../src/gpu/timing.ts";
import { openTestGpu, webGpu } from "../gpu.ts";

const double = `
  @group(0) @binding(0) var<storage, read_write> numbers: array<f32>;
  @compute @workgroup_size(64)
  fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x < arrayLength(&numbers)) {
      numbers[id.x] = 2.0 * numbers[id.x];
    }
  }`;

async function doubling(gpu: Gpu, buffer: GPUBuffer) {
  const pipeline = await gpu.pipelines.get(double, "doubling");
  const bindGroup = bind(gpu, "doubling", pipeline, [{ buffer, offset: 0, size: buffer.size }]);
  return { label: "doubling", pipeline, bindGroup, workgroups: [1, 1, 1] as const, flops: 64 };
}

describe("an adapter", () => {
  test("is found by a part of its name, in any case, and refused by another with what there is", async () => {
    const gpu = await openTestGpu();
    const part = gpu.adapter.name.slice(0, 6);
    expect((await openTestGpu({ adapter: part.toUpperCase() })).adapter).toEqual(gpu.adapter);
    const refusal = await Gpu.open(webGpu, { adapter: "voodoo 2" }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(NoAdapterError);
    expect((refusal as Error).message).toContain(gpu.adapter.name);
  });

  test("that is not there is told with what to do", async () => {
    const nothing = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU;
    await expect(Gpu.open(nothing)).rejects.toThrow(/npx pixelcycle doctor/);
  });
});

describe("memory", () => {
  test("is pooled, counted and given back", async () => {
    const gpu = await openTestGpu();
    const [first, second] = [await gpu.buffers.acquire(1000, "a"), await gpu.buffers.acquire(5000, "b")];
    expect(gpu.buffers.allocated).toBe(first.size + second.size);
    gpu.buffers.release(first);
    expect(await gpu.buffers.acquire(900, "c")).toBe(first);
    gpu.buffers.release(first);
    expect(() => gpu.buffers.release(first)).toThrow(/twice/);
    gpu.buffers.trim();
    expect(gpu.buffers.allocated).toBe(second.size);
    expect(() => gpu.buffers.release(first)).toThrow(/not of this pool/);
  });

  test("that is not there is refused with the name of what wanted it, and the device lives on", async () => {
    const [gpu, poor] = [await openTestGpu(), await openTestGpu({ memory: 1e6 })];
    // By the pool, and by the device itself, which has no buffer above its limit.
    for (const [{ buffers }, bytes] of [
      [poor, 2e6],
      [gpu, gpu.limits.bufferBytes + 1],
      [gpu, 2 ** 53],
    ] as const) {
      const refusal = await buffers.acquire(bytes, "a convolution").catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(OutOfMemoryError);
      expect((refusal as Error).message).toContain("a convolution");
    }
    const buffer = await gpu.buffers.upload(Float32Array.of(1, 2, 3), "numbers");
    submit(gpu, [await doubling(gpu, buffer)]);
    expect([...new Float32Array(await gpu.read(buffer, 0, 12))]).toEqual([2, 4, 6]);
  });
});

test("the system's memory bounds an adapter that runs on the CPU, and no other", async () => {
  const { adapter, buffers } = await openTestGpu({ systemMemory: 1e6 });
  expect(buffers.budget).toBe(adapter.software ? 1e6 : Infinity);
});

describe("errors", () => {
  test("of the compiler carry the operation's name and the compiler's words", async () => {
    const gpu = await openTestGpu();
    const refusal = await gpu.pipelines.get("fn main( {", "instance norm").catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(OperationError);
    expect((refusal as Error).message).toMatch(/^instance norm: .*expected/s);
  });

  test("of a submit carry the operation's name, at the next check", async () => {
    const gpu = await openTestGpu();
    const buffer = await gpu.buffers.acquire(256, "numbers");
    const dispatch = await doubling(gpu, buffer);
    submit(gpu, [{ ...dispatch, workgroups: [1e6, 1, 1] as const }]);
    await expect(gpu.settled()).rejects.toThrow(/^doubling: /);
    await expect(gpu.settled()).resolves.toBeUndefined();
  });
});

describe("the loss of a device", () => {
  test("is news that arrives once, and ends every wait and every later check", async () => {
    const gpu = await Gpu.open(webGpu);
    const buffer = await gpu.buffers.upload(Float32Array.of(1), "numbers");
    gpu.device.destroy();
    const loss = await gpu.lost;
    expect(loss).toBeInstanceOf(DeviceLostError);
    expect(loss.reason).toBe("destroyed");
    await expect(gpu.settled()).rejects.toBe(loss);
    await expect(gpu.read(buffer, 0, 4)).rejects.toBe(loss);
    expect(() => gpu.check()).toThrow(loss);
  });
});

describe("timing", () => {
  test("gives each dispatch a time of its own, and runs it once", async () => {
    const gpu = await openTestGpu();
    const buffer = await gpu.buffers.upload(Float32Array.of(1, 2), "numbers");
    const dispatch = await doubling(gpu, buffer);
    const times = await timeDispatches(gpu, [dispatch, dispatch, dispatch]);
    expect(times).toHaveLength(3);
    for (const time of times) expect(time).toBeGreaterThanOrEqual(0);
    expect([...new Float32Array(await gpu.read(buffer, 0, 8))]).toEqual([8, 16]);
  });

  test("has no end to how many it times", async () => {
    const gpu = await openTestGpu();
    const buffer = await gpu.buffers.upload(Float32Array.of(1, 0), "numbers");
    const dispatch = await doubling(gpu, buffer);
    // Twice as many queries as WebGPU allows in a set, and more; doubled so often, 1 is infinite.
    const times = await timeDispatches(
      gpu,
      Array.from({ length: 4099 }, () => dispatch),
    );
    expect(times).toHaveLength(4099);
    expect(new Float32Array(await gpu.read(buffer, 0, 8))[1]).toBe(0);
  });

  test.each(["GPU", "CPU"])("gives each pass of dispatches one time, on the %s's clock", async (clock) => {
    const gpu = await openTestGpu();
    if (clock === "CPU") Object.defineProperty(gpu, "features", { value: new Set() });
    const buffer = await gpu.buffers.upload(Float32Array.of(1, 2), "numbers");
    const dispatch = await doubling(gpu, buffer);
    const times = await timePasses(gpu, [[dispatch, dispatch, dispatch], [dispatch]]);
    expect(times).toHaveLength(2);
    for (const time of times) expect(time).toBeGreaterThanOrEqual(0);
    expect([...new Float32Array(await gpu.read(buffer, 0, 8))]).toEqual([16, 32]);
  });
});

describe("an adapter's name", () => {
  const told = (info: Partial<GPUAdapterInfo>) =>
    describeAdapter({ info: { vendor: "", architecture: "", device: "", description: "", ...info } } as GPUAdapter);

  test("is what a person can read of what the engine tells", () => {
    expect(told({ vendor: "nvidia", architecture: "ada-lovelace" }).name).toBe("nvidia ada-lovelace");
    // Dawn in Node.
    expect(told({ device: "llvmpipe-llvm-15-0-6-256-bits-", description: "llvmpipe: Mesa 25.0.7" })).toMatchObject({
      name: "llvmpipe llvm 15 0 6 256 bits",
      driver: "llvmpipe: Mesa 25.0.7",
      software: true,
    });
    // Deno: numbers of PCI, and the name as the description.
    expect(told({ vendor: "65541", device: "0", description: "llvmpipe (LLVM 15.0.6, 256 bits)" })).toMatchObject({
      name: "llvmpipe (LLVM 15.0.6, 256 bits)",
      vendor: "",
      software: true,
    });
    expect(told({ vendor: "4318", device: "9860" }).name).toBe("unnamed GPU");
  });

  test("that is not told says at least what it runs on (Firefox)", () => {
    expect(told({ isFallbackAdapter: true })).toMatchObject({ name: "unnamed software adapter", software: true });
    expect(told({ isFallbackAdapter: false })).toMatchObject({ name: "unnamed GPU", software: false });
  });
});
