// How a bench ends: what a user can correct is one sentence, and a defect keeps its stack.

import { parseArgs } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { runBench } from "../../bench/command.ts";
import { UserError } from "../../src/errors.ts";

describe("a bench", () => {
  afterEach(() => {
    process.exitCode = undefined;
    vi.restoreAllMocks();
  });

  test.each([
    ["an option without its value", ["--json"], "argument missing"],
    ["an unknown option", ["--jsn", "file"], "Unknown option '--jsn'"],
  ])("refuses %s in one sentence", async (_name, args, sentence) => {
    const told = vi.spyOn(console, "error").mockImplementation(() => {});
    await runBench(async () => void parseArgs({ args, options: { json: { type: "string" } } }));
    expect(told.mock.calls).toEqual([[expect.stringContaining(sentence)]]);
    expect(process.exitCode).toBe(1);
  });

  test("reports what a user can correct, with its options as flags", async () => {
    const told = vi.spyOn(console, "error").mockImplementation(() => {});
    await runBench(() => Promise.reject(new UserError("`cropSize` 0 is too small.")));
    expect(told.mock.calls).toEqual([["--crop_size 0 is too small."]]);
    expect(process.exitCode).toBe(1);
  });

  test("does not hide a defect", async () => {
    await expect(runBench(() => Promise.reject(new RangeError("a defect")))).rejects.toThrow("a defect");
  });
});
