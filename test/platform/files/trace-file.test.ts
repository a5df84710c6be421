// The file of a trace: viewers can read it, however the run ends.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { TraceFile, withTrace } from "../../../src/platform/files/trace-file.node.ts";
import { testFolder } from "../../folder.ts";
import { readTrace } from "../../trace.ts";

const folder = testFolder("trace");
const path = join(folder, "trace.json");
const failed = (sentence: string) => expect.fail(sentence);

test("overlapping spans of a track get separate lanes, consecutive ones share one", async () => {
  await withTrace(path, failed, async (trace) => {
    trace!.span("decoding", { name: "a", start: 0, end: 2 });
    trace!.span("decoding", { name: "b", start: 1, end: 3 });
    trace!.span("decoding", { name: "c", start: 2, end: 4 });
    trace!.span("writing", { name: "a", start: 1, end: 3 });
  });
  const lanes = readTrace(path).map(({ name, lane, track }) => `${name} ${lane} (${track})`);
  expect(lanes).toEqual([
    "a decoding (decoding)",
    "b decoding 2 (decoding)",
    "a writing (writing)",
    "c decoding (decoding)",
  ]);
});

test("nested spans stay nested after rounding", async () => {
  await withTrace(path, failed, async (trace) => {
    for (let i = 0; i < 50; i++) {
      const [start, end] = [i + Math.sin(i) / 7, i + 0.5 + Math.cos(i) / 7];
      const middle = (start + end) / 2;
      trace!.span("GPU", { name: "whole", start, end }, [
        { name: "first", start, end: middle },
        { name: "second", start: middle, end },
      ]);
    }
  });
  expect(readTrace(path)).toHaveLength(150);
});

test("the file is complete if the work fails, and readable if the process is killed", async () => {
  const failure = new Error("the work");
  const failing = withTrace(path, failed, async (trace) => {
    trace!.span("GPU", { name: 'a "quoted" name', start: 0, end: 1 });
    throw failure;
  });
  await expect(failing).rejects.toBe(failure);
  expect(readTrace(path).map(({ name }) => name)).toEqual(['a "quoted" name']);

  const killed = new TraceFile(path);
  for (let i = 0; i < 5000; i++) killed.span("GPU", { name: `dispatch ${i}`, start: i, end: i + 1 });
  const text = readFileSync(path, "utf8"); // viewers complete the array
  expect(JSON.parse(`${text}]`).length).toBeGreaterThan(1000);
  killed.close();
});

test("without a request nothing is written, and no work starts if the file cannot be written", async () => {
  expect(await withTrace(undefined, failed, async (trace) => trace)).toBeUndefined();
  const nowhere = withTrace(join(folder, "none", "trace.json"), failed, async () => expect.fail("begun"));
  await expect(nowhere).rejects.toThrow(UserError);
  await expect(nowhere).rejects.toThrow(
    /^`trace` .*trace\.json: no file or folder can be made there\. Name another place to write to\.$/,
  );
});

test.runIf(existsSync("/dev/full"))("a full disk ends the trace but not the work", async () => {
  const said: string[] = [];
  const result = await withTrace(
    "/dev/full",
    (sentence) => said.push(sentence),
    async (trace) => {
      for (let i = 0; i < 5000; i++) trace!.span("GPU", { name: `dispatch ${i}`, start: i, end: i + 1 });
      return "done";
    },
  );
  expect(result).toBe("done");
  expect(said).toEqual([
    "`trace` /dev/full: the disk is full. Free some space there, or name another place to write to.",
  ]);
});
