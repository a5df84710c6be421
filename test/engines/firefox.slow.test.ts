// The page in Firefox, whose WebGPU is wgpu: it converts, trains, shows its inside and benches, and
// names its adapter as well as Firefox allows. If Firefox has WebGPU off (Linux), preferences turn
// it on.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, type Browser, type Page } from "puppeteer";
import { beforeAll, describe, expect, test } from "vitest";
import { buildDemo } from "../../scripts/demo.mjs";
import { firefox } from "../../scripts/engines.mjs";
import { serve } from "../../scripts/serve.mjs";
import { complaintsOf } from "../demo/browser.ts";
import { untilModel, untilResult } from "../demo/convert-page.ts";
import {
  beginSmallRun,
  chooseTwoPictures,
  press,
  untilActivity,
  untilPictures,
  untilStep,
} from "../demo/train-page.ts";

const executablePath = firefox();

describe.runIf(executablePath)("the page in Firefox", () => {
  let browser: Browser;
  let address: string;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "pixelcycle-firefox-"));
    await buildDemo(folder);
    const served = await serve(folder);
    address = served.address;
    browser = await launch({
      browser: "firefox",
      executablePath: executablePath!,
      headless: true,
      extraPrefsFirefox: { "dom.webgpu.enabled": true, "gfx.webgpu.ignore-blocklist": true },
      protocolTimeout: 300_000,
    });
    return async () => {
      await browser.close();
      served.close();
      rmSync(folder, { recursive: true, force: true });
    };
  });

  async function open(view: string): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage();
    const complaints = complaintsOf(page, address);
    await page.setViewport({ width: 1280, height: 900 });
    await page.goto(`${address}#${view}`, { waitUntil: "load" });
    return { page, complaints };
  }

  test("converts a sample with the bundled model, and names its adapter", async () => {
    const { page, complaints } = await open("convert");
    await page.waitForSelector(".sample img");
    await untilModel(page);
    // An adapter that Firefox does not name is at least distinguished from a GPU.
    const adapter = await page.$eval(".adapter", ({ textContent }) => textContent);
    expect(adapter).toMatch(/^unnamed (GPU|software adapter, no GPU)$/);
    await page.click(".sample");
    expect(await untilResult(page)).toMatch(/pixels, \d+ × \d+ cells\. Converted in /);
    expect(complaints).toEqual([]);
    await page.close();
  }, 300_000);

  test("trains", async () => {
    const { page, complaints } = await open("train");
    await chooseTwoPictures(page);
    await beginSmallRun(page, "fox");
    await untilStep(page, 3);
    await untilPictures(page);
    await press(page, "Stop");
    await untilActivity(page, "Stopped");
    expect(complaints).toEqual([]);
    await page.close();
  }, 300_000);

  test("shows every layer, a verdict and a step", async () => {
    const { page, complaints } = await open("inside");
    await page.waitForSelector(".channel-grid canvas", { timeout: 100_000 });
    expect(await page.$$eval(".strip-layer", (layers) => layers.length)).toBe(53);
    for (const [part, result] of [
      ["#judge-title", ".judged .verdict"],
      ["#step-title", ".graph .cell"],
    ]) {
      await page.$eval(part, (title) => title.scrollIntoView());
      await page.waitForSelector(result, { timeout: 200_000 });
    }
    expect(complaints).toEqual([]);
    await page.close();
  }, 400_000);

  test("benches", async () => {
    const { page, complaints } = await open("bench");
    const ready = () => page.waitForSelector(".bench .controls .primary", { timeout: 200_000 });
    await (await ready())!.click();
    await page.waitForSelector(".bench progress");
    await ready();
    const rows = await page.$$eval(".bench table:first-of-type tbody tr", (rows) =>
      rows.map((row) => [...row.children].map(({ textContent }) => textContent)),
    );
    expect(rows.length).toBeGreaterThan(7);
    for (const [, count, time, rate] of rows.slice(0, 7)) {
      for (const figure of [count, time, rate]) expect(Number.parseFloat(figure)).toBeGreaterThan(0);
    }
    expect(complaints).toEqual([]);
    await page.close();
  }, 400_000);
});
