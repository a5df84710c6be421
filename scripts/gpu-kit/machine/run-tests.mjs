// node run-tests.mjs REPORT [WORD...]: runs the bundled test files whose path contains one of the
// words, or all of them. Each runs in its own process, so that a crash does not stop the others.
// PROJECT is the checkout; without one, tests that read its files are skipped.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** @typedef {{ path: string, note?: string, seconds: number, results: { name: string, state: string, errors: string[] }[] }} Outcome */

const app = fileURLToPath(new URL(".", import.meta.url));
const [report, ...words] = process.argv.slice(2);
const hasProject = existsSync(join(process.env.PROJECT || "/nowhere", "test/golden"));
const secondsEach = 140;
const folder = mkdtempSync(join(tmpdir(), "kit-tests-"));

/** @type {{ path: string, script: string, readsProject: boolean }[]} */
const all = JSON.parse(readFileSync(join(app, "tests.json"), "utf8"));
const chosen = all.filter(({ path }) => words.length === 0 || words.some((word) => path.includes(word)));

/**
 * @param {typeof all[number]} test
 * @returns {Promise<Outcome>}
 */
function runFile({ path, script, readsProject }) {
  if (readsProject && !hasProject)
    return Promise.resolve({ path, seconds: 0, note: "left out: it reads the checkout", results: [] });
  const written = join(folder, `${path.replaceAll("/", "-")}.json`);
  const start = Date.now();
  return new Promise((resolve) => {
    // As in vitest.config.ts: what is measured here must not decide which kernels the tests run.
    const env = { ...process.env, PIXELCYCLE_TUNE: "off" };
    const child = spawn(process.execPath, [join(app, "run-file.js"), join(app, `${script}.js`), written], { env });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data) => (output = (output + data).slice(-4000)));
    const timer = setTimeout(() => child.kill("SIGKILL"), 1e3 * secondsEach);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const seconds = (Date.now() - start) / 1e3;
      if (existsSync(written)) return resolve({ path, seconds, results: JSON.parse(readFileSync(written, "utf8")) });
      const why =
        signal === "SIGKILL" ? `stopped after ${secondsEach} s` : `ended with ${signal ?? code}, without a report`;
      resolve({ path, seconds, note: why, results: [{ name: "(the file)", state: "fail", errors: [why, output] }] });
    });
  });
}

/**
 * @param {Outcome["results"]} results
 * @param {string} state
 */
const count = (results, state) => results.filter((result) => result.state === state).length;
const counts = (/** @type {Outcome["results"]} */ results) =>
  `${count(results, "pass")} passed, ${count(results, "fail")} failed, ${count(results, "skip")} left out`;

/** @type {Outcome[]} */
const files = [];
const queue = [...chosen];
async function work() {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const outcome = await runFile(next);
    files.push(outcome);
    writeFileSync(report, JSON.stringify({ chosen: chosen.length, files }, null, 1));
    const { path, results, seconds, note } = outcome;
    console.log(`${path}: ${counts(results)}, ${seconds.toFixed(1)} s${note ? ` (${note})` : ""}`);
    for (const { name, state, errors } of results) {
      if (state === "fail") console.log([`  FAILED ${name}`, ...errors].join("\n").replaceAll("\n", "\n    "));
    }
  }
}
await Promise.all(Array.from({ length: Math.max(1, Math.min(4, availableParallelism() >> 1)) }, work));
const results = files.flatMap(({ results }) => results);
console.log(`${counts(results)}, in ${files.length} files`);
process.exitCode = count(results, "fail") > 0 ? 1 : 0;
