// `npm test`: types, lint, formatting and the fast tests. `npm run test:all` (`--all`) adds the
// slow tests, and repeats the GPU tests on SwiftShader, which differs from Mesa's adapter in
// subgroups, features and limits. Other arguments go to vitest: `npm test -- test/formats`. The
// last line counts what passed and failed.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { swiftShader } from "./swiftshader.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Tests that also run on SwiftShader. They compare every kernel there with its float64 twin. Whole
 * networks (test/nn) would add nothing new, and take minutes.
 */
const deviceTests = ["test/gpu/", "test/kernels/"];

/**
 * An unchanged file is not linted again, even if a type that it imports has changed. For example, a
 * function elsewhere that now returns a promise is only found in a clean clone, such as CI's.
 */
const eslintCache = ["--cache", "--cache-strategy=content", "--cache-location=node_modules/.cache/eslint/"];

const all = process.argv.includes("--all");
const words = process.argv.slice(2).filter((word) => word !== "--all");

/**
 * @param {string} script below node_modules
 * @param {string[]} options
 * @param {Record<string, string>} [variables]
 * @returns {Promise<boolean>} whether it succeeded
 */
function runTool(script, options, variables = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "node_modules", script), ...options], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...variables },
    });
    child.on("exit", (code) => resolve(code === 0));
  });
}

/**
 * Runs vitest and counts. A file that does not load, or an error outside of all tests, counts as
 * one failure.
 *
 * @param {string[]} files
 * @param {Record<string, string>} [variables]
 */
async function runTests(files, variables) {
  const folder = mkdtempSync(join(tmpdir(), "pixelcycle-test-"));
  const report = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const well = await runTool("vitest/vitest.mjs", ["run", ...reporters, ...files], variables);
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    const unloaded = testResults.filter(
      (/** @type {any} */ file) => file.status === "failed" && file.assertionResults.length === 0,
    ).length;
    const failed = numFailedTests + unloaded;
    return { passed: numPassedTests, failed: well ? failed : Math.max(1, failed) };
  } catch (error) {
    console.error(`The tests ended without a report: ${error}`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const counts = { passed: 0, failed: 0 };
/** @param {{ passed: number, failed: number }} result */
function count({ passed, failed }) {
  counts.passed += passed;
  counts.failed += failed;
}

const checks = await Promise.all([
  runTool("typescript/bin/tsc", ["--noEmit"]),
  runTool("eslint/bin/eslint.js", [".", ...eslintCache]),
  runTool("prettier/bin/prettier.cjs", ["--check", "--log-level=warn", "."]),
]);
for (const well of checks) count(well ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

count(await runTests(words, all ? { PIXELCYCLE_TEST_ALL: "1" } : {}));

if (all) {
  try {
    const driver = await swiftShader();
    console.log("The tests of the GPU once more, on SwiftShader.");
    count(await runTests(deviceTests, { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver }));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    count({ passed: 0, failed: 1 });
  }
}

console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;
