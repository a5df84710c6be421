// A folder that all test files of a run share, for things that are built once, such as the page.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of this run, emptied if sources change and tests run again. */
    readonly builds: string;
  }
}

export default function share(project: TestProject): () => void {
  const builds = mkdtempSync(join(tmpdir(), "pixelcycle-builds-"));
  project.provide("builds", builds);
  project.onTestsRerun(() => {
    rmSync(builds, { recursive: true, force: true });
    mkdirSync(builds);
  });
  return () => rmSync(builds, { recursive: true, force: true });
}
