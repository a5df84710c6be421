import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openJournal } from "../../../src/cli/files/journal.ts";
import { journalled, jsonLines } from "../../../src/data/json-lines.ts";
import { testFolder } from "../../folder.ts";

const path = join(testFolder("journal"), "journal.jsonl");
const rows = [{ a: 1 }, { a: 2 }, { a: 3 }];

test("a journal is made, and a whole one is left as it is", async () => {
  await openJournal(path);
  expect(await readFile(path, "utf8")).toBe("");
  await writeFile(path, jsonLines(rows));
  await openJournal(path);
  expect(await readFile(path, "utf8")).toBe(jsonLines(rows));
});

test("what is added behind a line that was cut is not lost with it", async () => {
  await writeFile(path, jsonLines(rows).slice(0, -4));
  await openJournal(path);
  await appendFile(path, jsonLines([{ a: 4 }]));
  expect(journalled(await readFile(path, "utf8"))).toEqual([{ a: 1 }, { a: 2 }, { a: 4 }]);
});
