// Helpers for tests of the Convert view.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ElementHandle, Page } from "puppeteer";
import { expect } from "vitest";
import { writeSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { writePth } from "../../src/formats/torch/pth-write.ts";
import type { Image } from "../../src/picture/image.ts";
import { decodeImage, encodePng } from "../../src/platform/pictures/images.node.ts";
import { randomPicture, randomWeights, smallResnet } from "../networks.ts";
import type { TestBrowser } from "./browser.ts";

export const smallWeights = randomWeights(smallResnet);

/** A tiny network in both formats, and random pictures: their paths. */
export async function writeSmallFiles(folder: string) {
  const paths = {
    pth: join(folder, "small.pth"),
    safetensors: join(folder, "small.safetensors"),
    png: join(folder, "small.png"),
    other: join(folder, "other.png"),
  };
  writeFileSync(paths.pth, writePth(smallWeights));
  writeFileSync(paths.safetensors, writeSafetensors(smallWeights));
  writeFileSync(paths.png, await encodePng(randomPicture(64, 48)));
  writeFileSync(paths.other, await encodePng(randomPicture(48, 56)));
  return paths;
}

/** Gives files to the page's inputs, since tests cannot use the dialog. */
export async function choosePictures(page: Page, ...paths: string[]): Promise<void> {
  const input = await page.waitForSelector(':is(.frame, .pictures) input[type="file"]');
  await (input as ElementHandle<HTMLInputElement>).uploadFile(...paths);
}

export async function chooseModel(page: Page, path: string): Promise<void> {
  await untilModel(page);
  const input = (await page.$('.settings input[type="file"]')) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(path);
}

/** Resolves when a model is ready whose facts match. */
export async function untilModel(page: Page, facts = /parameters in/): Promise<string> {
  const handle = await page.waitForFunction(
    (source) => {
      const text = document.querySelector(".model-facts")?.textContent ?? "";
      return new RegExp(source).test(text) && !/Loading/.test(text) && text;
    },
    { timeout: 110_000 },
    facts.source,
  );
  return (await handle.jsonValue()) as string;
}

/** The name of the bundled model that the page chose, from the sentence that says why. */
export async function modelTaken(page: Page): Promise<string> {
  const facts = await untilModel(page, /per picture here/);
  return / ([\w-]+): about [\d.]+ s per picture here/.exec(facts)![1];
}

/**
 * Resolves when this many pictures of the list are in a state.
 *
 * @throws an error that names the states of all, before the test's own time is over
 */
export async function untilTiles(page: Page, count: number, state = "done"): Promise<void> {
  const reached = page.waitForFunction(
    (count, state) => document.querySelectorAll(`.tile[data-state="${state}"]`).length === count,
    { timeout: 100_000 },
    count,
    state,
  );
  await reached.catch(async (error: unknown) => {
    const states = await page.$$eval(".tile", (all) => all.map((tile) => (tile as HTMLElement).dataset.state));
    throw new Error(`The pictures are ${states.join(", ")}, not ${count} of them ${state}.`, { cause: error });
  });
}

/** Clicks the button in the same moment in which the page says that it works on something. */
export async function clickWhile(page: Page, working: RegExp, text: string): Promise<void> {
  await page.waitForFunction(
    (source, text) => {
      if (!new RegExp(source).test(document.querySelector(".doing")?.textContent ?? "")) return false;
      const button = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === text);
      button?.click();
      return button !== undefined;
    },
    { timeout: 100_000 },
    working.source,
    text,
  );
}

/** Resolves with the result's facts when it is on the stage. */
export async function untilResult(page: Page, text = /pixels/): Promise<string> {
  const handle = await page.waitForFunction(
    (source) => {
      const text = document.querySelector(".result-facts")?.textContent ?? "";
      return new RegExp(source).test(text) && text;
    },
    { timeout: 240_000 },
    text.source,
  );
  return (await handle.jsonValue()) as string;
}

export async function clickButton(page: Page, text: string): Promise<void> {
  await page.locator(`::-p-xpath(//button[contains(normalize-space(.), "${text}")])`).click();
}

/** Chooses what is shown: `Pixel art`, or `Network output`. */
export async function chooseLook(page: Page, text: string): Promise<void> {
  await page.locator(`::-p-xpath(//fieldset//label[normalize-space(.) = "${text}"])`).click();
}

/** Moves a slider or fills a field as a user does, with an input event. */
export async function setSlider(page: Page, label: string, value: number): Promise<void> {
  await page.evaluate(
    (label, value) => {
      const found = [...document.querySelectorAll("label")].find(({ textContent }) => textContent === label)!;
      const input = document.getElementById(found.htmlFor) as HTMLInputElement;
      input.value = String(value);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    },
    label,
    value,
  );
}

/** The hex code of [red, green, blue], as in the swatches. */
export function hexOf(colour: readonly number[]): string {
  return `#${Buffer.from(colour).toString("hex")}`;
}

/** Does something that downloads a file, and returns its name and bytes. */
export async function downloaded({ browser }: TestBrowser, folder: string, act: () => Promise<void>) {
  const downloads = mkdtempSync(join(folder, "download-"));
  mkdirSync(downloads, { recursive: true });
  const session = await browser.target().createCDPSession();
  await session.send("Browser.setDownloadBehavior", {
    behavior: "allow",
    downloadPath: downloads,
    eventsEnabled: true,
  });
  const ended = new Promise<void>((resolve) =>
    session.on("Browser.downloadProgress", ({ state }) => state === "completed" && resolve()),
  );
  await act();
  await ended;
  const [name] = readdirSync(downloads);
  if (!existsSync(join(downloads, name))) throw new Error("Nothing was downloaded.");
  return { name, bytes: new Uint8Array(readFileSync(join(downloads, name))) };
}

/** The picture that "Download PNG" saves. */
export async function downloadedPicture(browser: TestBrowser, folder: string, page: Page) {
  const { name, bytes } = await downloaded(browser, folder, () => clickButton(page, "Download PNG"));
  return { name, image: await decodeImage(bytes) };
}

/** The largest difference between the channels of two pictures, and the number that differ. */
export function difference(a: Image, b: Image): { most: number; count: number; of: number } {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  const apart = a.data.map((value, i) => Math.abs(value - b.data[i]));
  return { most: Math.max(...apart), count: apart.filter((value) => value > 0).length, of: apart.length };
}

/** Resolves with the shown message. */
export async function untilMessage(page: Page): Promise<string> {
  const notice = await page.waitForSelector(".messages .notice p", { timeout: 60_000 });
  return notice!.evaluate((element) => element.textContent ?? "");
}

/** Records the labels of all passes that the page's worker submits, and can destroy its device. */
export async function watchGpu(page: Page) {
  const worker = page.workers().find((worker) => worker.url().endsWith("/workers/convert.js"))!;
  await worker.evaluate(() => {
    const seen = globalThis as unknown as { passes: string[]; device?: GPUDevice };
    seen.passes = [];
    const begin = GPUCommandEncoder.prototype.beginComputePass;
    GPUCommandEncoder.prototype.beginComputePass = function (descriptor) {
      seen.passes.push(descriptor?.label ?? "");
      return begin.call(this, descriptor);
    };
    const create = GPUDevice.prototype.createCommandEncoder;
    GPUDevice.prototype.createCommandEncoder = function (descriptor) {
      seen.device = this;
      return create.call(this, descriptor);
    };
  });
  return {
    passes: () => worker.evaluate(() => (globalThis as unknown as { passes: string[] }).passes),
    /** Destroys the device of the last pass. */
    destroyDevice: () => worker.evaluate(() => (globalThis as unknown as { device: GPUDevice }).device.destroy()),
  };
}
