// Pictures as a browser reads them, compared with Node.

import { readFileSync } from "node:fs";
import { build } from "esbuild";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { pictureKind } from "../../src/formats/pictures/picture-file.ts";
import type * as animations from "../../src/platform/pictures/animations.browser.ts";
import { decodeAnimation } from "../../src/platform/pictures/animations.node.ts";
import type * as images from "../../src/platform/pictures/images.browser.ts";
import { decodeImage } from "../../src/platform/pictures/images.node.ts";
import { pngProfile, withChunk } from "../../src/platform/pictures/png.browser.ts";
import { Random } from "../../src/random.ts";
import { apngOf } from "../animated-png.ts";
import { assembledGif, assembledWebp } from "../assembled-animations.ts";
import { bytesOf, fileFixtures, imageOf } from "../picture/fixtures/fixtures.ts";
import { openBrowser } from "./browser.ts";

declare global {
  /** Exists in the page. */
  var browserImages: typeof images & typeof animations;
}

const { browser, address } = await openBrowser();
const page = await browser.newPage();
await page.goto(`${address}samples/train/index.json`);
const { outputFiles } = await build({
  stdin: {
    contents: `
      import * as images from "./src/platform/pictures/images.browser.ts";
      import * as animations from "./src/platform/pictures/animations.browser.ts";
      globalThis.browserImages = { ...images, ...animations };
      delete globalThis.ImageDecoder; // which Safari has not`,
    resolveDir: process.cwd(),
  },
  bundle: true,
  write: false,
  format: "iife",
});
await page.evaluate(outputFiles[0].text);

interface Told {
  width: number;
  height: number;
  hasAlpha: boolean;
  data: number[];
}

/** The page's result for a file: a picture, or the sentence that refuses it. */
function decodeInPage(bytes: Uint8Array, pixelLimit?: number): Promise<Told | string> {
  const decode = async (base64: string, pixelLimit?: number): Promise<Told | string> => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    try {
      const options = pixelLimit === undefined ? {} : { pixelLimit };
      const { data, ...rest } = await browserImages.decodeImage(new File([bytes], "it.bin"), options);
      return { ...rest, data: Array.from(data) };
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  return page.evaluate(decode, Buffer.from(bytes).toString("base64"), pixelLimit);
}

async function inNode(bytes: Uint8Array): Promise<Told> {
  const { data, width, height, hasAlpha } = await decodeImage(bytes);
  return { width, height, hasAlpha, data: Array.from(data) };
}

const noise = (width: number, height: number, channels: 3 | 4 = 3) => {
  const samples = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 7919) % 256);
  return sharp(samples, { raw: { width, height, channels } });
};

/**
 * The largest difference of samples, except for colours under transparency, which a canvas does not
 * keep.
 */
function difference(a: number[], b: number[]): number {
  return Math.max(...a.map((value, i) => (i % 4 < 3 && b[i - (i % 4) + 3] < 255 ? 0 : Math.abs(value - b[i]))));
}

/** Levels by which the browser and Little CMS differ. */
const mostOfProfiles = 4;

test("a JPEG that lacks its end is read, and so is a damaged one", async () => {
  for (const name of ["missing_eoi.jpg", "flipped_bits.jpg"]) {
    const bytes = readFileSync(new URL(`../picture/fixtures/faults/${name}`, import.meta.url));
    const { data, ...rest } = await inNode(bytes);
    const told = await decodeInPage(bytes);
    expect(told).toMatchObject(rest);
    expect(difference((told as Told).data, data)).toBeLessThanOrEqual(2);
  }
});

describe("a picture has Node's bytes", () => {
  for (const { name, file } of fileFixtures.filter(({ pixels }) => pixels)) {
    const bytes = bytesOf(file);
    const kind = pictureKind(bytes);
    test(name, async () => {
      const told = await decodeInPage(bytes);
      if (kind === "TIFF") expect(told).toMatch(/^UserError: it\.bin: it is a TIFF, which this browser cannot read/);
      else if (kind === "JPEG" || kind === "AVIF" || kind === "WebP") {
        // Other versions of a lossy format's decoder may round differently.
        const { data, ...rest } = await inNode(bytes);
        expect(told).toMatchObject(rest);
        expect(difference((told as Told).data, data)).toBeLessThanOrEqual(2);
      } else expect(told).toEqual(await inNode(bytes));
    });
  }

  test("up to rounding with a colour profile, in any orientation", async () => {
    const displayP3 = pngProfile(await noise(1, 1).withIccProfile("p3").png().toBuffer())!;
    const samples = Uint16Array.from({ length: 9 * 4 * 4 }, (_, i) => (i * 7919 * 13) % 65536);
    const deep = sharp(samples, { raw: { width: 9, height: 4, channels: 4 } }).toColourspace("rgb16");
    const pictures = [
      withChunk(await noise(9, 4, 4).png().toBuffer(), displayP3),
      withChunk(await deep.png().toBuffer(), displayP3),
      readFileSync(new URL("../picture/fixtures/faults/p3.jpg", import.meta.url)),
      await noise(16, 16).withIccProfile("p3").webp({ lossless: true }).toBuffer(),
    ];
    for (const orientation of [1, 3, 6, 8]) {
      const turned = await noise(7, 5).withMetadata({ orientation }).png().toBuffer();
      pictures.push(withChunk(turned, displayP3));
    }
    for (const bytes of pictures) {
      const { data, ...rest } = await inNode(bytes);
      const told = await decodeInPage(bytes);
      expect(told).toMatchObject(rest);
      const differences = (told as Told).data.map((value, i) => Math.abs(value - data[i]));
      expect(Math.max(...differences)).toBeLessThanOrEqual(mostOfProfiles);
    }
  });

  test("with colour under transparency, and with 16 bits", async () => {
    const bytes = await noise(9, 4, 4).png().toBuffer();
    expect(await decodeInPage(bytes)).toEqual(await inNode(bytes));
    const samples = Uint16Array.from({ length: 9 * 4 * 4 }, (_, i) => (i * 7919 * 13) % 65536);
    const deep = sharp(samples, { raw: { width: 9, height: 4, channels: 4 } }).toColourspace("rgb16");
    const deepBytes = await deep.png().toBuffer();
    expect(await decodeInPage(deepBytes)).toEqual(await inNode(deepBytes));
  });
});

describe("an animation has Node's frames and times", () => {
  const random = new Random(8);
  const noisePatch = (step: number) =>
    imageOf(
      6,
      5,
      Array.from({ length: 4 * 30 }, (_, i) => (i * i * step) % 256),
    );
  const drawn = [3, 5, 9].map((step, i) => ({
    ...{ image: noisePatch(step), x: i, y: i, delay: [step, 100] as const },
    ...{ dispose: i as 0 | 1 | 2, blend: (i & 1) as 0 | 1 },
  }));
  test.each([
    ["GIF", 0, () => assembledGif(random)],
    ["WebP", 4, () => assembledWebp(random)],
    [
      "APNG",
      0,
      () => apngOf(8, 7, [{ ...drawn[0], image: imageOf(8, 7, new Array(4 * 56).fill(200)), x: 0, y: 0 }, ...drawn]),
    ],
  ] as const)("%s", async (_name, apart, make) => {
    const bytes = await make();
    const truth = await decodeAnimation(bytes);
    const inPage = async (base64: string) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const sentences: string[] = [];
      const onWarning = (sentence: string) => void sentences.push(sentence);
      const { delays, loops, frames } = await browserImages.decodeAnimation(new File([bytes], "it"), { onWarning });
      const all: number[][] = [];
      for await (const { data } of frames()) all.push(Array.from(data));
      return { delays, loops, sentences, all };
    };
    const { all, ...told } = await page.evaluate(inPage, Buffer.from(bytes).toString("base64"));
    expect(told).toEqual({ delays: truth.delays, loops: truth.loops, sentences: [] });
    let at = 0;
    for await (const { data } of truth.frames())
      expect(difference(all[at++], Array.from(data))).toBeLessThanOrEqual(apart);
    expect(at).toBe(all.length);
  });
});

describe("a file that is not a picture is refused in a sentence", () => {
  test("by its kind", async () => {
    expect(await decodeInPage(new Uint8Array())).toBe("UserError: it.bin: it is empty.");
    expect(await decodeInPage(new TextEncoder().encode("hello, this is text"))).toMatch(
      /not a picture of a known kind/,
    );
  });

  test("if it is truncated", async () => {
    for (const made of [noise(40, 30).jpeg(), noise(40, 30).png(), noise(40, 30, 4).png(), noise(40, 30).webp()]) {
      const bytes = await made.toBuffer();
      expect(await decodeInPage(bytes.subarray(0, bytes.length >> 1))).toMatch(
        /^UserError: it\.bin: it is a damaged or incomplete/,
      );
    }
  });

  test("by its header, if it has too many pixels", async () => {
    for (const made of [noise(40, 30).jpeg(), noise(40, 30).png(), noise(40, 30).webp(), noise(40, 30).gif()]) {
      expect(await decodeInPage(await made.toBuffer(), 1000)).toMatch(/has 40 x 30 pixels.*the limit/);
    }
  });
});

test.each([3, 4])("a PNG that the page writes has the given bytes, with %i channels", async (channels) => {
  const samples = Array.from({ length: 13 * 7 * channels }, (_, i) => (i * 31) % 256);
  const { width, height, data, hasAlpha } = imageOf(13, 7, samples);
  const encode = async (width: number, height: number, data: number[], hasAlpha: boolean) =>
    Array.from(await browserImages.encodePng({ width, height, data: new Uint8ClampedArray(data), hasAlpha }));
  const bytes = Uint8Array.from(await page.evaluate(encode, width, height, Array.from(data), hasAlpha));
  expect(await inNode(bytes)).toEqual({ width, height, hasAlpha, data: Array.from(data) });
  expect(await sharp(bytes).metadata()).toMatchObject({ channels, format: "png" });
});
