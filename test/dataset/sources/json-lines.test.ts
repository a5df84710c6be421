// Which lines of a journal are still valid, also after a kill.

import { expect, test } from "vitest";
import { jsonLines, lastLines, parseJsonLines } from "../../../src/dataset/sources/json-lines.ts";

test("truncated and empty lines are skipped", () => {
  const text = jsonLines([{ a: 1 }, { b: "x\ny" }]);
  expect(parseJsonLines(`${text}{"c": 3, "d\n\n${text}`)).toEqual([{ a: 1 }, { b: "x\ny" }, { a: 1 }, { b: "x\ny" }]);
  expect(parseJsonLines("")).toEqual([]);
});

test("a line is valid until a later one has its source or one of its files", () => {
  const line = (source: string, ...files: string[]) => ({ source, files });
  const lines = [
    line("a", "1", "2"),
    line("b", "3"),
    line("c", "4"),
    line("c", "5"), // of the same source
    line("d", "2"), // of a file of a
    line("e"),
  ];
  const held = lastLines(lines, ({ source, files }) => [`source ${source}`, ...files]);
  expect(held.map(({ source, files }) => [source, ...files])).toEqual([["b", "3"], ["c", "5"], ["d", "2"], ["e"]]);
});
