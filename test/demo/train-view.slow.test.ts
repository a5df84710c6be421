// The longer tests of the page's training: export and import, two tabs, the visitor's own pictures,
// and the look of every state on every screen (test-output/screenshots).

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import type { ElementHandle, Page } from "puppeteer";
import sharp from "sharp";
import { expect, test } from "vitest";
import { readCheckpoint } from "../../src/formats/checkpoint/checkpoint.ts";
import { readSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { testFolder } from "../folder.ts";
import { accessibilityFaults } from "./accessibility.ts";
import { openBrowser, screenshot } from "./browser.ts";
import {
  beginSmallRun,
  chooseTwoPictures,
  press,
  rememberRate,
  stepOf,
  until,
  untilActivity,
  untilGone,
  untilStep,
} from "./train-page.ts";

const opened = await openBrowser();
const { browser, open } = opened;
await rememberRate(opened);

const downloads = testFolder("downloads");
const client = await browser.target().createCDPSession();
await client.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads });

/** Resolves with the path of a completely downloaded file whose name has this ending. */
async function downloaded(ending: string): Promise<string> {
  for (;;) {
    const found = readdirSync(downloads).find((name) => name.endsWith(ending));
    if (found && existsSync(join(downloads, found))) return join(downloads, found);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test("a run is exported, removed, imported and continued", async () => {
  const { page, complaints } = await open({ view: "train" });
  await chooseTwoPictures(page);
  await beginSmallRun(page, "traveller");
  await untilStep(page, 2);
  await press(page, "Stop");
  await untilActivity(page, "Stopped");
  const stopped = await stepOf(page);

  await press(page, "Download generators");
  await press(page, "Download G_A as .pth");
  const { tensors: pth } = readCheckpoint(readFileSync(await downloaded(".pth")));
  await press(page, "Download G_B as .safetensors");
  const safetensors = readSafetensors(readFileSync(await downloaded(".safetensors")));
  await press(page, "Download G_A as .onnx");
  expect(readFileSync(await downloaded(".onnx")).length).toBeGreaterThan(10_000);
  const shapes = (tensors: readonly { name: string; shape: readonly number[] }[]) =>
    tensors.map(({ name, shape }) => `${name} ${shape.join(" x ")}`).sort();
  expect(shapes(pth)).toEqual(shapes(safetensors.tensors));
  expect(shapes(pth)).toContain("model.1.weight 4 x 3 x 7 x 7");

  await press(page, "Export traveller");
  const zip = await downloaded(".zip");
  const files = unzipSync(readFileSync(zip));
  const names = Object.keys(files).map((name) => name.replace(/^traveller\//, ""));
  expect(names).toEqual(expect.arrayContaining(["latest_state.safetensors", "train_opt.txt", "loss_log.txt"]));
  const options = Object.entries(files).find(([name]) => name.endsWith("train_opt.txt"))![1];
  expect(strFromU8(options)).toMatch(/crop_size: 32/);

  await press(page, "All runs");
  await press(page, "Remove traveller");
  await until(page, /cannot be undone/);
  await press(page, "Remove permanently");
  await untilGone(page, "traveller");
  const input = (await page.$("input[accept*=zip]")) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(zip);
  await press(page, "Continue traveller");
  await untilStep(page, stopped + 1);
  await press(page, "Stop");
  await untilActivity(page, "Stopped");
  expect(complaints).toEqual([]);
  await page.close();
});

test("a folder of art is checked before training, with its pixel sizes and a warning if they are mixed", async () => {
  const { page, complaints } = await open({ view: "train" });
  const folder = testFolder("mixed");
  const from = "samples/train/trainB";
  const art = readdirSync(from).sort().slice(0, 3);
  const enlarged = art.map(async (name) => {
    const { width } = await sharp(join(from, name)).metadata();
    const path = join(folder, `large-${name}`);
    await sharp(join(from, name))
      .resize({ width: 4 * width, kernel: "nearest" })
      .toFile(path);
    return path;
  });
  await page.waitForSelector(".segmented input[value=own]");
  await page.$eval(".segmented input[value=own]", (input) => input.click());
  const input = (await page.$$(".side .drop-zone input[accept]"))[1] as ElementHandle<HTMLInputElement>;
  await input.uploadFile(...art.map((name) => join(from, name)));
  await until(page, /Pixel sizes of 3 pictures/);
  expect(await page.$$(".cell-sizes .notice")).toEqual([]);
  await input.uploadFile(...(await Promise.all(enlarged)));
  await until(page, /Pixel sizes of 6 pictures/);
  await until(page, /mixed: .* 3 with cells of 2 pixels and 3 with cells of 8 pixels.*dataset prepare .*--cell 2/s);
  expect(await accessibilityFaults(page)).toEqual([]);
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    await screenshot(page, `train-mixed-${theme}`);
  }
  expect(complaints).toEqual([]);
  await page.close();
});

test("a second tab reports that the first one trains the run, and can continue it afterwards", async () => {
  const { page } = await open({ view: "train" });
  await chooseTwoPictures(page);
  await beginSmallRun(page, "shared");
  await untilStep(page, 1);
  const { page: second, complaints } = await open({ view: "train" });
  await until(second, /Another tab is training this run/);
  await page.bringToFront();
  await press(page, "Stop");
  await untilActivity(page, "Stopped");
  await second.bringToFront();
  await second.reload();
  await press(second, "Continue shared");
  await untilStep(second, (await stepOf(page)) + 1);
  await press(second, "Stop");
  await untilActivity(second, "Stopped");
  expect(complaints).toEqual([]);
  await page.close();
  await second.close();
});

test("the visitor's pictures are kept with the run", async () => {
  const { page, complaints } = await open({ view: "train" });
  await page.waitForSelector(".segmented input[value=own]");
  await page.$eval(".segmented input[value=own]", (input) => (input as HTMLInputElement).click());
  await until(page, /Add pictures for both sides/);
  const inputs = (await page.$$(".side .drop-zone input[accept]")) as ElementHandle<HTMLInputElement>[];
  await inputs[0].uploadFile("samples/otter.jpg", "samples/cat.jpg", "package.json");
  await until(page, /2 pictures\s+1 other file left out/);
  await inputs[1].uploadFile("samples/train/trainB/beach.png", "samples/train/trainB/moon.png");
  await beginSmallRun(page, "own pictures");
  await untilStep(page, 1);
  await press(page, "Stop");
  await untilActivity(page, "Stopped");
  await page.reload();
  await press(page, "Continue own pictures");
  await untilStep(page, 2);
  await press(page, "Stop");
  await untilActivity(page, "Stopped");
  expect(complaints).toEqual([]);
  await page.close();
});

test("every state fits every screen", async () => {
  const { page, complaints } = await open({ view: "train" });
  await until(page, /GFLOP per step/);
  await picture(page, "start");
  await press(page, "All options");
  await picture(page, "options");
  await press(page, "All options");
  await beginSmallRun(page, "looks");
  await page.waitForSelector(".run-title");
  await picture(page, "opening");
  await untilStep(page, 6);
  await picture(page, "training");
  await press(page, "Pause");
  await untilActivity(page, "Paused");
  await picture(page, "paused");
  await press(page, "Stop");
  await untilActivity(page, "Stopped");
  await picture(page, "stopped");
  expect(complaints).toEqual([]);
  await page.close();
});

/** Takes screenshots of a state, and checks what must hold for every state. */
async function picture(page: Page, state: string): Promise<void> {
  for (const theme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    for (const width of [360, 768, 1440]) {
      await page.setViewport({ width, height: 900 });
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), state).toBeLessThanOrEqual(
        0,
      );
      await screenshot(page, `train-${state}-${width}-${theme}`);
    }
    expect(await accessibilityFaults(page), `${state}, ${theme}`).toEqual([]);
  }
}
