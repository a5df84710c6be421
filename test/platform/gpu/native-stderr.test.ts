// Lines of native code that must not be shown are dropped, all others arrive, and the descriptor is
// restored. Linux only.

import { fstatSync, writeSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { withoutStderrLines } from "../../../src/platform/gpu/native-stderr.node.ts";

afterEach(() => vi.restoreAllMocks());

/** The part of `work`'s output to descriptor 2 that arrives. */
async function arriving(work: () => unknown): Promise<string> {
  const parts: Uint8Array[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((part) => parts.push(part as Uint8Array) > 0);
  await withoutStderrLines(/^drop \d+$/, work);
  return Buffer.concat(parts).toString();
}

test.runIf(process.platform === "linux").each([
  ["drop 1\ndrop 22\n", ""],
  ["drop 1\nkeep\ndrop 2\n", "keep\n"],
  ["drop 1 and more\n and drop 1\n", "drop 1 and more\n and drop 1\n"],
  ["\nérreur ✗ without an end", "\nérreur ✗ without an end"],
  ["drop 3", ""],
  ["", ""],
])("of %j only %j arrives", async (written, expected) => {
  expect(await arriving(() => writeSync(2, written))).toBe(expected);
});

test.runIf(process.platform === "linux")("more than a pipe can hold arrives complete", async () => {
  const line = "x".repeat(1023) + "\n";
  const text = await arriving(() => {
    for (let i = 0; i < 1000; i++) writeSync(2, line);
  });
  expect(text).toBe(line.repeat(1000));
});

test("the descriptor is restored, also after a failure, and the work's result is returned", async () => {
  const { dev, ino } = fstatSync(2);
  expect(await withoutStderrLines(/^$/, () => Promise.resolve(5))).toBe(5);
  await expect(withoutStderrLines(/^$/, () => Promise.reject(new Error("later")))).rejects.toThrow("later");
  const failing = () => {
    throw new Error("at once");
  };
  await expect(withoutStderrLines(/^$/, failing)).rejects.toThrow("at once");
  expect(fstatSync(2)).toMatchObject({ dev, ino });
});
