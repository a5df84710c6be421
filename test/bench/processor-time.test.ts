// The processor time of a process, by /proc, against what the process itself says.

import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { processorTime } from "../../bench/page/processor-time.ts";

test.runIf(existsSync("/proc/self/stat"))("is at least what the process has taken, to the tick", () => {
  const { user, system } = process.cpuUsage();
  const ticks = 2 * 10; // user and system time are cut off separately
  expect(processorTime(process.pid)).toBeGreaterThanOrEqual((user + system) / 1e3 - ticks);
});

test("is unknown for a process that does not exist", () => {
  expect(processorTime(2 ** 30)).toBeNaN();
});
