// node run-file.js SCRIPT REPORT: runs one bundled test file, and writes the results as JSON.
// PROJECT is the checkout whose files the tests read.

import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { startTests } from "@vitest/runner";

const [script, report] = process.argv.slice(2);
const project = process.env.PROJECT || process.cwd();
/** @type {any} */ (globalThis).urlInProject = (/** @type {string} */ path) => pathToFileURL(join(project, path)).href;

/** vitest's runner, configured as in vitest.config.ts and otherwise as by vitest itself. */
const runner = /** @type {any} */ ({
  config: {
    root: process.cwd(),
    name: "",
    setupFiles: [],
    passWithNoTests: true,
    allowOnly: true,
    sequence: { shuffle: false, concurrent: false, seed: 0, hooks: "stack", setupFiles: "list" },
    maxConcurrency: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    retry: 0,
    includeTaskLocation: false,
    tags: [],
    strictTags: false,
  },
  importFile: (/** @type {string} */ path) => import(pathToFileURL(path).href),
});

/** @type {{ name: string, state: string, errors: string[] }[]} */
const results = [];

/**
 * @param {any} task a test, or a group of them, or the file
 * @param {string[]} path
 */
function visit({ type, mode, result, tasks }, path) {
  const errors = (result?.errors ?? []).map((/** @type {Error} */ { message, stack }) =>
    `${message}\n${stack ?? ""}`.slice(0, 1500),
  );
  if (type === "test") {
    results.push({ name: path.join(" > "), state: mode === "run" ? (result?.state ?? "skip") : "skip", errors });
    return;
  }
  if (errors.length > 0) results.push({ name: [...path, "(around the tests)"].join(" > "), state: "fail", errors });
  for (const task of tasks) visit(task, [...path, task.name]);
}

const [file] = await startTests(/** @type {any} */ ([resolve(script)]), runner);
visit(file, []);
writeFileSync(report, JSON.stringify(results));
process.exit(0);
