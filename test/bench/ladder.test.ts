// The ladder: every rung is the convolution, and docs/ladder.md tells of it what is so.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { climb, ladderLayer, rungs } from "../../bench/ladder.ts";
import { duration, percent } from "../../bench/text.ts";
import { traitsOf } from "../../src/autograd/program.ts";
import { convolution } from "../../src/kernels/convolution/convolution.ts";
import { image, type TensorType } from "../../src/kernels/core/operation.ts";
import { openTestGpu, relativeError, runOperation, someValues } from "../gpu.ts";

const gpu = await openTestGpu();
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const page = read("docs/ladder.md");
const rows = page
  .split("\n")
  .filter((line) => /^\| \d /.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()));
const measured = JSON.parse(read("docs/ladder/llvmpipe.json")) as {
  peak: { flopsPerSecond: number };
  flops: number;
  rungs: { number: number; seconds: number; flopsPerByte: number }[];
};

describe.each(rungs.map((rung, number) => [number, rung] as const))("rung %i", (number, rung) => {
  test.runIf(rung.forward(traitsOf(gpu)))("gives the convolution's numbers", async () => {
    const attributes = { stride: 1, padding: 1, reflect: true };
    const filters: TensorType = { layout: "filter", shape: [36, 40, 3, 3] };
    const types = [image(1, 40, 10, 14), filters];
    const values = types.map((type, i) => someValues(type, i));
    const expected = convolution.reference(
      types.map(({ shape }, i) => ({ shape, data: values[i] })),
      attributes,
    );
    const operation = { ...convolution, forward: rung.forward(traitsOf(gpu))! };
    const { data } = await runOperation(gpu, operation, types, values, attributes);
    expect(relativeError(data, expected.data)).toBeLessThan(2e-6);
  });

  test("stands in the document with its lines and its measured time", () => {
    const [, name, lines, , , time, share] = rows[number];
    const own = rung.files.flatMap((file) => read(`shaders/convolution/${file}`).split("\n"));
    const count = own.filter((line) => line.trim() && !line.trim().startsWith("//")).length;
    expect([name, lines]).toEqual([`${number} ${rung.name}`, `${count}`]);
    const { seconds, flopsPerByte } = measured.rungs.find((entry) => entry.number === number)!;
    expect(time).toBe(duration(seconds));
    expect(share).toBe(percent(measured.flops / seconds, measured.peak.flopsPerSecond));
    expect(flopsPerByte).toBe(rung.flopsPerByte(8)); // llvmpipe's subgroups
  });
});

test("the document has no rung that is not there, and shows rung 0 as it is", () => {
  expect(rows).toHaveLength(rungs.length);
  const [, shown] = /```wgsl\n(.*?)```/s.exec(page)!;
  const flush = (code: string) => code.replace(/^ +/gm, "");
  expect(flush(read("shaders/convolution/naive.wgsl"))).toContain(flush(shown));
});

test("rungs are timed in turns, and the engine's choice is among them", async () => {
  const numbers = [...rungs.keys()];
  const times = await climb(gpu, numbers, { side: 8, repeats: 1 });
  expect(times.length).toBeGreaterThan(3);
  expect(times.filter(({ chosen }) => chosen)).toHaveLength(1);
  for (const { seconds } of times) expect(ladderLayer(8).flops / seconds).toBeGreaterThan(0);
});
