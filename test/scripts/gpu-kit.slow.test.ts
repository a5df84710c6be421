// The kit for machines with a GPU and nothing else: its own part is assembled, and runs without
// vitest and without the project.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { stageProject } from "../../scripts/gpu-kit/pack.mjs";
import { testFolder } from "../folder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = testFolder("gpu-kit");

/** The output of a script of the kit. */
function run(script: string, ...options: string[]): string {
  return execFileSync(process.execPath, [join(folder, script), ...options], { cwd: folder, encoding: "utf8" });
}

beforeAll(async () => {
  expect(await stageProject(folder)).toBeGreaterThan(20);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
});

test("the program and the driver are found", () => {
  expect(run("probe.mjs")).toMatch(/^(hardware|software) \S/);
  expect(run("dist/cli.js", "--version")).toMatch(/^\d+\.\d+\.\d+/);
});

test("the benches run, and print what the summary reads", () => {
  const sizes = ["--size", "32", "--ngf", "8"];
  const few = ["--blocks", "1", "--repeats", "1", "--layer", "3x3"];
  const bench = JSON.parse(run("dist-bench/bench.js", ...sizes, "--json", "-", ...few));
  expect(bench.layers[0].times[0].seconds).toBeGreaterThan(0);
  const step = JSON.parse(
    run("dist-bench/step.js", ...sizes, "--json", "--ndf", "8", "--blocks", "6", "--seconds", "1"),
  );
  expect(step.inARow).toBeGreaterThan(0);
  expect(step.kinds.length).toBeGreaterThan(10);
});

test("tests run, those that need the project are skipped without it, and failures are reported", () => {
  const list = join(folder, "tests.json");
  const listed = JSON.parse(readFileSync(list, "utf8")) as { path: string; script: string }[];
  for (const { script } of listed) expect(existsSync(join(folder, `${script}.js`))).toBe(true);
  const report = join(folder, "report.json");
  expect(run("run-tests.mjs", report, "gpu/device", "nn/golden")).toMatch(
    /nn\/golden\.test\.ts: 0 passed, 0 failed.*left out[^]*\n\d\d passed, 0 failed, 0 left out, in 2 files\n$/,
  );
  const { files } = JSON.parse(readFileSync(report, "utf8"));
  expect(files).toHaveLength(2);

  writeFileSync(join(folder, "tests/planted.js"), 'throw new Error("a planted failure");');
  writeFileSync(list, JSON.stringify([...listed, { path: "test/planted.test.ts", script: "tests/planted" }]));
  const failing = spawnSync(process.execPath, [join(folder, "run-tests.mjs"), report, "planted"], { encoding: "utf8" });
  expect(failing.stdout).toMatch(/FAILED[^]*a planted failure/);
  expect(failing.status).toBe(1);
});
