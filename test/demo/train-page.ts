// The view that trains, as a visitor has it: what the tests of it do over and over. Runs are as small as runs can be: SwiftShader computes them.

import axe from "axe-core";
import type { Page } from "puppeteer-core";

/** Options of a run that does a step in well under a second, and saves often. */
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

/** Comes when a button may be clicked, and clicks it. */
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

/** Types into the field, or chooses in the list, that has this label. */
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

/** Comes when the text of the view matches; gives what matched. */
export async function until(page: Page, pattern: RegExp): Promise<string> {
  const handle = await page.waitForFunction(
    (source, flags) => new RegExp(source, flags).exec(document.querySelector("main")!.innerText)?.[0],
    { timeout: 60_000 },
    pattern.source,
    pattern.flags,
  );
  return (await handle.jsonValue()) as string;
}

/** The step that the run is at. */
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

/** Begins a run on the sample set. */
export async function beginSmallRun(
  page: Page,
  name: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<void> {
  await press(page, "All options");
  await fill(page, { ...smallRun, ...changes, "Name of the run": name });
  await press(page, "Start training");
}

/** How different the colours are that each live picture shows: 0 where it shows nothing. */
export async function pictureSpreads(page: Page): Promise<number[]> {
  return page.$$eval(".live canvas", (canvases) =>
    canvases.map((canvas) => {
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
      return new Set(new Uint32Array(data.buffer)).size;
    }),
  );
}

/** What a screen reader or a keyboard would stumble over. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run("main", { resultTypes: ["violations"] }),
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** Comes when no run of that name is listed. */
export async function untilGone(page: Page, name: string): Promise<void> {
  await page.waitForFunction(
    (name) => ![...document.querySelectorAll(".run-list h3")].some((heading) => heading.textContent === name),
    { timeout: 60_000 },
    name,
  );
}
