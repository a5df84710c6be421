import { expect, test } from "vitest";
import { explanationOf, explanations } from "./explanations.mjs";
import { allFaults, readSources } from "./faults.mjs";

test("every explained fault is one that can be planted", () => {
  const sources = readSources(".");
  const used = new Set(allFaults(sources).map((fault) => explanationOf(fault, sources.get(fault.file)!)));
  expect(explanations.filter((entry) => !used.has(entry))).toEqual([]);
});
