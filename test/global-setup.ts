// What all test files of a run share: a folder for what is built once, such as the page.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The run's own; emptied where sources have changed and tests run again. */
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
