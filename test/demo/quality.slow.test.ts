// Every view of the page as it first appears, on a phone, a tablet and a desktop, light and dark:
// accessible, stable while it loads, no wider than its window, and usable by keyboard. It leaves
// screenshots in test-output/screenshots.

import { describe, expect, test } from "vitest";
import { accessibilityFaults } from "./accessibility.ts";
import { openBrowser, screenshot } from "./browser.ts";
import { focusFaults, layoutShifts, overflowing, untilReady } from "./quality.ts";

const { open } = await openBrowser({ models: "bundled" });

const windows = [
  { width: 360, height: 740 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
];
const looks = windows.flatMap((window) => (["light", "dark"] as const).map((theme) => ({ ...window, theme })));

describe.each(["convert", "train", "inside", "bench"] as const)("%s", (view) => {
  test.each(looks)("$width pixels wide, $theme", async ({ width, height, theme }) => {
    const { page, complaints } = await open({ view, width, height, theme });
    await untilReady(page);
    const { sum, moved } = await layoutShifts(page);
    expect(sum, moved.join(", ")).toBeLessThan(0.02);
    expect(await overflowing(page)).toEqual([]);
    await screenshot(page, `quality-${view}-${width}-${theme}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await focusFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
