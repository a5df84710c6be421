// A temporary folder, for as long as the tests of a file run.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** @param name tells whose it is, should a kill leave it behind */
export function testFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `pixelcycle-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
