// The page's bench: it measures, shows and exports results, it can be cancelled, and it survives a
// device loss.

import type { Page } from "puppeteer";
import { expect, test } from "vitest";
import { openBrowser, screenshot } from "./browser.ts";

const { open, browser, address } = await openBrowser();

const textOf = (page: Page, selector: string) => page.$eval(selector, ({ textContent }) => textContent);

/** Waits until nothing is being measured. */
const end = (page: Page) => page.waitForSelector(".bench .controls .primary", { timeout: 100_000 });

async function begin(page: Page): Promise<void> {
  await (await end(page))!.click();
  await page.waitForSelector(".bench progress");
}

test("measures the smallest network and copies the results as text", async () => {
  await browser
    .defaultBrowserContext()
    .overridePermissions(new URL(address).origin, ["clipboard-read", "clipboard-write", "clipboard-sanitized-write"]);
  const { page, complaints } = await open({ view: "bench" });
  await begin(page);
  // Rows appear before their figures.
  await page.waitForFunction(() => document.querySelectorAll(".bench tbody tr").length === 7);
  await end(page);

  const rows = await page.$$eval(".bench table:first-of-type tbody tr", (rows) =>
    rows.map((row) => [...row.children].map(({ textContent }) => textContent)),
  );
  const layers = rows.slice(0, 7);
  expect(layers.map(([name]) => name)).toContain("3×3 128→128 at 8×8");
  for (const [, count, time, rate, share] of layers) {
    expect(Number(count)).toBeGreaterThan(0);
    for (const figure of [time, rate, share]) expect(Number.parseFloat(figure)).toBeGreaterThan(0);
  }
  // A bar is as long as its percentage, and at most full.
  const bar = await page.$eval(".bench .bar .ground", (ground) => {
    return ground.firstElementChild!.getBoundingClientRect().width / ground.getBoundingClientRect().width;
  });
  expect(100 * bar).toBeCloseTo(Math.min(100, Number.parseFloat(layers[0][4])), 0);

  await page.bringToFront();
  await page.click(".bench .copy button");
  await page.waitForFunction(() => document.querySelector(".bench .copy")!.textContent.includes("Copied"));
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^- adapter: .*swiftshader/im);
  expect(copied).toMatch(/^- browser: Chrome \d+ on Linux$/m);
  expect(copied).toMatch(/^- measured peak: [\d.]+ GFLOP\/s .*, [\d.]+ GB\/s/m);
  expect(copied).toMatch(/^- forward pass: [\d.]+ m?s, /m);
  expect(copied).toMatch(/^\| layer \| count \| time \| GFLOP\/s \| of peak \| compile \| variant \|$/m);
  expect(copied).toContain(`| 3x3 128->128 at 8x8 | 12 | ${layers[3][2]} |`);
  await page.evaluate(() => scrollTo(0, 0));
  await screenshot(page, "bench");
  await page.setViewport({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await screenshot(page, "bench-360");
  expect(complaints).toEqual([]);
  await page.close();
});

test("ends when cancelled, and can start again", async () => {
  const { page, complaints } = await open({ view: "bench" });
  await begin(page);
  await page.waitForFunction(() => document.body.textContent.includes("Measuring the adapter's peak"));
  await page.click(".bench .controls > .button");
  await end(page);
  expect(await textOf(page, ".bench .notice")).toContain("Cancelled");
  expect(await page.$(".bench .copy")).toBeNull();
  await begin(page);
  expect(await page.$(".bench .notice")).toBeNull();
  expect(complaints).toEqual([]);
  await page.close();
});

test("reports a device loss, and opens another device for the next run", async () => {
  const { page } = await open({ view: "bench" });
  await begin(page);
  await page.waitForFunction(() => document.body.textContent.includes("Measuring the adapter's peak"));
  const system = await browser.target().createCDPSession();
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  process.kill(processInfo.find(({ type }) => type === "GPU")!.id, "SIGKILL");
  await end(page);
  expect(await textOf(page, ".bench .notice")).toMatch(/device was lost.*Run it again/);
  await begin(page);
  await page.waitForFunction(() => document.body.textContent.includes("Measuring the adapter's peak"));
  await page.close();
});
