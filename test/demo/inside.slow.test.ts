// Screenshots of the Inside view at three widths, light and dark, with nothing wider than the
// window.

import { afterAll, expect, test } from "vitest";
import { openBrowser, screenshot } from "./browser.ts";

const { browser, open } = await openBrowser({ models: "bundled" });
afterAll(() => browser.close());

test.each([
  [360, "light"],
  [768, "dark"],
  [1440, "light"],
  [1440, "dark"],
] as const)("%i pixels, %s", async (width, theme) => {
  const { page, complaints } = await open({ view: "inside", width, theme });
  await page.waitForSelector(".channel-grid canvas", { timeout: 60_000 });
  // Each part starts when it scrolls into view.
  for (const [part, result] of [
    ["#judge-title", ".judged .verdict"],
    ["#step-title", ".graph .cell"],
  ]) {
    await page.$eval(part, (title) => title.scrollIntoView());
    await page.waitForSelector(result, { timeout: 100_000 });
  }
  await page.evaluate(() => scrollTo(0, 0));
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  await screenshot(page, `inside-${width}-${theme}`);
  expect(complaints).toEqual([]);
  await page.close();
});
