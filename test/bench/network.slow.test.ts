// What the bench measures, on a network too small to say anything about speed: the results are
// complete and consistent, and every ending is clean.

import { expect, test } from "vitest";
import { convolutionLayers, timeLayer } from "../../bench/layers.ts";
import { benchNetwork, type NetworkBench, type NetworkBenchEvent } from "../../bench/network.ts";
import { resnetOf } from "../../bench/options.ts";
import { input } from "../../src/autograd/tensor.ts";
import { OutOfMemoryError } from "../../src/gpu/errors.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { secondsOf } from "../../src/gpu/timing.ts";
import { image } from "../../src/kernels/core/operation.ts";
import { converting } from "../../src/nn/layers.ts";
import { network } from "../../src/nn/networks.ts";
import { openTestGpu } from "../gpu.ts";

const tiny: NetworkBench = { architecture: resnetOf(4, 1), size: 32, gradients: false, repeats: 1 };

async function collect(gpu: Gpu, bench: NetworkBench, onEvent = (_: NetworkBenchEvent) => {}) {
  const events: NetworkBenchEvent[] = [];
  for await (const event of benchNetwork(gpu, bench)) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

function only<Kind extends NetworkBenchEvent["kind"]>(events: readonly NetworkBenchEvent[], kind: Kind) {
  return events.filter((event): event is NetworkBenchEvent & { kind: Kind } => event.kind === kind);
}

test("a network: its layers, their gradients, the peak, the forward pass", async () => {
  const gpu = await openTestGpu();
  const events = await collect(gpu, { ...tiny, gradients: true });
  const [{ layers }] = only(events, "planned");
  const names = layers.map(({ name }) => name);
  expect(names.slice(0, 3)).toEqual([
    "7x7 3->4 at 32x32",
    "7x7 3->4 at 32x32, input gradient",
    "7x7 3->4 at 32x32, filter gradient",
  ]);
  expect(names).toContain("4x4 3->64 at 32x32 down 2, filter gradient"); // the discriminator's
  const [first, { peak }] = only(events, "peak");
  expect(peak.flopsPerSecond).toBeGreaterThanOrEqual(first.peak.flopsPerSecond);
  expect(peak.bytesPerSecond).toBeGreaterThanOrEqual(first.peak.bytesPerSecond);
  expect(peak).toMatchObject({ arithmetic: first.peak.arithmetic, memory: first.peak.memory });
  const times = only(events, "layer");
  expect(times.map(({ index }) => index)).toEqual(layers.map((_, i) => i));
  for (const { index, times: found } of times) {
    expect(found).toHaveLength(1);
    expect(found[0].chosen).toBe(true);
    // Other work on the machine may fall on the peak alone.
    expect(layers[index].flops / found[0].seconds).toBeLessThan(5 * peak.flopsPerSecond);
  }
  const shares = only(events, "measuring").map(({ share }) => share);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBeLessThan(1);
  const [{ forward }] = only(events, "forward");
  // The layers' FLOPs add up to those of the network's convolutions.
  const convolutions = layers
    .slice(0, names.indexOf("4x4 3->64 at 32x32 down 2"))
    .filter(({ name }) => !name.includes(","));
  const flops = convolutions.reduce((sum, { count, flops }) => sum + count * flops, 0);
  expect(flops).toBeLessThan(forward.flops);
  expect(flops).toBeGreaterThan(0.8 * forward.flops);
  expect(forward.kinds.map(({ kind }) => kind)).toContain("transposed convolution");
});

test("one layer, in all variants", async () => {
  const gpu = await openTestGpu();
  const type = image(1, 3, 32, 32);
  const [layer] = convolutionLayers([network(tiny.architecture, input("input", type), converting)]);
  const times = await timeLayer(gpu, layer, { repeats: 2, variants: true });
  expect(times.length).toBeGreaterThan(1);
  expect(times.filter(({ chosen }) => chosen)).toHaveLength(1);
  for (const { seconds } of times) expect(seconds).toBeGreaterThan(0);
  await expect(collect(gpu, { ...tiny, layer: "9x9" })).rejects.toThrow(`No layer's name contains "9x9".`);
});

test("an abort ends it and frees the memory", async () => {
  const gpu = await openTestGpu();
  const controller = new AbortController();
  const run = collect(gpu, { ...tiny, signal: controller.signal }, ({ kind }) => {
    if (kind === "measuring") controller.abort();
  });
  await expect(run).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  gpu.buffers.trim();
  expect(gpu.buffers.allocated).toBe(0);
});

test("a lost device, or one without memory, ends it with that error", async () => {
  const gpu = await openTestGpu();
  const run = collect(gpu, tiny, ({ kind }) => {
    if (kind === "measuring") gpu.simulateLoss("asked for by a test");
  });
  await expect(run).rejects.toThrow("The GPU device was lost (unknown): asked for by a test");

  const small = await openTestGpu({ memory: 2 ** 20 });
  await expect(collect(small, tiny)).rejects.toThrow(OutOfMemoryError);
});

test("a clock that stands still gives no time", async () => {
  const gpu = await openTestGpu();
  Object.defineProperty(gpu, "features", { value: new Set() });
  const now = performance.now;
  performance.now = () => 1;
  try {
    await expect(secondsOf(gpu, [])).rejects.toThrow("The clock of this GPU stands still");
  } finally {
    performance.now = now;
  }
});
