// The frame of the page: navigation by address and keyboard, the theme, the notice without WebGPU,
// requests to its own origin only, and its size.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { buildDemo } from "../../scripts/demo.mjs";
import { testFolder } from "../folder.ts";
import { openBrowser, screenshot } from "./browser.ts";

const { open } = await openBrowser();

describe("the frame", () => {
  test("shows the view that the address names, and changes it by its tabs", async () => {
    const { page, complaints } = await open({ view: "bench" });
    await page.waitForSelector("main h1");
    expect(await page.title()).toBe("Bench · pixelcycle");
    for (const [name, title] of [
      ["convert", "Convert"],
      ["train", "Train"],
      ["inside", "Inside"],
    ]) {
      await page.click(`nav a[href="#${name}"]`);
      await page.waitForFunction((wanted) => document.title === wanted, {}, `${title} · pixelcycle`);
      await page.waitForSelector("main h1");
      expect(await page.$eval('nav a[aria-current="page"]', (link) => link.textContent)).toBe(title);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("names the adapter", async () => {
    const { page } = await open();
    await page.waitForFunction(() => /SwiftShader.*no GPU/i.test(document.querySelector(".adapter")!.textContent));
    await page.close();
  });

  test("remembers the theme over a reload, and follows the system without a choice", async () => {
    const { page } = await open({ theme: "dark" });
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    await page.waitForSelector(".theme");
    expect(await theme()).toBe("dark");
    await page.click(".theme");
    expect(await theme()).toBe("light");
    await page.reload();
    await page.waitForSelector(".theme");
    expect(await theme()).toBe("light");
    await page.click(".theme");
    expect(await theme()).toBe("dark");
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
    await page.waitForFunction(() => document.documentElement.dataset.theme === "light");
    await page.close();
  });

  test("is never wider than its window", async () => {
    const { page } = await open({ width: 320, height: 640 });
    await page.waitForSelector("main h1");
    const { content, window } = await page.evaluate(() => ({
      content: document.documentElement.scrollWidth,
      window: innerWidth,
    }));
    expect(content).toBeLessThanOrEqual(window);
    await page.close();
  });
});

describe("without WebGPU", () => {
  test("lists the browsers that have it, and shows examples", async () => {
    const { page, complaints } = await open();
    await page.evaluateOnNewDocument(() => Object.defineProperty(navigator, "gpu", { value: undefined }));
    await page.reload({ waitUntil: "networkidle0" });
    const text = await page.$eval("main", (main) => main.textContent);
    expect(text).toMatch(/This browser has no WebGPU.*Chrome and Edge 113.*Safari 26.*Firefox 141/);
    const widths = await page.$$eval("main img", (images) => images.map((image) => image.naturalWidth));
    expect(widths).toHaveLength(6);
    expect(Math.min(...widths)).toBeGreaterThan(50);
    expect(complaints).toEqual([]);
    await screenshot(page, "shell-without-webgpu");
    await page.close();
  });

  test("distinguishes a missing adapter from missing WebGPU", async () => {
    const { page } = await open();
    await page.evaluateOnNewDocument(() => {
      Object.defineProperty(navigator, "gpu", { value: { requestAdapter: () => Promise.resolve(null) } });
    });
    await page.reload();
    await page.waitForFunction(() => document.body.textContent.includes("finds no graphics adapter"));
    await page.close();
  });
});

describe("the build", () => {
  const folder = testFolder("build");

  test("keeps the first view's scripts under 250 KB, compressed", async () => {
    await buildDemo(folder);
    // The first view is Convert, which loads with its worker.
    const main = readFileSync(join(folder, "main.js"), "utf8");
    const views = [...main.matchAll(/import\("\.\/(chunks\/view-[^"]+)"\)/g)].map(([, file]) => file);
    expect(views).toHaveLength(4);
    const all = new Set(["main.js", views[0], "workers/convert.js"].flatMap((file) => [...closure(folder, file)]));
    const bytes = [...all].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0);
    expect(bytes).toBeLessThan(250_000);
  });

  test("refers to nothing outside itself", () => {
    const html = readFileSync(join(folder, "index.html"), "utf8");
    expect(html).not.toMatch(/(?:src|href)="(?:\/|https?:)/);
    expect(html).toMatch(/default-src 'none'/);
    for (const file of ["style.css", "weights/index.json", "samples/index.json", "samples/train/index.json"]) {
      expect(existsSync(join(folder, file)), file).toBe(true);
    }
  });
});

/** A script and everything that it imports statically. */
function closure(folder: string, first: string): Set<string> {
  const found = new Set([first]);
  for (const file of found) {
    const text = readFileSync(join(folder, file), "utf8");
    const directory = file.includes("/") ? file.replace(/\/[^/]*$/, "") : ".";
    for (const [, target] of text.matchAll(/(?:from|import)\s*"(\.[^"]+)"/g)) found.add(join(directory, target));
  }
  return found;
}
