// What is written down of cuts, choices and thresholds holds.

import { test } from "vitest";
import { pinned } from "./pinned/index.ts";

test.each(Object.entries(pinned))("%s", (_name, check) => check());
