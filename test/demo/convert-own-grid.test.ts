// Pictures that are pixel art already, dropped into the page: the sentence about them, and snapping
// to their own grid as in `snap`.

import { join } from "node:path";
import { unzipSync } from "fflate";
import sharp from "sharp";
import { expect, test } from "vitest";
import { cellsAt } from "../../src/pixelart/grid/cells/recover.ts";
import { findGrid } from "../../src/pixelart/grid/detect.ts";
import { decodeImage } from "../../src/platform/pictures/images.node.ts";
import { testFolder } from "../folder.ts";
import { accessibilityFaults } from "./accessibility.ts";
import { openBrowser, screenshot } from "./browser.ts";
import {
  chooseModel,
  choosePictures,
  clickButton,
  difference,
  downloaded,
  downloadedPicture,
  setSlider,
  untilModel,
  untilResult,
  untilTiles,
  watchGpu,
  writeSmallFiles,
} from "./convert-page.ts";

const folder = testFolder("convert-own-grid");
const chromium = await openBrowser();
const files = await writeSmallFiles(folder);
const [enlarged, other, native, photo, enlargedPhoto] = [
  "enlarged",
  "other-art",
  "native",
  "photo",
  "enlarged-photo",
].map((name) => join(folder, `${name}.png`));
const art = sharp("demo/recorded/otter.png").removeAlpha();
const { width, height } = await art.metadata();
const at = (factor: number) => art.clone().resize(Math.round(factor * width), Math.round(factor * height));
await at(6.4).toFile(enlarged);
await at(5).toFile(other);
await sharp("demo/recorded/general.png").toFile(native);
await sharp("samples/cat.jpg").resize(192).toFile(photo);
await sharp("samples/cat.jpg")
  .resize(96)
  .toBuffer()
  .then((small) => sharp(small).resize(384, undefined, { kernel: "cubic" }).toFile(enlargedPhoto));

const { page, complaints } = await chromium.open();
await chooseModel(page, files.pth);
await untilModel(page, /width 4/);

const offer = () => page.$eval(".offer p", (element) => element.textContent);

/** Resolves when the offer for the picture on the stage matches. */
async function untilOffer(text: RegExp): Promise<void> {
  await page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector(".offer p")?.textContent ?? ""),
    {},
    text.source,
  );
}

/** Node's result, with one pixel per cell. */
async function snapped(path: string) {
  const image = await decodeImage(path);
  const { verdict, cuts } = findGrid([image]);
  expect(verdict).toBe("grid");
  return cellsAt(image, cuts);
}

test("art on a grid gets an offer, and is snapped as in Node, without the network", async () => {
  await choosePictures(page, enlarged);
  await untilOffer(/grid of 6\.4 px/);
  expect(await offer()).toMatch(/^This [a-z ]+ has a grid of 6\.4 px, 96 × 54 cells.+\. Snap it/);
  await untilTiles(page, 1);
  await screenshot(page, "convert-offer");
  expect(await accessibilityFaults(page)).toEqual([]);
  const watched = await watchGpu(page);
  await clickButton(page, "Snap to its grid");
  await untilResult(page, /^96 × 54 pixels: 96 × 54 cells of 6\.4 px, without the network/);
  await screenshot(page, "convert-on-grid");
  expect(await accessibilityFaults(page)).toEqual([]);
  const truth = await snapped(enlarged);
  const { image } = await downloadedPicture(chromium, folder, page);
  expect(difference(image, truth).count).toBe(0);
  await setSlider(page, "Scale", 3);
  await untilResult(page, /^288 × 162 pixels/);
  const large = await downloadedPicture(chromium, folder, page);
  expect([large.image.width, large.image.height]).toEqual([288, 162]);
  await setSlider(page, "Scale", 1);
  expect((await watched.passes()).filter((label) => /^bytes to numbers/.test(label))).toEqual([]);
});

test("a snapped picture can be converted instead, and the network's output is still there", async () => {
  const watched = await watchGpu(page);
  await clickButton(page, "Convert instead");
  await untilResult(page, /Converted in/);
  expect((await watched.passes()).filter((label) => /^bytes to numbers/.test(label))).toEqual([]);
});

test("photos get no offer, and art at its own size is reported as such", async () => {
  await choosePictures(page, native);
  await untilOffer(/at 1× already/);
  expect(await page.$(".offer button")).toBeNull();
  await choosePictures(page, photo, enlargedPhoto, other);
  // The picture after the photos has been checked, so the photos have been too.
  await page.click(".tile:nth-child(5) .look-at");
  await untilOffer(/grid of 5 px/);
  for (const tile of [3, 4]) {
    await page.click(`.tile:nth-child(${tile}) .look-at`);
    await page.waitForFunction(() => document.querySelector(".offer") === null);
  }
});

test("the choice applies to one picture or to all with a grid, and the zip has both kinds", async () => {
  await page.click(".tile:nth-child(5) .look-at");
  await untilOffer(/grid of 5 px/);
  await clickButton(page, "Snap all 2 with a grid");
  await untilOffer(/It is now snapped to its grid/);
  await untilTiles(page, 5);
  const { bytes } = await downloaded(chromium, folder, () => clickButton(page, "Download 5 PNGs as zip"));
  const entries = unzipSync(bytes);
  for (const [name, path] of Object.entries({ "enlarged.png": enlarged, "other-art.png": other }))
    expect(difference(await decodeImage(entries[name]), await snapped(path)).count).toBe(0);
  expect((await decodeImage(entries["photo.png"])).width).toBe(192);
  await page.waitForFunction(() => !/Packing/.test(document.querySelector(".pictures")!.textContent!));
  await page.setViewport({ width: 390, height: 844 });
  await screenshot(page, "convert-on-grid-phone");
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  await screenshot(page, "convert-on-grid-phone-dark");
});

test("a snapped picture stays so after a change of model, until it is converted", async () => {
  await chooseModel(page, files.safetensors);
  await untilModel(page, /width 4/);
  await untilTiles(page, 5);
  await untilResult(page, /without the network/);
  await clickButton(page, "Convert instead");
  await untilResult(page, /Converted in/);
  expect(complaints).toEqual([]);
});
