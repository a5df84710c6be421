// What debugging and tracing report about a program: everything, without changing its results.

import { expect, test } from "vitest";
import { makePlan } from "../../src/autograd/plan.ts";
import { Program, traitsOf } from "../../src/autograd/program.ts";
import { apply, input } from "../../src/autograd/tensor.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { timePasses } from "../../src/gpu/timing.ts";
import type { Span, Trace } from "../../src/gpu/trace.ts";
import { image } from "../../src/kernels/core/operation.ts";
import { normalize } from "../../src/kernels/normalization/normalization.ts";
import { statistics } from "../../src/kernels/normalization/statistics.ts";
import { tanh } from "../../src/kernels/tensor/elementwise.ts";
import { openTestGpu, someValues } from "../gpu.ts";

const type = image(1, 4, 33, 7);

function planFor(gpu: Gpu) {
  const x = input("x", type);
  const norm = apply(normalize, [x, apply(statistics, [x], { over: "sample", epsilon: 1e-5 })], {});
  return makePlan(traitsOf(gpu), [apply(tanh, [norm], {})]);
}

/** Two runs. */
async function run(gpu: Gpu): Promise<Program> {
  const program = await Program.prepare(gpu, planFor(gpu), new Map());
  program.write("x", Float32Array.from(someValues(type, 1)));
  await program.run();
  await program.run();
  return program;
}

class Collected implements Trace {
  readonly spans: { track: string; span: Span; within: readonly Span[] }[] = [];
  span(track: string, span: Span, within: readonly Span[] = []): void {
    this.spans.push({ track, span, within });
  }
  on(track: string) {
    return this.spans.filter((entry) => entry.track === track);
  }
}

test("each topic reports all of its events", async () => {
  const texts = { shaders: [], plan: [], submits: [], memory: [] } as Record<string, string[]>;
  const debug = Object.fromEntries(
    Object.keys(texts).map((topic) => [topic, (text: string) => texts[topic].push(text)]),
  );
  const gpu = await openTestGpu({ debug });
  const program = await run(gpu);
  const { launches, slotBytes } = program.plan;

  expect(texts.shaders).toEqual(launches.map(({ label, shader }) => `${label}\n${shader}`));

  const [plan] = texts.plan;
  const lines = plan.split("\n");
  expect(lines).toHaveLength(1 + launches.length + slotBytes.length);
  expect(lines[0]).toMatch(`${launches.length} launches`);
  launches.forEach(({ label, workgroups }, i) => {
    expect(lines[i + 1]).toContain(label);
    expect(lines[i + 1]).toContain(workgroups.join(" x "));
    expect(lines[i + 1]).toMatch(/slot \d/);
  });

  expect(texts.submits).toHaveLength(2);
  for (const line of texts.submits) {
    expect(line).toMatch(
      new RegExp(`^\\d+\\.\\d ms, 0\\.\\d+ GFLOP: ${launches.length} dispatches, statistics.* to tanh$`),
    );
  }

  const { allocated } = gpu.buffers;
  expect(texts.memory).toHaveLength(slotBytes.length);
  expect(texts.memory.at(-1)).toContain(`${(allocated / 1024).toFixed(1)} KiB in ${slotBytes.length} buffers`);
  texts.memory.length = 0;
  program.release();
  gpu.buffers.trim();
  expect(texts.memory).toHaveLength(slotBytes.length + 1);
  expect(texts.memory.at(-1)).toContain("0.0 KiB in 0 buffers");
});

test("a topic that was not requested builds no text", async () => {
  const gpu = await openTestGpu();
  const unlisted = Object.defineProperty({ ...planFor(gpu) }, "parameterBytes", { get: () => expect.fail("listed") });
  await expect(Program.prepare(gpu, unlisted, new Map())).resolves.toBeInstanceOf(Program);
});

test.each(["GPU", "CPU"])(
  "a trace on the %s's clock has every dispatch, and the results are the same",
  async (clock) => {
    const plain = await run(await openTestGpu());
    const trace = new Collected();
    const gpu = await openTestGpu({ trace });
    if (clock === "CPU") Object.assign(gpu, { features: new Set() });
    const before = performance.now();
    const program = await run(gpu);
    const after = performance.now();
    expect(new Uint8Array(await program.read())).toEqual(new Uint8Array(await plain.read()));

    const labels = program.plan.launches.map(({ label }) => label);
    const submits = trace.on("GPU");
    if (clock === "GPU") {
      expect(submits.flatMap(({ within }) => within.map(({ name }) => name))).toEqual([...labels, ...labels]);
    }
    expect(submits.map(({ span }) => span.details?.dispatches)).toEqual([labels.length, labels.length]);
    let end = before;
    for (const { span, within } of submits) {
      expect(span.start).toBeGreaterThanOrEqual(end);
      let inner = span.start;
      for (const part of within) {
        expect(part.start).toBeGreaterThanOrEqual(inner);
        expect(part.end).toBeGreaterThanOrEqual(part.start);
        inner = part.end;
      }
      expect(span.end).toBeGreaterThanOrEqual(inner);
      end = span.end;
    }
    expect(end).toBeLessThanOrEqual(after);

    expect(trace.on("uploads").map(({ span }) => [span.name, span.details])).toEqual([
      ["x", { bytes: 4 * 4 * 33 * 7 }],
    ]);
    expect(trace.on("compiling")).toHaveLength(1);
    expect(trace.on("reading back")).toHaveLength(1);
  },
);

test("separately timed dispatches are on the trace too", async () => {
  const trace = new Collected();
  const gpu = await openTestGpu({ trace });
  const { dispatches } = await run(gpu);
  const before = trace.on("GPU").length;
  await timePasses(gpu, [dispatches, [dispatches[0]]]);
  const [timed, ...others] = trace.on("GPU").slice(before);
  expect(others).toEqual([]);
  expect(timed.within.map(({ name }) => name)).toEqual([
    `${dispatches[0].label}, ${dispatches.length} dispatches`,
    `${dispatches[0].label}, 1 dispatches`,
  ]);
});

test("distant clocks are aligned, and overlapping dispatches are drawn one after another", async () => {
  const trace = new Collected();
  const { recorder } = await openTestGpu({ trace });
  const second = 1_000_000_000n;
  const report = (ticks: bigint[], start: number, end: number) =>
    recorder!.report("submit", [{ label: "a" }, { label: "b" }], BigUint64Array.from(ticks), { start, end });
  // 3 ms of work that were reported 2 ms late; then 4 ms that were reported immediately; then two
  // that overlap.
  report([7n * second, 7n * second + 1_000_000n, 7n * second + 1_000_000n, 7n * second + 3_000_000n], 100, 106);
  report(
    [7n * second + 10_000_000n, 7n * second + 12_000_000n, 7n * second + 12_000_000n, 7n * second + 14_000_000n],
    110,
    115,
  );
  report(
    [7n * second + 20_000_000n, 7n * second + 23_000_000n, 7n * second + 22_000_000n, 7n * second + 24_000_000n],
    119,
    130,
  );
  const [first, next, last] = trace.on("GPU").map(({ within }) => within.flatMap(({ start, end }) => [start, end]));
  expect(first).toEqual([103, 104, 104, 106]);
  expect(next).toEqual([111, 113, 113, 115]);
  expect(last).toEqual([121, 124, 124, 125]);
});
