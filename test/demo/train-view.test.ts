// Training in the page, from a choice of options to a run that continues after a reload.

import { expect, test } from "vitest";
import { slowTest } from "../slow.ts";
import { accessibilityFaults } from "./accessibility.ts";
import { openBrowser, screenshot } from "./browser.ts";
import {
  beginSmallRun,
  chooseTwoPictures,
  fill,
  press,
  rememberRate,
  stepOf,
  until,
  untilActivity,
  untilPictures,
  untilStep,
} from "./train-page.ts";

const browser = await openBrowser();
const { open } = browser;
await rememberRate(browser);

test("the start shows what a run takes on this adapter, and refuses invalid options immediately", async () => {
  const { page, complaints } = await open({ view: "train" });
  await until(page, /SwiftShader runs on the CPU/i);
  await until(page, /48 pictures/);
  // At one GFLOP/s (see rememberRate) a step takes as many seconds as it has GFLOPs.
  const price = await until(page, /[\d.]+ GFLOP per step · [\d.]+ s here/);
  const [flops, seconds] = price.match(/[\d.]+/g)!.map(Number);
  expect(seconds).toBeCloseTo(flops, 0);
  await until(page, /Choose the tiny preset: with these pictures it takes about \d+ (h|min)/);
  expect(await page.$eval("[name]:checked[value=tiny]", (input) => (input as HTMLInputElement).checked)).toBe(true);
  await press(page, "All options");
  await fill(page, { ngf: "many" });
  await until(page, /ngf must be a whole number from 1, not "many"/);
  await fill(page, { ngf: "16", crop_size: "66" });
  await until(page, /multiples of 4/);
  expect(await page.$eval(".begin .primary", (button) => (button as HTMLButtonElement).disabled)).toBe(true);
  await press(page, "Reset to preset");
  await until(page, /same as the preset/);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

slowTest("a run starts, pauses, steps, stops, and continues after a reload", async () => {
  const { page, complaints } = await open({ view: "train", width: 1440 });
  await chooseTwoPictures(page);
  await beginSmallRun(page, "small one");
  await untilStep(page, 3);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("small one");
  await page.waitForFunction(() => /D_A\s*0?\.?\d/.test(document.querySelector(".loss-charts")!.textContent));
  await untilPictures(page);
  expect(await accessibilityFaults(page)).toEqual([]);

  await press(page, "Pause");
  await untilActivity(page, "Paused");
  const paused = await stepOf(page);
  await press(page, "Single step");
  await untilStep(page, paused + 1);
  await untilActivity(page, "Paused");
  expect(await stepOf(page)).toBe(paused + 1);
  await fill(page, { "Exact value": "0.001" });
  await until(page, /Learning rate\s*0\.001/);
  await press(page, "Resume");
  await untilStep(page, paused + 2);
  await press(page, "Stop");
  await untilActivity(page, "Stopped");
  const stopped = await stepOf(page);
  expect(await until(page, /Saved\s*.*, step \d+/)).toMatch(new RegExp(`step ${stopped}$`));
  await screenshot(page, "train-stopped");

  await page.reload();
  await until(page, new RegExp(`step ${stopped} of`));
  await press(page, "Continue small one");
  await untilStep(page, stopped + 1);
  expect(await page.$eval(".learning-rate output", (output) => output.textContent)).toBe("0.001");
  await press(page, "Stop");
  await untilActivity(page, "Stopped");
  expect(complaints).toEqual([]);
  await page.close();
});
