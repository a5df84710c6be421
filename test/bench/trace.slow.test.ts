// `npm run bench -- --trace FILE` writes what was measured.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundle } from "../bundle.ts";
import { readTrace } from "../trace.ts";

const folder = await bundle({ bench: "bench/bench.ts" });

test("the bench's trace has the peak, the layers and the forward pass", async () => {
  const file = join(folder, "trace.json");
  const tiny = ["--size", "32", "--ngf", "4", "--blocks", "1", "--repeats", "1", "--json", "-", "--trace", file];
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
