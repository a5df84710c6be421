// `npm run docs:api`: every export is documented, and a broken link fails it.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testFolder } from "../folder.ts";

const folder = testFolder("api");

function document(...words: string[]) {
  const typedoc = "node_modules/typedoc/bin/typedoc";
  const { status, stdout, stderr } = spawnSync(process.execPath, [typedoc, ...words], { encoding: "utf8" });
  return { status, told: stdout + stderr };
}

test("every export of the library is documented, with valid links", () => {
  const out = join(folder, "pages");
  expect(document("--out", out)).toEqual({ status: 0, told: expect.stringContaining(out) as string });
  expect(readFileSync(join(out, "functions/Node.loadGenerator.html"), "utf8")).toContain("oneOfSeveral");
});

test("a broken link and an undocumented export are refused", () => {
  const entry = join(folder, "entry.ts");
  writeFileSync(entry, "/** As {@link there}. */\nexport const linked = 1;\nexport const bare = 2;\n");
  const tsconfig = join(folder, "tsconfig.json");
  writeFileSync(tsconfig, '{ "files": ["entry.ts"] }');
  const { status, told } = document("--entryPoints", entry, "--tsconfig", tsconfig, "--emit", "none");
  expect(status).not.toBe(0);
  expect(told).toMatch(/resolve link to .*there.* in comment for linked/);
  expect(told).toMatch(/bare .*does not have any documentation/);
});
