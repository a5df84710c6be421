// Results of a bench are kept from run to run.

import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keptResults } from "../../bench/grid-methods/results.ts";
import { testFolder } from "../folder.ts";

const folder = testFolder("kept-results");

test("what was measured is not measured again, but what was cut off is", async () => {
  const file = join(folder, "results.jsonl");
  let measured = 0;
  const measure = (value: unknown) => () => {
    measured++;
    return value;
  };
  const first = await keptResults(file, "art");
  expect(await first("a", measure({ right: true }))).toEqual({ right: true });
  expect(await first("b", measure(null))).toBeNull();
  expect(await first("a", measure({ right: false }))).toEqual({ right: true });
  appendFileSync(file, '["c",{"rig');
  for (const turn of [2, 3]) {
    const later = await keptResults(file, "art");
    expect(await later("a", measure(0))).toEqual({ right: true });
    expect(await later("b", measure(0))).toBeNull();
    expect(await later("c", measure(turn))).toBe(2);
  }
  expect(measured).toBe(3);
  expect(readFileSync(file, "utf8")).toBe('"art"\n["a",{"right":true}]\n["b",null]\n["c",2]\n');
});

test("results of something else are refused, and none are kept without a file", async () => {
  const file = join(folder, "other.jsonl");
  writeFileSync(file, '"art"\n');
  await expect(keptResults(file, "photos")).rejects.toThrow('has results of something else, "art"; name another file.');
  const keep = await keptResults(undefined, "art");
  expect(await keep("a", () => 1)).toBe(1);
  expect(await keep("a", () => 2)).toBe(2);
});
