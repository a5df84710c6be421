// The Convert view in a real Chromium, compared with Node: the same pictures, the same messages.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { Page } from "puppeteer";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { readNetworkFile } from "../../src/cli/files/checkpoint-file.ts";
import { allInOrder } from "../../src/errors.ts";
import { writePth } from "../../src/formats/torch/pth-write.ts";
import { parameterCount } from "../../src/nn/architecture.ts";
import { Generator } from "../../src/nn/generator.ts";
import { converting } from "../../src/nn/layers.ts";
import { mapped } from "../../src/picture/animation.ts";
import { fillHidden } from "../../src/picture/fill-hidden.ts";
import { sequenceOf } from "../../src/picture/frame-sequence.ts";
import { blankImage, seenPixels, type Image } from "../../src/picture/image.ts";
import { drawFrames } from "../../src/pixelart/convert-frames.ts";
import { convertPicture } from "../../src/pixelart/convert.ts";
import { enlarge } from "../../src/pixelart/grid/cells/geometry.ts";
import { snapFrames } from "../../src/pixelart/grid/sequence.ts";
import { decodeAnimation, encodeAnimation } from "../../src/platform/pictures/animations.node.ts";
import { decodeImage, encodePng } from "../../src/platform/pictures/images.node.ts";
import { Random } from "../../src/random.ts";
import { testFolder } from "../folder.ts";
import { openTestGpu } from "../gpu.ts";
import { inOneDict, randomPicture, randomWeights, smallResnet } from "../networks.ts";
import { slowTest } from "../slow.ts";
import { accessibilityFaults } from "./accessibility.ts";
import { openBrowser, screenshot } from "./browser.ts";
import {
  chooseLook,
  chooseModel,
  choosePictures,
  clickButton,
  clickWhile,
  difference,
  downloaded,
  downloadedPicture,
  hexOf,
  setSlider,
  smallWeights,
  untilMessage,
  untilModel,
  untilResult,
  untilTiles,
  watchGpu,
  writeSmallFiles,
} from "./convert-page.ts";

const folder = testFolder("convert");
const gpu = await openTestGpu();
const chromium = await openBrowser();
const { open } = chromium;
let files: Awaited<ReturnType<typeof writeSmallFiles>>;
beforeAll(async () => {
  files = await writeSmallFiles(folder);
});

const downloadPng = (page: Page) => downloadedPicture(chromium, folder, page);

test("a file with several generators offers a choice, starting with the first", async () => {
  const several = join(folder, "several.pth");
  const patch = randomWeights({ kind: "patch", inputChannels: 3, ndf: 2, layers: 1, norm: "instance" });
  const small = randomWeights({ ...smallResnet, blocks: 1 });
  writeFileSync(several, writePth(inOneDict({ netD_A: patch, netG_A: smallWeights, netG_B: small })));
  const { page, complaints } = await open();
  await untilModel(page);
  const choice = () =>
    page.evaluate(() => {
      const label = [...document.querySelectorAll("label")].find(
        (label) => label.textContent === "Network in the file",
      );
      const select = label && (document.getElementById(label.htmlFor) as HTMLSelectElement);
      return select && { id: select.id, value: select.value, all: [...select.options].map(({ value }) => value) };
    });
  expect(await choice()).toBeUndefined();
  await chooseModel(page, several);
  await untilModel(page, /^resnet_2blocks/);
  const shown = await choice();
  expect(shown).toMatchObject({ value: "netG_A", all: ["netG_A", "netG_B"] });
  await page.select(`[id="${shown!.id}"]`, "netG_B");
  await untilModel(page, /^resnet_1blocks/);
  expect(await choice()).toMatchObject({ value: "netG_B" });
  await chooseModel(page, files.pth);
  await untilModel(page, /^resnet_2blocks/);
  expect(await choice()).toBeUndefined();
  expect(complaints).toEqual([]);
});

/** The label of the first pass of every run of the network. */
const networkPass = /^bytes to numbers/;

describe("with the visitor's checkpoint", () => {
  let page: Page;
  let complaints: string[];
  let watched: Awaited<ReturnType<typeof watchGpu>>;
  let generator: Generator;

  beforeAll(async () => {
    ({ page, complaints } = await open());
    await untilModel(page);
    generator = await Generator.create(gpu, smallWeights);
    watched = await watchGpu(page);
  });

  test("its description appears immediately", async () => {
    await chooseModel(page, files.pth);
    const parameters = parameterCount(smallResnet).toLocaleString("en");
    expect(await untilModel(page, /width 4/)).toBe(
      `resnet_2blocks, width 4, instance norm, ${parameters} parameters in float32.`,
    );
  });

  test("sliders change the result as in Node, without the network", async () => {
    await choosePictures(page, files.png);
    await untilResult(page, /64 × 48/);
    const before = await watched.passes();
    expect(before.filter((label) => networkPass.test(label))).toHaveLength(1);
    await setSlider(page, "Cell size", 3);
    await setSlider(page, "Scale", 2);
    await setSlider(page, "Colours", 5);
    await untilResult(page, /43 × 32 pixels, 22 × 16 cells/);
    await page.waitForFunction(() => document.querySelectorAll(".swatches li").length === 5);
    const { image } = await downloadPng(page);
    const after = (await watched.passes()).slice(before.length);
    expect(after.length).toBeGreaterThan(0);
    expect(after.filter((label) => networkPass.test(label))).toEqual([]);

    const source = await decodeImage(files.png);
    const truth = await convertPicture(gpu, generator, source, { cell: 3, scale: 2, colors: 5 });
    expect(difference(image, truth.image).most).toBeLessThanOrEqual(1);
    const swatches = await page.$$eval(".swatches li", (all) => all.map((swatch) => swatch.getAttribute("title")));
    expect(swatches).toEqual(truth.palette!.map(hexOf));
  });

  test("hostile and damaged files are refused with Node's messages, and change nothing", async () => {
    const facts = await untilModel(page, /width 4/);
    for (const [name, bytes] of [
      ["command.pth", readFileSync("test/formats/fixtures/command.zip.pth")],
      ["legacy.pth", readFileSync("test/formats/fixtures/command.legacy.pth")],
      ["cut.safetensors", readFileSync(files.safetensors).subarray(0, 3000)],
      ["page.pth", new TextEncoder().encode("<!doctype html>")],
      ["empty.pth", new Uint8Array()],
    ] as const) {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      const truth = await sentenceOf(readNetworkFile(path));
      expect(truth).toMatch(new RegExp(`^${name}: `));
      await chooseModel(page, path);
      await page.waitForFunction((truth) => document.querySelector(".notice p")?.textContent === truth, {}, truth);
      expect(await untilModel(page)).toBe(facts);
    }
    await page.click(".notice button");

    const text = join(folder, "notes.png");
    writeFileSync(text, "no picture");
    await choosePictures(page, text);
    await untilTiles(page, 1, "failed");
    expect(await page.$eval(".doing", (element) => element.textContent)).toBe(await sentenceOf(decodeImage(text)));
    const broken = join(folder, "broken.png");
    writeFileSync(broken, readFileSync(files.png).subarray(0, 2000));
    await choosePictures(page, broken, files.other);
    await untilTiles(page, 2);
    await untilTiles(page, 2, "failed");
    const titles = await page.$$eval(".tile[data-state=failed] .look-at", (all) =>
      all.map((tile) => tile.getAttribute("title")),
    );
    expect(titles[1]).toMatch(/^broken\.png: it is a damaged or incomplete PNG/);
  });

  test("a batch downloads as a zip of PNGs with unique names", async () => {
    await clickButton(page, "Remove all");
    const jpeg = join(folder, "small.jpg");
    await sharp(files.png).jpeg().toFile(jpeg);
    await choosePictures(page, files.png, jpeg, files.other);
    await untilTiles(page, 3);
    await setSlider(page, "Cell size", 4);
    await setSlider(page, "Scale", 1);
    await setSlider(page, "Colours", 65);
    const { name, bytes } = await downloaded(chromium, folder, () => clickButton(page, "Download 3 PNGs as zip"));
    expect(name).toBe("pixel-art.zip");
    const entries = unzipSync(bytes);
    expect(Object.keys(entries)).toEqual(["small.png.png", "small.jpg.png", "other.png"]);
    for (const [entry, path] of [
      ["small.png.png", files.png],
      ["small.jpg.png", jpeg],
      ["other.png", files.other],
    ]) {
      const { image } = await convertPicture(gpu, generator, await decodeImage(path), {
        cell: 4,
        scale: 1,
        colors: "none",
      });
      expect(difference(await decodeImage(entries[entry]), image).most).toBeLessThanOrEqual(1);
    }
  });

  describe("animations", () => {
    const place = () => page.$eval(".player .number", (element) => element.textContent);
    const playing = () => page.$eval(".player button", (element) => element.getAttribute("aria-label"));

    test("are converted as in Node, with one grid, shared statistics and held cells, and shown frame by frame", async () => {
      await clickButton(page, "Remove all");
      const clip = join(folder, "clip.webp");
      const delays = [80, 40, 500];
      writeFileSync(clip, await encodeAnimation([0, 1, 2].map(movingFrame), "webp", { delays, loops: 0 }));
      await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
      await choosePictures(page, clip);
      await untilTiles(page, 1);
      await untilResult(page, /^16 × 12 pixels, 16 × 12 cells\. 3 frames, 0\.6 s\. Converted in/);
      // With reduced motion it does not start by itself.
      expect([await place(), await playing()]).toEqual(["1 / 3", "Play"]);
      expect(await accessibilityFaults(page)).toEqual([]);
      await screenshot(page, "convert-animation");
      const source = await decodeAnimation(clip);
      const cells = await drawFrames(gpu, generator, source, { cell: 4, scale: 1 });
      // Its cells have more colours than a GIF can hold.
      const { bytes } = await downloaded(chromium, folder, () => clickButton(page, "Download animated PNG"));
      const saved = await decodeAnimation(bytes);
      expect([saved.delays, saved.loops]).toEqual([delays, 0]);
      let at = 0;
      for await (const frame of saved.frames())
        expect(difference(frame, cells[at++].image).most).toBeLessThanOrEqual(1);
      expect(at).toBe(3);

      await setSlider(page, "Colours", 8);
      await page.waitForFunction(() => document.querySelectorAll(".swatches li").length === 8);
      const gif = await downloaded(chromium, folder, () => clickButton(page, "Download GIF"));
      expect(gif.name).toBe("clip.gif");
      const colours = new Set<number>();
      for await (const { data } of (await decodeAnimation(gif.bytes)).frames())
        new Uint32Array(data.slice().buffer).forEach((pixel) => colours.add(pixel));
      expect(colours.size).toBeLessThanOrEqual(8);

      await page.focus(".player input");
      await page.keyboard.press("ArrowRight");
      expect(await place()).toBe("2 / 3");
      await clickLabelled(page, "Next frame");
      await clickLabelled(page, "Next frame");
      expect(await place()).toBe("1 / 3");
      await clickLabelled(page, "Play");
      await page.waitForFunction(() => document.querySelector(".player .number")!.textContent === "3 / 3");
      await clickLabelled(page, "Pause");
      expect(await playing()).toBe("Play");
    });

    test("are snapped to their own grid as in Node, and saved as a sheet too", async () => {
      const steps = join(folder, "steps.gif");
      const frames = [0, 1, 2, 3].map(steppingArt);
      writeFileSync(steps, await encodeAnimation(frames, "gif", { delays: [100, 100, 100, 100], loops: 1 }));
      await choosePictures(page, steps);
      await page.waitForFunction(() => /grid of 5 px/.test(document.querySelector(".offer p")?.textContent ?? ""));
      await clickButton(page, "Snap to its grid");
      await untilResult(page, /^\d+ × \d+ pixels: \d+ × \d+ cells of 5 px, without the network\. 4 frames, 0\.4 s\./);
      await setSlider(page, "Colours", 1);
      const { delays, frames: read } = await decodeAnimation(steps);
      const truth = await snapFrames(delays.length, read);
      const { bytes } = await downloaded(chromium, folder, () => clickButton(page, "Animated PNG"));
      let at = 0;
      for await (const frame of (await decodeAnimation(bytes)).frames())
        expect(difference(frame, truth.frames[at++]).count).toBe(0);
      expect(at).toBe(4);
      await screenshot(page, "convert-animation-on-grid");
      await page.setViewport({ width: 390, height: 844 });
      await screenshot(page, "convert-animation-phone");
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      await page.setViewport({ width: 1280, height: 900 });
      const sheet = await downloaded(chromium, folder, () => clickButton(page, "Sprite sheet"));
      expect([sheet.name, Object.keys(unzipSync(sheet.bytes))]).toEqual(["steps.zip", ["steps.png", "steps.json"]]);
      const zip = await downloaded(chromium, folder, () => clickButton(page, "Download 2 files as zip"));
      expect(Object.keys(unzipSync(zip.bytes))).toEqual(["clip.gif", "steps.gif"]);
    });

    test("can be made of several pictures, in the order of their numbers, and split again", async () => {
      await page.$$eval(".pictures button", (all) =>
        all.find(({ textContent }) => /^Remove/.test(textContent))?.click(),
      );
      await setSlider(page, "Cell size", 4);
      await setSlider(page, "Scale", 1);
      const names = ["walk-1.png", "walk-2.png", "walk-10.png"];
      const paths = names.map((name) => join(folder, name));
      for (const [i, path] of paths.entries()) writeFileSync(path, await encodePng(movingFrame(i)));
      await choosePictures(page, paths[2], files.other, paths[0], paths[1]);
      await untilTiles(page, 4); // then all sizes are known, and nothing moves under the pointer
      expect(await page.$eval(".sequence", (row) => row.textContent)).toBe(
        "These 3 pictures are the frames of one animation",
      );
      await page.click(".sequence input");
      expect(await untilMessage(page)).toBe(
        "1 picture has another size and stays a picture of its own. Frames of several sizes need one name with numbers, such as walk-1.png and walk-2.png.",
      );
      await page.click(".notice button");
      await untilTiles(page, 2);
      expect(await page.$$eval(".tile .name", (all) => all.map(({ textContent }) => textContent))).toEqual([
        "walk",
        "other.png",
      ]);
      await untilResult(page, /^16 × 12 pixels, 16 × 12 cells\. 3 frames, 0\.3 s\./);
      expect(await accessibilityFaults(page)).toEqual([]);
      await screenshot(page, "convert-sequence");
      await setSlider(page, "Milliseconds per frame", 250);
      await untilResult(page, /3 frames, 0\.8 s\./);

      const source = await sequenceOf(
        paths.map((path) => ({ name: path, decode: () => decodeImage(path) })),
        { delay: 250, remedy: "" },
      );
      const cells = await drawFrames(gpu, generator, source, { cell: 4, scale: 1 });
      await setSlider(page, "Colours", 65);
      const { bytes } = await downloaded(chromium, folder, () => clickButton(page, "Download animated PNG"));
      const saved = await decodeAnimation(bytes);
      expect(saved).toMatchObject({ delays: [250, 250, 250], loops: 0 });
      const zip = await downloaded(chromium, folder, () => clickButton(page, "Frames"));
      const entries = unzipSync(zip.bytes);
      expect([zip.name, Object.keys(entries)]).toEqual(["walk.zip", names]);
      let at = 0;
      for await (const frame of saved.frames()) {
        expect(difference(frame, cells[at].image).most).toBeLessThanOrEqual(1);
        expect(difference(frame, await decodeImage(entries[names[at]])).count).toBe(0);
        at++;
      }
      expect(at).toBe(3);

      await page.click(".sequence input");
      await untilTiles(page, 4);
      expect(await page.$$eval(".tile .name", (all) => all.map(({ textContent }) => textContent))).toEqual([
        ...names,
        "other.png",
      ]);
    });

    const visible = (image: Image) => ({ ...image, data: new Uint8ClampedArray(seenPixels(image).buffer) });

    test("can be made of frames of several sizes, which meet at a chosen part of their canvas", async () => {
      await clickButton(page, "Remove all");
      await setSlider(page, "Colours", 65);
      const paths = [1, 2].map((number) => join(folder, `jump-${number}.png`));
      const frames = [movingFrame(0), blankImage(40, 56)];
      for (const [i, path] of paths.entries()) writeFileSync(path, await encodePng(frames[i]));
      await choosePictures(page, ...paths);
      await untilTiles(page, 2);
      await page.click(".sequence input");
      for (const anchor of ["bottom", "top-left"] as const) {
        if (anchor !== "bottom") await page.select(".sequence select", anchor);
        await untilResult(page, /^16 × 14 pixels, 16 × 14 cells\. 2 frames/);
        const source = await sequenceOf(
          paths.map((path) => ({ name: path, decode: () => decodeImage(path) })),
          { delay: 100, remedy: "", anchor },
        );
        const cells = await drawFrames(gpu, generator, mapped(source, fillHidden), { cell: 4, scale: 1 });
        const { bytes } = await downloaded(chromium, folder, () => clickButton(page, "Animated PNG"));
        let at = 0;
        for await (const frame of (await decodeAnimation(bytes)).frames())
          expect(difference(visible(frame), visible(cells[at++].image)).most).toBeLessThanOrEqual(1);
        await screenshot(page, `convert-sequence-${anchor}`);
      }
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.click(".sequence input");
      await untilTiles(page, 2);
    });

    test("can be stopped between frames; too many or damaged frames are refused in a sentence", async () => {
      const many = join(folder, "many.webp");
      const delays = Array<number>(80).fill(20);
      writeFileSync(
        many,
        await encodeAnimation(
          delays.map((_, i) => movingFrame(i % 7)),
          "webp",
          { delays, loops: 0 },
        ),
      );
      await choosePictures(page, many);
      await clickWhile(page, /Converting 80 frames/, "Stop");
      await untilTiles(page, 1, "cancelled");

      const huge = join(folder, "huge.gif");
      const wide = { width: 2000, height: 900, channels: 3, background: "#123456" } as const;
      const still = await decodeImage(await sharp({ create: wide }).png().toBuffer());
      const times = Array<number>(30).fill(100);
      writeFileSync(
        huge,
        await encodeAnimation(
          times.map(() => still),
          "gif",
          { delays: times, loops: 0 },
        ),
      );
      await page.select(await selectOf(page, "Longest side"), "null");
      await clickButton(page, "Remove all");
      await choosePictures(page, huge);
      await untilTiles(page, 1, "failed");
      expect(await page.$eval(".doing", (element) => element.textContent)).toMatch(
        /^huge\.gif: 30 frames of 2000 x 900 pixels are more than this page can hold\. Choose a longest side of \d+ pixels/,
      );
      await page.select(await selectOf(page, "Longest side"), "256");
      await clickButton(page, "Remove picture");
      const broken = join(folder, "broken.webp");
      const whole = readFileSync(many);
      whole.fill(0x55, whole.length / 2);
      writeFileSync(broken, whole);
      await choosePictures(page, broken);
      await untilTiles(page, 1, "failed");
      expect(await page.$eval(".doing", (element) => element.textContent)).toMatch(
        /^broken\.webp: it(s frame \d+| is)/,
      );
      await clickButton(page, "Remove picture");
      await setSlider(page, "Colours", 65);
      await choosePictures(page, files.png, files.other, files.png);
      await untilTiles(page, 3);
    });
  });

  test("a lost device is reopened, and the picture finished", async () => {
    expect(complaints).toEqual([]);
    await clickButton(page, "Remove all");
    await watched.destroyDevice();
    await choosePictures(page, files.png, files.other, files.png);
    await untilTiles(page, 3);
    expect(await untilMessage(page)).toMatch(/^The GPU was lost and reopened/);
    const { image } = await downloadPng(page);
    const truth = await convertPicture(gpu, generator, await decodeImage(files.png), {
      cell: 4,
      scale: 1,
      colors: "none",
    });
    expect(difference(image, truth.image).most).toBeLessThanOrEqual(1);
  });
});

slowTest("half precision draws Node's picture of that precision, and is accessible", async () => {
  const { page, complaints } = await open();
  await chooseModel(page, files.pth);
  await untilModel(page, /width 4/);
  await choosePictures(page, files.png);
  await untilResult(page, /64 × 48/);
  await chooseLook(page, "Network output");
  await page.click(".more summary");
  const { passes } = await watchGpu(page);
  const choose = (precision: string) =>
    page.evaluate((precision) => {
      const label = [...document.querySelectorAll("label")].find(({ textContent }) => textContent === "Precision")!;
      const list = document.getElementById(label.htmlFor) as HTMLSelectElement;
      list.value = precision;
      list.dispatchEvent(new Event("change", { bubbles: true }));
    }, precision);
  const source = await decodeImage(files.png);
  for (const [run, precision] of (["half", "full"] as const).entries()) {
    await choose(precision);
    await expect
      .poll(async () => (await passes()).filter((label) => networkPass.test(label)).length, { timeout: 60_000 })
      .toBe(run + 1);
    await untilResult(page, /64 × 48 pixels\. Converted/);
    const [own, other] = await allInOrder(
      [precision, precision === "half" ? ("full" as const) : ("half" as const)].map(async (precision) => {
        const generator = await Generator.create(gpu, smallWeights, converting, precision);
        return generator.convert(source);
      }),
    );
    const { image } = await downloadPng(page);
    expect(difference(image, own).count).toBeLessThan(difference(image, other).count / 2);
    expect(difference(image, own).most).toBeLessThanOrEqual(1);
    const hint = await page.$eval(".more", ({ textContent }) => /half of the memory/.test(textContent ?? ""));
    expect(hint).toBe(precision === "half");
    expect(await accessibilityFaults(page)).toEqual([]);
  }
  expect(complaints).toEqual([]);
});

slowTest("dropped and pasted pictures are accepted; a batch can be cancelled and continued", async () => {
  const { page, complaints } = await open();
  await untilModel(page);
  const bytes = [...(await encodePng(randomPicture(96, 96)))];
  await page.evaluate((bytes) => {
    const filled = (...names: string[]) => {
      const transfer = new DataTransfer();
      for (const name of names) transfer.items.add(new File([Uint8Array.from(bytes)], name, { type: "image/png" }));
      return transfer;
    };
    const dropped = { dataTransfer: filled("a.png", "b.png", "c.png"), bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent("drop", dropped));
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: filled("pasted.png"), bubbles: true }));
  }, bytes);
  await page.waitForFunction(() => document.querySelectorAll(".tile").length === 4);
  expect(await page.$eval(".batch", (element) => element.textContent)).toMatch(/^0 of 4 done/);
  await clickButton(page, "Cancel");
  await untilTiles(page, 4, "cancelled");
  expect(await page.$(".batch")).toBeNull();
  // Another model starts them again.
  await chooseModel(page, files.safetensors);
  await untilTiles(page, 4);
  await page.hover(".tile");
  await page.click(".tile .remove");
  await untilTiles(page, 3);
  expect(await page.$(".messages .notice")).toBeNull();
  expect(complaints).toEqual([]);
});

/** A block that moves over a still picture. */
function movingFrame(step: number): Image {
  const picture = randomPicture(64, 48);
  const data = picture.data.slice();
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++) data.set([255, 9 * step, 0, 255], 4 * (64 * (y + 20) + x + 8 * step));
  return { ...picture, data };
}

/** Pixel art of a walking figure, with cells of five pixels. */
function steppingArt(step: number): Image {
  const art = blankImage(30, 22);
  const random = new Random(3);
  const palette = [0xff2b1d14, 0xff5a8f3c, 0xffd2e0a0, 0xff3c50c8].map((pixel) => pixel >>> 0);
  const pixels = new Uint32Array(art.data.buffer).map(() => palette[random.below(3)]);
  for (let y = 6; y < 14; y++) for (let x = 0; x < 5; x++) pixels[y * 30 + x + 6 * step] = palette[3];
  return enlarge({ ...art, data: new Uint8ClampedArray(pixels.buffer) }, 5, 150, 110);
}

async function clickLabelled(page: Page, label: string): Promise<void> {
  await page.click(`[aria-label="${label}"]`);
}

/** A selector for the list with this label. */
function selectOf(page: Page, text: string): Promise<string> {
  return page.evaluate((text) => {
    const label = [...document.querySelectorAll("label")].find(({ textContent }) => textContent === text)!;
    return `[id="${label.htmlFor}"]`;
  }, text);
}

/** The message that a promise is rejected with, without the folder's name. */
async function sentenceOf(refused: Promise<unknown>): Promise<string> {
  const error = await refused.then(
    () => new Error("it was read"),
    (error: Error) => error,
  );
  return error.message.replace(`${folder}/`, "");
}
