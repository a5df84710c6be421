// npm run page:picture: takes README's picture of the page, docs/images/page.png, as a visitor sees it: the page in Chromium on its software GPU,
// a sample converted by the larger model. It takes a few minutes. `--dark` and another path give other pictures of it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { launch } from "puppeteer";
import { chromium } from "./chromium.mjs";
import { buildDemo, serve } from "./demo.mjs";

const place = fileURLToPath(new URL("../docs/images/page.png", import.meta.url));
const { values, positionals } = parseArgs({ options: { dark: { type: "boolean" } }, allowPositionals: true });

const sample = "cat";
const model = "pixelart-4";
const longestSide = "384 px";

/** The text of an element matches, within the time that a software GPU may take. */
function until(
  /** @type {import("puppeteer").Page} */ page,
  /** @type {string} */ selector,
  /** @type {RegExp} */ pattern,
) {
  return page.waitForFunction(
    (selector, source) => new RegExp(source).test(document.querySelector(selector)?.textContent ?? ""),
    { timeout: 900_000 },
    selector,
    pattern.source,
  );
}

/** Chooses what is so called from a list. */
async function choose(/** @type {import("puppeteer").Page} */ page, /** @type {string} */ text) {
  await page.evaluate((text) => {
    const option = [...document.querySelectorAll("option")].find((option) => option.textContent === text);
    const list = option?.closest("select");
    if (!option || !list) throw new Error(`There is no choice called ${text}.`);
    list.value = option.value;
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }, text);
}

const folder = mkdtempSync(join(tmpdir(), "pixelcycle-picture-"));
await buildDemo(folder);
const { address, close } = await serve(folder);
const browser = await launch({
  executablePath: await chromium(),
  args: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--no-sandbox"],
  protocolTimeout: 900_000,
});
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1200, height: 900 });
  const colours = values.dark ? "dark" : "light";
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: colours },
    { name: "prefers-reduced-motion", value: "reduce" },
  ]);
  await page.goto(address);
  await until(page, ".model-facts", /parameters in/);
  await choose(page, model);
  await until(page, ".model-facts", /width 32,/);
  await choose(page, longestSide);
  await page.click(`.sample img[src*="${sample}"]`);
  await until(page, ".result-facts", /cells\. Painted/);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: /** @type {`${string}.png`} */ (positionals[0] ?? place), fullPage: true });
} finally {
  await browser.close();
  close();
  rmSync(folder, { recursive: true });
}
