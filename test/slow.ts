// Tests that stand among quick ones and take longer: `npm run test:all` runs them, as it does whole files called *.slow.test.ts.

import { test } from "vitest";

export const slowTest = test.runIf(process.env.PIXELCYCLE_TEST_ALL);
