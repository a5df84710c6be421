// Slow tests among quick ones. `npm run test:all` runs them, like whole files called
// *.slow.test.ts.

import { test } from "vitest";

export const slowTest = test.runIf(process.env.PIXELCYCLE_TEST_ALL);
