// Palettes and dithering in the page, compared with Node: choosing, editing, locking, reading and
// saving.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ElementHandle } from "puppeteer";
import { expect, test } from "vitest";
import { Generator } from "../../src/nn/generator.ts";
import { convertPicture } from "../../src/pixelart/convert.ts";
import { builtInPalette } from "../../src/pixelart/palettes/built-in.ts";
import { decodeImage, encodePng } from "../../src/platform/pictures/images.node.ts";
import { testFolder } from "../folder.ts";
import { openTestGpu } from "../gpu.ts";
import { accessibilityFaults } from "./accessibility.ts";
import { openBrowser, screenshot } from "./browser.ts";
import {
  chooseModel,
  choosePictures,
  clickButton,
  difference,
  downloaded,
  hexOf,
  setSlider,
  smallWeights,
  untilMessage,
  untilModel,
  untilResult,
  watchGpu,
  writeSmallFiles,
} from "./convert-page.ts";

const folder = testFolder("convert-colours");
const gpu = await openTestGpu();
const chromium = await openBrowser();
const files = await writeSmallFiles(folder);
const { page, complaints } = await chromium.open({ height: 1300 });
await chooseModel(page, files.pth);
await untilModel(page, /width 4/);
await choosePictures(page, files.png);
await untilResult(page, /64 × 48/);

const swatches = () => page.$$eval(".swatches li", (all) => all.map((swatch) => swatch.getAttribute("title")));

async function untilSwatches(wanted: readonly string[]): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      wanted === [...document.querySelectorAll(".swatches li")].map((swatch) => swatch.getAttribute("title")).join(),
    {},
    wanted.join(),
  );
}

async function choosePalette(name: string): Promise<void> {
  await page.evaluate((name) => {
    const labels = [...document.querySelectorAll(".palette-choice label")];
    const label = labels.find((label) => label.querySelector("span")!.textContent === name)!;
    label.querySelector("input")!.click();
  }, name);
}

async function openPalette(path: string): Promise<void> {
  const input = (await page.$('.palette-choice input[type="file"]')) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(path);
}

/** Chooses in the list with this label. */
async function chooseIn(label: string, value: string): Promise<void> {
  const id = await page.evaluate((label) => {
    return [...document.querySelectorAll("label")].find(({ textContent }) => textContent === label)!.htmlFor;
  }, label);
  await page.select(`[id="${id}"]`, value);
}

/** The hint under a field, and whether it is disabled. */
function fieldOf(label: string) {
  return page.evaluate((label) => {
    const found = [...document.querySelectorAll("label")].find(({ textContent }) => textContent === label)!;
    const { disabled } = document.getElementById(found.htmlFor) as HTMLInputElement;
    return { disabled, hint: found.closest(".field")!.querySelector(".hint")?.textContent };
  }, label);
}

const downloadPng = () => downloaded(chromium, folder, () => clickButton(page, "Download PNG"));

test("a built-in palette and dithering give Node's indexed PNG, without the network", async () => {
  const watched = await watchGpu(page);
  const pico = builtInPalette("pico-8")!.colours;
  await choosePalette("PICO-8");
  await chooseIn("Dithering", "bayer-4");
  await setSlider(page, "Scale", 1);
  await untilResult(page, /^16 × 12 pixels/);
  await untilSwatches(pico.map(hexOf));
  const { bytes } = await downloadPng();
  const generator = await Generator.create(gpu, smallWeights);
  const options = { cell: 4, scale: 1, palette: pico, dither: "bayer-4" } as const;
  const truth = await convertPicture(gpu, generator, await decodeImage(files.png), options);
  expect(difference(await decodeImage(bytes), truth.image)).toMatchObject({ count: 0 });
  // The header's colour type, and the palette in its original order.
  expect(bytes[25]).toBe(3);
  expect([...bytes.subarray(41, 41 + 48)]).toEqual(pico.flat());
  const undithered = await convertPicture(gpu, generator, await decodeImage(files.png), { ...options, dither: "none" });
  expect(difference(truth.image, undithered.image).count).toBeGreaterThan(0);
  generator.release();
  const passes = await watched.passes();
  expect(passes.some((label) => /palette|dither/.test(label))).toBe(true);
  expect(passes.filter((label) => /^bytes to numbers/.test(label))).toEqual([]);
});

test("conflicting options cannot be chosen, and say why", async () => {
  await page.evaluate(() => document.querySelector<HTMLDetailsElement>(".more")!.setAttribute("open", ""));
  expect(await fieldOf("Cleaning")).toEqual({ disabled: true, hint: expect.stringMatching(/Set Dithering to None/) });
  await page.evaluate(() => document.querySelector(".palette-choice details")!.setAttribute("open", ""));
  await screenshot(page, "convert-palettes");
  expect(await accessibilityFaults(page)).toEqual([]);
  await chooseIn("Dithering", "none");
  await setSlider(page, "Cleaning", 50);
  expect(await fieldOf("Dithering")).toEqual({ disabled: true, hint: expect.stringMatching(/Set Cleaning to off/) });
  await setSlider(page, "Cleaning", 0);
  await choosePalette("Automatic (found for each picture)");
  await setSlider(page, "Colours", 65);
  expect(await fieldOf("Dithering")).toEqual({ disabled: true, hint: expect.stringMatching(/limit the colours/) });
  await setSlider(page, "Colours", 1);
  expect(await fieldOf("Dithering")).toEqual({ disabled: false, hint: undefined });
});

test("palettes can be opened from files; a damaged one gives a message and changes nothing", async () => {
  const [good, bad, strip] = ["good.hex", "bad.act", "strip.png"].map((name) => join(folder, name));
  writeFileSync(good, "112233\nffaa00\nf0f0f0\n");
  await openPalette(good);
  await untilSwatches(["#112233", "#ffaa00", "#f0f0f0"]);
  writeFileSync(bad, new Uint8Array(100));
  await openPalette(bad);
  expect(await untilMessage(page)).toMatch(/^bad\.act: .*\.$/);
  await untilSwatches(["#112233", "#ffaa00", "#f0f0f0"]);
  const colours = [10, 20, 30, 255, 200, 100, 50, 255];
  const image = { width: 2, height: 1, data: new Uint8ClampedArray(colours), hasAlpha: false };
  writeFileSync(strip, await encodePng(image));
  // Dropped on the palette, it counts as a palette and not as a picture.
  await page.evaluate(
    (bytes) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(bytes)], "strip.png", { type: "image/png" }));
      const dropped = { dataTransfer, bubbles: true, cancelable: true };
      document.querySelector(".palette")!.dispatchEvent(new DragEvent("drop", dropped));
    },
    [...(await encodePng(image))],
  );
  await untilSwatches(["#0a141e", "#c86432"]);
  expect(await page.$$(".tile")).toHaveLength(1);
});

test("a colour can be changed, locked and removed, and a locked one is in a newly found palette", async () => {
  await openPalette(join(folder, "good.hex"));
  await untilSwatches(["#112233", "#ffaa00", "#f0f0f0"]);
  await page.click('.swatches li[title="#ffaa00"] button');
  await page.$eval('.editor input[type="color"]', (input) => {
    (input as HTMLInputElement).value = "#00ff7f";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await untilSwatches(["#112233", "#00ff7f", "#f0f0f0"]);
  await clickButton(page, "Lock");
  await screenshot(page, "convert-colour-locked");
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.click('.swatches li[title="#112233"] button');
  await page.click('.editor button[aria-label="Remove colour"]');
  await untilSwatches(["#00ff7f", "#f0f0f0"]);
  const saved = await downloaded(chromium, folder, () => clickButton(page, ".gpl"));
  expect(saved.name).toBe("good.gpl");
  expect(new TextDecoder().decode(saved.bytes)).toMatch(/^GIMP Palette\nName: good\n#\n {2}0 255 127\t00ff7f\n240/);
  await clickButton(page, "Find again");
  await setSlider(page, "Colours", 6);
  await page.waitForFunction(() => document.querySelectorAll(".swatches li").length === 6);
  expect(await swatches()).toContain("#00ff7f");
});

test("one palette can be found for all pictures of a batch", async () => {
  await choosePictures(page, files.other);
  await page.waitForFunction(() => document.querySelectorAll('.tile[data-state="done"]').length === 2);
  await clickButton(page, "Find one for all 2");
  await page.waitForFunction(() =>
    /Shared by all/.test(document.querySelector(".palette-choice summary")!.textContent!),
  );
  const shared = await swatches();
  expect(shared).toContain("#00ff7f");
  expect(shared).toHaveLength(6);
  await page.click(".tile:first-child .look-at");
  await untilSwatches(shared as string[]);
  expect(complaints).toEqual([]);
});
