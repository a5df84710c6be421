// `pixelcycle dataset merge`: the merged tables equal those of an undivided audit, byte for byte.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditSources } from "../../../../src/cli/commands/dataset/audit.ts";
import { mergeAudits } from "../../../../src/cli/commands/dataset/merge.ts";
import { crop, flipHorizontally } from "../../../../src/picture/preprocess.ts";
import { encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { artOf } from "../../../pixelart/grid/damaged-art.ts";

const folder = mkdtempSync(join(tmpdir(), "pixelcycle-merge-"));
const [pictures, whole] = [join(folder, "pictures"), join(folder, "whole.csv")];
const parts = [1, 2, 3].map((index) => join(folder, `part-${index}.csv`));
afterAll(() => rmSync(folder, { recursive: true }));

const tables = (csv: string) => [csv, csv.replace(/csv$/, "jsonl")].map((path) => readFileSync(path, "utf8"));

beforeAll(async () => {
  mkdirSync(pictures);
  const art = await artOf("ruin", "jungle", "cave", "bridge");
  const [ruin, cave] = [crop(art, 0, 0, 32, 32), crop(art, 0, 32, 32, 32)];
  // Every third is of one part: the twins of a are in the second and in the third.
  for (const [name, image] of Object.entries({ a: ruin, b: flipHorizontally(ruin), c: ruin, e: cave, f: cave }))
    writeFileSync(join(pictures, `${name}.png`), await encodePng(image));
  writeFileSync(join(pictures, "d.png"), "no picture");
  writeFileSync(join(pictures, 'g, "g".png'), await encodePng(art));
  writeFileSync(join(pictures, "a.json"), '{"license": "CC0-1.0"}');
  await auditSources({ sources: [pictures], csv: whole, quiet: true });
  for (const [i, csv] of parts.entries())
    await auditSources({ sources: [pictures], csv, quiet: true, shard: { index: i + 1, count: 3, origin: "--shard" } });
});

describe("parts", () => {
  test("become the table of the whole in any order, with duplicates across parts found", async () => {
    const csv = join(folder, "merged.csv");
    const [first, second, third] = parts;
    const summary = await mergeAudits([third, first.replace(/csv$/, "jsonl"), second], csv);
    expect(summary).toMatchObject({ duplicates: 3, counts: { broken: 1 } });
    expect(tables(csv)).toEqual(tables(whole));
  });

  test("may be one whole, or empty", async () => {
    const [csv, empty] = [join(folder, "same.csv"), join(folder, "empty.jsonl")];
    writeFileSync(empty, "");
    await mergeAudits([empty, whole], csv);
    expect(tables(csv)).toEqual(tables(whole));
  });
});

test("with fewer pictures than parts, empty parts are not reported as missing", async () => {
  const one = join(folder, "one");
  mkdirSync(one);
  writeFileSync(join(one, "a.png"), await encodePng(await artOf("ruin", "jungle", "cave", "bridge")));
  const [csv, ...few] = ["few.csv", "few-1.csv", "few-2.csv"].map((name) => join(folder, name));
  for (const [i, part] of few.entries())
    await auditSources({
      sources: [one],
      csv: part,
      quiet: true,
      shard: { index: i + 1, count: 2, origin: "--shard" },
    });
  expect(await mergeAudits(few, csv)).toMatchObject({ duplicates: 0 });
  expect(tables(csv)[1]).not.toContain('"part"');
});

test("a table that cannot be written is refused with what to do", async () => {
  await expect(mergeAudits([whole], join(folder, "none", "all.csv"))).rejects.toThrow(
    /all\.csv: no file or folder can be made there\. Name another place to write to\.$/,
  );
});

describe("an invalid set of parts is refused, and nothing is written", () => {
  const lines = () => tables(whole)[1].trim().split("\n");
  const written = (name: string, rows: readonly string[]) => {
    writeFileSync(join(folder, name), `${rows.join("\n")}\n`);
    return join(folder, name);
  };

  test.each([
    ["a part twice", () => [...parts, parts[0]], /a\.png is in .*part-1\.jsonl and in .*: name each part/],
    ["two parts of three", () => [parts[2], parts[0]], "Of the 3 parts of an audit, this is missing: 2."],
    ["one part of three", () => [parts[2]], "these are missing: 1, 2."],
    ["a part that is not there", () => [join(folder, "none.csv")], "none.csv: there is no such file"],
    [
      "a CSV without the JSON lines beside it",
      () => [...parts.slice(1), written("alone.csv", [tables(whole)[0]])],
      /alone\.csv cannot be merged without .*alone\.jsonl, which .* \(there is no such file or folder\)\. Put both into/,
    ],
    ["no table", () => [written("no.jsonl", ["{}"])], "no.jsonl: it is not a JSON lines table from dataset audit"],
    ["another order", () => [written("order.jsonl", lines().reverse())], "are not in the order"],
    [
      "another version",
      () => [
        written("new.jsonl", [lines()[0]]),
        written("old.jsonl", [lines()[1].replace(/"version":\d+/, '"version":0')]),
      ],
      "was written by another version of dataset audit",
    ],
    ["the table to write", () => [join(folder, "out.csv")], "out.jsonl is one of the parts: name another table"],
  ] as const)("%s", async (_, of, message) => {
    await expect(mergeAudits(of(), join(folder, "out.csv"))).rejects.toThrow(message);
    expect(readdirSync(folder).filter((name) => name.startsWith("out"))).toEqual([]);
  });
});
