// The ladders: every rung computes the operation, and docs/ladder.md describes it correctly.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { climb, filterLadder, forwardLadder, ladderLayer, onRung, type Ladder } from "../../bench/ladder.ts";
import { duration, percent } from "../../bench/text.ts";
import { traitsOf } from "../../src/autograd/program.ts";
import { float16ToNumber, numberToFloat16, unitRoundoff } from "../../src/float16.ts";
import { image, type TensorType } from "../../src/kernels/core/operation.ts";
import { openTestGpu, relativeError, runOperation, someValues } from "../gpu.ts";

const gpu = await openTestGpu();
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const page = read("docs/ladder.md");
/** The tables of the document's rungs, one for each ladder, as cells. */
const tables = page
  .split("\n\n")
  .filter((paragraph) => paragraph.startsWith("| rung"))
  .map((table) =>
    table
      .split("\n")
      .slice(2)
      .map((line) => line.split("|").map((cell) => cell.trim())),
  );

interface Measured {
  readonly peak: { readonly flopsPerSecond: number };
  readonly flops: number;
  readonly rungs: readonly { readonly number: number; readonly seconds: number; readonly flopsPerByte: number }[];
}

describe.each([
  [forwardLadder, tables[0], "docs/ladder/llvmpipe.json"],
  [filterLadder, tables[1], "docs/ladder/llvmpipe-filters.json"],
] as [Ladder<unknown>, string[][], string][])("the ladder %#", (ladder, rows, file) => {
  const { operation, rungs } = ladder;
  const measured = JSON.parse(read(file)) as Measured;

  describe.each(rungs.map((rung, number) => [number, rung] as const))("rung %i", (number, rung) => {
    test.runIf(rung.forward(traitsOf(gpu)))("computes the operation's result", async () => {
      const { attributes } = ladder;
      const filters: TensorType = { layout: "filter", shape: [36, 40, 3, 3] };
      const { half = false } = rung;
      const second = ladder === forwardLadder ? filters : image(1, 36, 10, 14);
      const types = [image(1, 40, 10, 14), second].map((type) => ({ ...type, half }));
      const exact = (value: number) => (half ? float16ToNumber(numberToFloat16(value)) : value);
      const values = types.map((type, i) => someValues(type, i).map(exact));
      const expected = operation.reference(
        types.map(({ shape }, i) => ({ shape, data: values[i] })),
        attributes,
      );
      const { data } = await runOperation(gpu, onRung(operation, rung, traitsOf(gpu))!, types, values, attributes);
      // In half precision, each number of the output is rounded once.
      expect(relativeError(data, expected.data)).toBeLessThan(2e-6 + (half ? unitRoundoff : 0));
    });

    test("is in the document with its lines and its measured time", () => {
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

  test("has the same number of rungs in the document", () => expect(rows).toHaveLength(rungs.length));

  test("is timed in turns, and includes the engine's choice", async () => {
    const times = await climb(gpu, ladder, [...rungs.keys()], { side: 8, repeats: 1 });
    expect(times.length).toBeGreaterThan(3);
    expect(times.filter(({ chosen }) => chosen)).toHaveLength(1);
    for (const { seconds } of times) expect(ladderLayer(ladder, 8).flops / seconds).toBeGreaterThan(0);
  });
});

test("the document shows rung 0 as it is", () => {
  const [, shown] = /```wgsl\n(.*?)```/s.exec(page)!;
  const flush = (code: string) => code.replace(/^ +/gm, "");
  expect(flush(read("shaders/convolution/naive.wgsl"))).toContain(flush(shown));
});
