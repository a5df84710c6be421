// A temporary folder that exists while the tests of a file run.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** @param name identifies the folder if a kill leaves it behind */
export function testFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `pixelcycle-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
