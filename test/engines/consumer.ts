// A project with the package installed, in which engines import it: freshly built bundles, and our
// own package.json.

import { execFile } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll } from "vitest";
import { forBrowsers, forNode } from "../../scripts/bundles.mjs";

/**
 * The project's folder, removed after the file's tests. It is in the repository, so it finds its
 * packages.
 */
export async function openConsumer(): Promise<string> {
  mkdirSync("test-output", { recursive: true });
  const folder = mkdtempSync(resolve("test-output", "consumer-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const installed = join(folder, "node_modules", "pixelcycle");
  mkdirSync(installed, { recursive: true });
  copyFileSync("package.json", join(installed, "package.json"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  cpSync("test/engines/convert-picture.mjs", join(folder, "convert-picture.mjs"));
  await Promise.all([
    build({ ...forNode, entryPoints: { node: "src/library/node.ts" }, outdir: join(installed, "dist") }),
    build({ ...forBrowsers, entryPoints: ["src/library/browser.ts"], outfile: join(installed, "dist/browser.js") }),
  ]);
  return folder;
}

const execute = promisify(execFile);

/** Runs an engine in a folder and returns the JSON that it prints last. */
export async function runEngine<T>(executable: string, words: readonly string[], cwd = "."): Promise<T> {
  const { stdout } = await execute(executable, words, {
    cwd,
    maxBuffer: 2 ** 26,
    env: { ...process.env, NO_COLOR: "1" },
  });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as T;
}
