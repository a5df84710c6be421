// Helpers for tests of the Train view. The runs are as small as possible, since SwiftShader
// computes them.

import { readdirSync } from "node:fs";
import type { ElementHandle, Page } from "puppeteer";
import type { TestBrowser } from "./browser.ts";

/** Options of a run whose steps take well under a second, and that saves often. */
export const smallRun = {
  netG: "resnet_6blocks",
  netD: "pixel",
  ngf: "4",
  ndf: "4",
  load_size: "36",
  crop_size: "32",
  max_dataset_size: "3",
  print_freq: "1",
  display_freq: "2",
  save_latest_freq: "5",
};

/**
 * Pretends that an earlier visit measured the adapter at one GFLOP/s. So times are known from the
 * start, and nothing is measured while a test waits.
 */
export async function rememberRate({ browser, address }: TestBrowser): Promise<void> {
  const page = await browser.newPage();
  await page.goto(`${address}samples/index.json`); // of the same origin, and without scripts
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("adapters", { create: true });
    const file = await (await folder.getFileHandle("rates.json", { create: true })).createWritable();
    await file.write(JSON.stringify({ "google swiftshader": { 9: 1e9 } }));
    await file.close();
  });
  await page.close();
}

/** Waits until a button is enabled, and clicks it. */
export async function press(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (text) => {
      const buttons = [...document.querySelectorAll<HTMLButtonElement>("main button, main summary")];
      const button = buttons.find(
        (button) =>
          !button.disabled && (button.getAttribute("aria-label") ?? button.textContent).trim().startsWith(text),
      );
      button?.click();
      return button !== undefined;
    },
    { timeout: 60_000 },
    text,
  );
}

/** Types into the field, or chooses in the list, with this label. */
export async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  await page.evaluate((fields) => {
    for (const [name, value] of Object.entries(fields)) {
      const label = [...document.querySelectorAll("main label")].find((label) => label.textContent.trim() === name);
      const input = document.getElementById(label!.getAttribute("for")!) as HTMLInputElement | HTMLSelectElement;
      input.value = value;
      input.dispatchEvent(new Event(input instanceof HTMLSelectElement ? "change" : "input", { bubbles: true }));
    }
  }, fields);
}

/** Resolves with the match when the text of the view matches. */
export async function until(page: Page, pattern: RegExp): Promise<string> {
  const handle = await page.waitForFunction(
    (source, flags) => new RegExp(source, flags).exec(document.querySelector("main")!.innerText)?.[0],
    { timeout: 60_000 },
    pattern.source,
    pattern.flags,
  );
  return (await handle.jsonValue()) as string;
}

/** The current step of the run. */
export async function stepOf(page: Page): Promise<number> {
  const text = await page.$eval(".run-title", (title) => title.textContent);
  return Number(/step ([\d,]+) of/.exec(text)?.[1].replaceAll(",", "") ?? 0);
}

export async function untilStep(page: Page, least: number): Promise<void> {
  await page.waitForFunction(
    (least) => {
      const text = document.querySelector(".run-title")?.textContent ?? "";
      return Number(/step ([\d,]+) of/.exec(text)?.[1].replaceAll(",", "") ?? 0) >= least;
    },
    { timeout: 60_000 },
    least,
  );
}

export async function untilActivity(page: Page, words: string): Promise<void> {
  await page.waitForFunction(
    (words) => document.querySelector(".run-title strong")?.textContent === words,
    { timeout: 60_000 },
    words,
  );
}

/** Chooses two pictures per side instead of the sample set, which takes a while to copy. */
export async function chooseTwoPictures(page: Page): Promise<void> {
  await page.waitForSelector(".segmented input[value=own]");
  await page.$eval(".segmented input[value=own]", (input) => input.click());
  const inputs = (await page.$$(".side .drop-zone input[accept]")) as ElementHandle<HTMLInputElement>[];
  for (const [index, side] of ["A", "B"].entries()) {
    const folder = `samples/train/train${side}`;
    const names = readdirSync(folder).sort().slice(0, 2);
    await inputs[index].uploadFile(...names.map((name) => `${folder}/${name}`));
  }
}

/** Starts a run on the chosen pictures. */
export async function beginSmallRun(
  page: Page,
  name: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<void> {
  await press(page, "All options");
  await fill(page, { ...smallRun, ...changes, "Run name": name });
  await press(page, "Start training");
}

/** Resolves when all eight live pictures have more than a few colours. */
export async function untilPictures(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const canvases = [...document.querySelectorAll<HTMLCanvasElement>(".live canvas")];
      const colours = canvases.map((canvas) => {
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
      return colours.length === 8 && Math.min(...colours) > 20;
    },
    { timeout: 60_000 },
  );
}

/** Resolves when no run of that name is listed. */
export async function untilGone(page: Page, name: string): Promise<void> {
  await page.waitForFunction(
    (name) => ![...document.querySelectorAll(".run-list h3")].some((heading) => heading.textContent === name),
    { timeout: 60_000 },
    name,
  );
}
