// The gallery's page as a user opens it: from disk, in Chromium.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launch, type ElementHandle, type Page } from "puppeteer";
import sharp from "sharp";
import { afterAll, describe, expect, test } from "vitest";
import { chromium } from "../../scripts/chromium.mjs";
import { galleryPage } from "../../src/cli/pages/gallery-page.ts";
import { parseChoices } from "../../src/dataset/audit/choices.ts";
import { columnsOf, type GalleryFile, type GalleryPicture } from "../../src/gallery/data.ts";
import { verdictNames } from "../../src/gallery/facets.ts";
import { accessibilityFaults } from "../demo/accessibility.ts";
import { screenshot } from "../demo/browser.ts";
import { galleryPicture } from "./tiny.ts";

const folder = mkdtempSync(join(tmpdir(), "pixelcycle-gallery-page-"));
afterAll(() => rmSync(folder, { recursive: true }));
const browser = await launch({ executablePath: await chromium(), args: ["--no-sandbox"] });
afterAll(() => browser.close());

const preview = "ab".repeat(12);
const hostile = `"><img src=x onerror="document.title='broken out'">'</script><script>document.title='broken out'</script>.png`;
const made: GalleryPicture[] = Array.from({ length: 3000 }, (_, i) => {
  const verdict = i === 1 ? "broken" : verdictNames[Math.min(4, i % 7)];
  const cell = 1 + (i % 5);
  return galleryPicture({
    ...{ file: i === 0 ? hostile : `art/${String(i).padStart(4, "0")}.png`, source: i === 0 ? "" : "art", verdict },
    ...{ width: 64, height: 48, cellX: cell, cellY: cell, columns: Math.floor(64 / cell), rows: Math.floor(48 / cell) },
    ...{
      colors: 2 ** (1 + (i % 11)),
      confidence: (i % 100) / 100,
      alpha: i % 3 === 0,
      preview: i === 1 ? "" : preview,
    },
    ...(i === 9 && { duplicateOf: 2, duplicateKind: "near" as const }),
  });
});

const png = { create: { width: 64, height: 48, channels: 3, background: "#3a7" } } as const;
mkdirSync(join(folder, ".previews", "ab"), { recursive: true });
for (const end of ["", "-large"])
  await sharp(png)
    .webp()
    .toFile(join(folder, ".previews", "ab", `${preview}${end}.webp`));
const data: GalleryFile = { sources: ["art", hostile], base: "../", columns: columnsOf(made) };
writeFileSync(join(folder, "data.js"), `globalThis.gallery = ${JSON.stringify(data)};\n`);
writeFileSync(join(folder, "index.html"), galleryPage());

const complaints: string[] = [];
async function open(theme: "light" | "dark" = "light", width = 1280): Promise<Page> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("requestfailed", (request) => complaints.push(`${request.url()} ${request.failure()?.errorText}`));
  await page.setViewport({ width, height: 800 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
  await page.goto(pathToFileURL(join(folder, "index.html")).href);
  return page;
}

const countShown = (page: Page) => page.$eval(".count b", (count) => Number(count.textContent!.replace(",", "")));
const press = async (page: Page, ...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key as "K");
};
const button = (page: Page, label: string) => page.locator(`::-p-xpath(//button[normalize-space()="${label}"])`);
/** Clicks a bin of a list or a bar of a histogram, by its index. */
const bin = (page: Page, facet: string, place: number) =>
  page.$$eval(`[aria-labelledby="facet-${facet}"] button`, (bins, place) => bins[place].click(), place);

describe("the page", () => {
  test("shows all pictures with few elements, and no name breaks out of it", async () => {
    const page = await open();
    expect(await countShown(page)).toBe(3000);
    expect(await page.$$eval(".tile", (tiles) => tiles.length)).toBeLessThan(120);
    expect(await page.title()).toBe("3,000 pictures · pixelcycle");
    expect(await page.$eval(".tile", (tile) => tile.getAttribute("title"))).toBe(hostile);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.waitForSelector("#picture-2999");
    expect(await page.$$eval(".tile", (tiles) => tiles.length)).toBeLessThan(120);
  });

  test.each([
    ["light", 1280],
    ["dark", 390],
  ] as const)("is accessible; %s, %d wide", async (theme, width) => {
    const page = await open(theme, width);
    await screenshot(page, `gallery-${theme}`, { fullPage: false });
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.click("#picture-4");
    await page.waitForSelector(".sheet img");
    await screenshot(page, `gallery-closeup-${theme}`, { fullPage: false });
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test("filters by a click on a bar, sorts, searches, and shows all again", async () => {
    const page = await open();
    await bin(page, "cell", 4);
    const isCell4 = ({ verdict, cellX }: GalleryPicture) => cellX === 4 && !/^(not|broken)/.test(verdict);
    expect(await countShown(page)).toBe(made.filter(isCell4).length);
    await bin(page, "colors", 0);
    expect(await countShown(page)).toBe(made.filter((picture) => isCell4(picture) && picture.colors === 2).length);
    await page.locator("input[type=search]").fill("0003");
    expect(await countShown(page)).toBe(0);
    await button(page, "Show all").click();
    expect(await countShown(page)).toBe(3000);
    await page.select("select", "confidence");
    await page.click(".bar [aria-label='Descending order']");
    const first = await page.$eval(".tile .name", (name) => name.textContent);
    expect(first).toBe("0099.png");
  });

  test("shows a picture large with its grid over it", async () => {
    const page = await open();
    await page.click("#picture-3");
    const path = await page.waitForSelector(".sheet .grid path");
    const steps = await path!.evaluate((path) =>
      path
        .getAttribute("d")!
        .match(/M\d+ 0V/g)!
        .map((part) => parseInt(part.slice(1))),
    );
    expect(steps.slice(0, 4)).toEqual([0, 4, 8, 12]);
    expect(await page.$eval(".sheet img", (image) => (image as HTMLImageElement).naturalWidth)).toBe(64);
    await press(page, "g");
    expect(await page.$(".sheet .grid")).toBeNull();
    await press(page, "g", "ArrowRight");
    expect(await page.$eval("#closeup-name", (name) => name.textContent)).toBe("0004.png");
    await press(page, "Escape");
    expect(await page.$("dialog[open]")).toBeNull();
  });

  test("keeps and drops by the keyboard, remembers it, and saves the list that prepare reads", async () => {
    const page = await open();
    await page.focus(".tiles");
    await press(page, "k", "ArrowRight", "d", "ArrowRight", "d", "ArrowRight", "k", "u", "ArrowDown", "d");
    const perRow = await page.$$eval(
      ".tile",
      (tiles) => tiles.filter((tile) => (tile as HTMLElement).style.transform.endsWith(", 0px)")).length,
    );
    const below = made[3 + perRow].file;
    await page.reload();
    const downloads = mkdtempSync(join(folder, "downloads-"));
    const session = await page.createCDPSession();
    await session.send("Browser.setDownloadBehavior", {
      behavior: "allow",
      downloadPath: downloads,
      browserContextId: page.browserContext().id!,
      eventsEnabled: true,
    });
    const isDone = new Promise<void>((resolve) =>
      session.on("Browser.downloadProgress", ({ state }) => state === "completed" && resolve()),
    );
    await button(page, "Save choices.json").click();
    await isDone;
    const saved = parseChoices(readFileSync(join(downloads, "choices.json"), "utf8"));
    expect(saved).toEqual({ keep: [hostile], drop: ["art/0001.png", "art/0002.png", below] });
  });

  test("decides about all shown pictures, undoes it, and reads a saved list", async () => {
    const page = await open();
    await bin(page, "alpha", 0);
    await button(page, "Drop").click();
    const decided = () => page.$eval(".bar .faint.number", (words) => words.textContent);
    expect(await decided()).toBe("0 kept, 1,000 dropped");
    await button(page, "Undo").click();
    expect(await decided()).toBe("No choices yet");
    const list = join(folder, "list.json");
    writeFileSync(list, JSON.stringify({ keep: ["art/0005.png"], drop: [hostile] }));
    const file = (await page.$("input[type=file]")) as ElementHandle<HTMLInputElement>;
    await file.uploadFile(list);
    await page.waitForFunction(() => document.querySelector(".bar")!.textContent!.includes("1 kept, 1 dropped"));
    writeFileSync(list, "[]");
    await file.uploadFile(list);
    await page.waitForSelector("[role=alert]");
    expect(await decided()).toBe("1 kept, 1 dropped");
  });

  test("moves to the next picture if a choice removes one from the list", async () => {
    const page = await open();
    await bin(page, "choice", 2);
    await page.focus(".tiles");
    await press(page, "d", "d", "d");
    expect(await countShown(page)).toBe(2997);
    expect(await page.$eval("[aria-selected=true]", (tile) => tile.getAttribute("title"))).toBe("art/0003.png");
  });

  test("reports missing data", async () => {
    const lost = join(folder, "lost");
    mkdirSync(lost);
    writeFileSync(join(lost, "index.html"), galleryPage());
    const page = await browser.newPage();
    await page.goto(pathToFileURL(join(lost, "index.html")).href);
    expect(await page.$eval("body", (body) => body.textContent)).toContain("data.js, is not beside this page");
  });
});

test("the browser reported no error", () => expect(complaints).toEqual([]));
