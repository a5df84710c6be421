import { expect, test } from "vitest";
import { journalled, jsonLines } from "../../src/data/json-lines.ts";

const rows = [{ file: "a.png", cell: 4 }, { file: "line\nend.png" }, { file: "ä€.png", cell: 12 }];

test("values go onto lines and come back", () => {
  expect(jsonLines(rows).split("\n")).toHaveLength(rows.length + 1);
  expect(journalled(jsonLines(rows))).toEqual(rows);
  expect(journalled("")).toEqual([]);
});

test("a journal cut by a kill, at whatever character, loses its last line alone", () => {
  const whole = jsonLines(rows);
  for (let length = 0; length < whole.length; length++) {
    const text = whole.slice(0, length);
    const ended = text.split("\n").length - 1;
    // A line may be whole but for its end.
    const isWhole = whole[length] === "\n";
    expect(journalled(text), text).toEqual(rows.slice(0, ended + (isWhole ? 1 : 0)));
  }
});
