// PIXELCYCLE_DEBUG: the topics that a text names.

import { afterEach, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { debugOf } from "../../src/gpu/debug.ts";
import { openGpu } from "../../src/platform/gpu/gpu.node.ts";

const ignore = () => {};

test("accepts topics separated by commas, in any order, and an empty text for none", () => {
  expect(Object.keys(debugOf("memory, shaders", ignore))).toEqual(["shaders", "memory"]);
  expect(Object.keys(debugOf("plan,submits,", ignore))).toEqual(["plan", "submits"]);
  expect(debugOf("", ignore)).toEqual({});
});

test("prints texts after their topic", () => {
  const lines: string[] = [];
  const debug = debugOf("plan,memory", (line) => lines.push(line));
  debug.plan?.("3 launches");
  debug.memory?.("1 KiB");
  debug.shaders?.("nobody asked");
  expect(lines).toEqual(["plan     3 launches", "memory   1 KiB"]);
});

test.each(["plans", "Plan", "plan memory", "toString"])("refuses %s, and lists the topics", (words) => {
  const refused = () => debugOf(`memory,${words}`, ignore);
  expect(refused).toThrow(UserError);
  expect(refused).toThrow(`"${words}"; use one or more of shaders, plan, submits, memory, separated by commas.`);
});

afterEach(() => {
  delete process.env.PIXELCYCLE_DEBUG;
});

test("is refused before a GPU is opened", async () => {
  process.env.PIXELCYCLE_DEBUG = "everything";
  await expect(openGpu()).rejects.toThrow(/"everything"/);
});
