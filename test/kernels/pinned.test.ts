// The recorded cuts, choices and thresholds still hold.

import { test } from "vitest";
import { pinned } from "./pinned/index.ts";

test.each(Object.entries(pinned))("%s", (_name, check) => check());
