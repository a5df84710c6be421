// npm run page:picture: takes the README's picture of the page, docs/images/page.png, as a visitor
// sees it: the page in Chromium on its software GPU, with samples that the larger model has
// converted. It takes some minutes. Use `--dark` and another path for other pictures.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { launch } from "puppeteer";
import { chromium } from "./chromium.mjs";
import { buildDemo } from "./demo.mjs";
import { serve } from "./serve.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values, positionals } = parseArgs({ options: { dark: { type: "boolean" } }, allowPositionals: true });

/** The first one is on the stage. */
const samples = ["cat", "harbour", "general", "winter-peaks", "stone-path"];
const model = "pixelart-4";
const longestSide = "384 px";

/** Waits until an element's text matches, within the time that a software GPU may need. */
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

/** Chooses the option with this text from a list. */
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
  await page.setViewport({ width: 1240, height: 900 });
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
  const input = await page.$('.frame input[type="file"]');
  if (!input) throw new Error("The page has no place for pictures.");
  await /** @type {import("puppeteer").ElementHandle<HTMLInputElement>} */ (input).uploadFile(
    ...samples.map((name) => join(root, `samples/${name}.jpg`)),
  );
  await page.waitForFunction(
    (count) => document.querySelectorAll('.tile[data-state="done"]').length === count,
    { timeout: 900_000 },
    samples.length,
  );
  await until(page, ".result-facts", /cells\. Converted/);
  await page.mouse.move(0, 0);
  await page.screenshot({
    path: /** @type {`${string}.png`} */ (positionals[0] ?? join(root, "docs/images/page.png")),
    fullPage: true,
  });
} finally {
  await browser.close();
  close();
  rmSync(folder, { recursive: true });
}
