// `npm run bench -- --trace FILE`: what was measured is in the file.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { forNode } from "../../scripts/bundles.mjs";
import { readTrace } from "../trace.ts";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
mkdirSync(dist, { recursive: true });
const folder = mkdtempSync(join(dist, "test-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the bench's trace has the peak, the layers and the forward", async () => {
  await build({ ...forNode, entryPoints: { bench: "bench/bench.ts" }, outdir: folder });
  const file = join(folder, "trace.json");
  const tiny = ["--size", "32", "--ngf", "4", "--blocks", "1", "--repeats", "1", "--json", "--trace", file];
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, "bench.js"), ...tiny], {
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  const names = readTrace(file)
    .filter(({ track }) => track === "GPU")
    .map(({ name }) => name);
  expect(names.some((name) => name.includes("chains of vec4"))).toBe(true);
  const { layers, forward } = JSON.parse(stdout);
  expect(layers.length).toBeGreaterThan(0);
  for (const { kind } of forward.kinds) expect(names.some((name) => name.startsWith(kind))).toBe(true);
});
