// Bundles programs for Node as users run them, for tests that run them in separate processes.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll } from "vitest";
import { forNode } from "../scripts/bundles.mjs";

/**
 * Bundles programs into a folder below the repository, so that they find its packages. It is
 * removed after the file's tests. An interrupted run leaves it in `test-output`, which is never
 * packed. Call it at a file's top level, since inside a test it is too late to register the removal
 * with vitest.
 *
 * @param entryPoints the programs by name
 * @returns the folder
 */
export async function bundle(entryPoints: Readonly<Record<string, string>>): Promise<string> {
  const output = fileURLToPath(new URL("../test-output/", import.meta.url));
  mkdirSync(output, { recursive: true });
  const folder = mkdtempSync(join(output, "bundle-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  await build({ ...forNode, entryPoints, outdir: folder });
  return folder;
}
