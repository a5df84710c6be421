// The Convert view in depth: a batch of samples with the bundled model, the camera (Chromium's fake
// one), the stage with mouse and wheel, and a screenshot of each state at three widths, light and
// dark.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer";
import { beforeAll, describe, expect, test } from "vitest";
import { writeSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { Generator } from "../../src/nn/generator.ts";
import { fitWithin, resizeBicubic } from "../../src/picture/resize.ts";
import { pixelate } from "../../src/pixelart/pixelate.ts";
import { decodeImage } from "../../src/platform/pictures/images.node.ts";
import { testFolder } from "../folder.ts";
import { openTestGpu } from "../gpu.ts";
import { randomWeights } from "../networks.ts";
import { accessibilityFaults } from "./accessibility.ts";
import { openBrowser, screenshot } from "./browser.ts";
import {
  chooseLook,
  chooseModel,
  choosePictures,
  clickButton,
  difference,
  downloadedPicture,
  hexOf,
  setSlider,
  untilMessage,
  untilModel,
  untilResult,
  untilTiles,
  writeSmallFiles,
} from "./convert-page.ts";

const folder = testFolder("convert-slow");
const files = await writeSmallFiles(folder);
const camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
const chromium = await openBrowser({ models: "bundled", more: camera });
const { open, browser, address } = chromium;
const gpu = await openTestGpu();

/**
 * Checks the page in a state, at all supported widths and in both themes: nothing may overflow or
 * be inaccessible.
 */
async function lookAt(page: Page, state: string): Promise<void> {
  for (const [width, height] of [
    [360, 740],
    [768, 1024],
    [1440, 900],
  ]) {
    await page.setViewport({ width, height });
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 400)));
      await screenshot(page, `convert-${state}-${width}-${theme}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  }
  await page.setViewport({ width: 1280, height: 900 });
  expect(await accessibilityFaults(page)).toEqual([]);
}

describe("from a sample to its art", () => {
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    ({ page, complaints } = await open());
    await page.waitForSelector(".sample img");
    await untilModel(page);
  });

  test("one click gives a result", async () => {
    await lookAt(page, "empty");
    const sample = await page.$eval(".sample img", (image) => new URL(image.src).pathname.split("/").at(-1)!);
    await page.click(".sample");
    await page.waitForFunction(() => /Converting/.test(document.querySelector(".doing")?.textContent ?? ""));
    await page.waitForFunction(
      () => (document.querySelector<HTMLProgressElement>(".doing progress")?.value ?? 0) > 0.2,
      {
        timeout: 240_000,
      },
    );
    await lookAt(page, "working");
    expect(await untilResult(page)).toMatch(
      /^256 × 144 pixels, 64 × 36 cells\. Converted in .* The file \(384 × 216, \d+ KB\) was resized to 256 × 144 first\./,
    );
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await lookAt(page, "result");

    // The colours are computed in integers from the network's output and the sample, so they are
    // the same on every device.
    const swatches = await page.$$eval(".swatches li", (all) => all.map(({ title }) => title));
    await chooseLook(page, "Network output");
    await untilResult(page, /^256 × 144 pixels\. /);
    const { image: painted } = await downloadedPicture(chromium, folder, page);
    await chooseLook(page, "Pixel art");
    await untilResult(page, /cells/);
    const source = fitWithin(await decodeImage(`samples/${sample}`), 256);
    const { palette } = await pixelate(gpu, painted, { cell: 4, scale: 4, source });
    expect(swatches).toEqual(palette!.map(hexOf));
    expect(complaints).toEqual([]);
  }, 400_000);

  test("the divider follows the pointer and the keyboard", async () => {
    const divider = (await page.$(".divider"))!;
    const now = () => divider.evaluate((element) => Number(element.getAttribute("aria-valuenow")));
    expect(await now()).toBe(50);
    const stage = (await (await page.$(".stage"))!.boundingBox())!;
    const middle = stage.y + stage.height / 2;
    await page.mouse.move(stage.x + stage.width / 2, middle);
    await page.mouse.down();
    await page.mouse.move(stage.x + 0.2 * stage.width, middle, { steps: 4 });
    await page.mouse.up();
    expect(await now()).toBe(20);
    await page.keyboard.press("ArrowRight");
    expect(await now()).toBe(22);
    await page.keyboard.press("End");
    expect(await now()).toBe(100);
    await page.keyboard.press("Home");
    expect(await now()).toBe(0);
  });

  test("the wheel zooms about the pointer with crisp pixels, a drag moves, a double click fits", async () => {
    const percent = () => page.$eval(".stage-tools output", (output) => parseInt(output.textContent!));
    const rest = () => new Promise((resolve) => setTimeout(resolve, 1200));
    const fitted = await percent();
    const stage = (await (await page.$(".stage"))!.boundingBox())!;
    const [x, y] = [stage.x + 0.62 * stage.width, stage.y + 0.55 * stage.height];
    /** The colours of a row of pixels through a point, from the canvas itself. */
    const row = () =>
      page.evaluate(
        (x, y) => {
          const canvas = document.querySelector<HTMLCanvasElement>(".stage canvas")!;
          const { left, top } = canvas.getBoundingClientRect();
          const { data } = canvas.getContext("2d")!.getImageData(x - left - 60, y - top, 120, 1);
          return [...new Uint32Array(data.buffer)];
        },
        x,
        y,
      );
    await page.mouse.move(x, y);
    const before = (await row())[60];
    for (let i = 0; i < 5; i++) await page.mouse.wheel({ deltaY: -200 });
    await rest();
    expect(await percent()).toBeGreaterThan(3 * fitted);
    const enlarged = await row();
    expect(enlarged[60]).toBe(before);
    // Adjacent cells of one colour: every colour fills a run of many pixels.
    const runs = enlarged.filter((colour, i) => i === 0 || colour !== enlarged[i - 1]).length;
    expect(runs).toBeLessThan(8);
    await page.mouse.down();
    await page.mouse.move(x - 50, y, { steps: 5 });
    await page.mouse.up();
    await rest();
    expect((await row()).slice(0, 60)).toEqual(enlarged.slice(50, 110));
    await screenshot(page, "convert-enlarged", { fullPage: false });
    await page.mouse.click(x, y, { count: 2 });
    await rest();
    expect(await percent()).toBe(fitted);
  });
});

test("a batch shows its progress, and the error of a bad file", async () => {
  const { page, complaints } = await open();
  await chooseModel(page, files.safetensors);
  await untilModel(page, /width 4/);
  const samples = ["astronaut", "cat", "colosseum", "harbour", "new-york", "stone-path", "winter-peaks"];
  const paths = samples.map((name) => `samples/${name}.jpg`);
  await choosePictures(page, ...paths.slice(0, 2), "samples/CREDITS.md", files.png, ...paths.slice(2));
  // A file without a picture's extension is skipped.
  expect(await untilMessage(page)).toBe("1 file left out: it is not a picture.");
  await page.waitForFunction(
    () => /^[2-5] of 8 done, about/.test(document.querySelector(".batch")?.textContent ?? ""),
    {
      timeout: 240_000,
    },
  );
  await lookAt(page, "batch");
  await untilTiles(page, 8);
  await setSlider(page, "Cell size", 6);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await lookAt(page, "batch-done");
  expect(complaints).toEqual([]);
}, 400_000);

/** Small, but with the least depth that a U-Net has. */
const smallUnet = {
  kind: "unet",
  inputChannels: 3,
  outputChannels: 3,
  ngf: 2,
  downs: 5,
  norm: "instance",
  dropout: null,
} as const;

test("a U-Net, which needs certain multiples as sides, gets resized pictures", async () => {
  const { page, complaints } = await open();
  const unet = join(folder, "unet.safetensors");
  const weights = randomWeights(smallUnet);
  writeFileSync(unet, writeSafetensors(weights));
  await chooseModel(page, unet);
  await untilModel(page, /^unet/);
  await choosePictures(page, files.png);
  expect(await untilResult(page)).toMatch(/^64 × 64 pixels.* The file \(64 × 48, .*\) was resized to 64 × 64 first\.$/);
  await chooseLook(page, "Network output");
  await untilResult(page, /^64 × 64 pixels\. /);
  const { image } = await downloadedPicture(chromium, folder, page);
  const generator = await Generator.create(gpu, weights);
  const truth = await generator.convert(resizeBicubic(await decodeImage(files.png), 64, 64));
  expect(difference(image, truth).most).toBeLessThanOrEqual(1);
  generator.release();
  expect(complaints).toEqual([]);
});

describe("the camera", () => {
  test("is converted live, with its rate, and released", async () => {
    const { page, complaints } = await open();
    await chooseModel(page, files.safetensors);
    await untilModel(page, /width 4/);
    await clickButton(page, "Use webcam");
    await page.waitForFunction(
      () => /^\d+ × \d+ pixels, \d+\.\d frames per second$/.test(document.querySelector(".doing")?.textContent ?? ""),
      { timeout: 120_000 },
    );
    await lookAt(page, "camera");
    const rate = await page.$eval(".doing", (element) => element.textContent);
    console.log(`the camera on SwiftShader, with a tiny network: ${rate}`);
    await clickButton(page, "Stop webcam");
    await page.waitForSelector(".inputs");
    expect(await page.evaluate(() => document.querySelectorAll("video").length)).toBe(0);
    expect(complaints).toEqual([]);
  }, 400_000);

  test("that is denied gives a message", async () => {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.goto(`${address}#convert`);
    await page.waitForSelector(".inputs");
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("denied", "NotAllowedError"));
    });
    await clickButton(page, "Use webcam");
    expect(await untilMessage(page)).toMatch(/^Access to the camera was denied\. Allow it next to/);
    await page.waitForSelector(".inputs");
    await context.close();
  });
});
