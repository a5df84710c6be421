// The bundled models as the page chooses them: which one it takes, that it draws Node's picture,
// and that it stays cached between visits.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { readCheckpoint } from "../../src/formats/checkpoint/checkpoint.ts";
import { Generator } from "../../src/nn/generator.ts";
import { convertPicture } from "../../src/pixelart/convert.ts";
import { loadBundled } from "../../src/platform/models/bundled.node.ts";
import { decodeImage } from "../../src/platform/pictures/images.node.ts";
import { testFolder } from "../folder.ts";
import { openTestGpu } from "../gpu.ts";
import { openBrowser } from "./browser.ts";
import {
  chooseLook,
  choosePictures,
  difference,
  downloadedPicture,
  modelTaken,
  untilModel,
  untilResult,
  writeSmallFiles,
} from "./convert-page.ts";

const folder = testFolder("convert-bundled");
const gpu = await openTestGpu();
const chromium = await openBrowser({ models: "bundled" });
const { open } = chromium;
const files = await writeSmallFiles(folder);

test("the chosen bundled model gives Node's picture, raw and on the grid", async () => {
  const photo = join(folder, "otter.jpg");
  await sharp("samples/otter.jpg").resize(32, 24).jpeg({ quality: 90 }).toFile(photo);
  const { page, complaints } = await open();
  await choosePictures(page, photo);
  expect(await untilResult(page)).toMatch(/^32 × 24 pixels, 8 × 6 cells\. Converted in/);
  const art = await downloadedPicture(chromium, folder, page);
  expect(art.name).toBe("otter.png");
  await chooseLook(page, "Network output");
  await untilResult(page, /32 × 24 pixels\. Converted/);
  const painted = await downloadedPicture(chromium, folder, page);

  const { card, bytes } = await loadBundled(await modelTaken(page));
  const generator = await Generator.create(gpu, readCheckpoint(bytes).tensors);
  const source = await decodeImage(photo);
  const { margin } = card;
  const truth = await generator.convert(source, { margin });
  const drawn = difference(painted.image, truth);
  console.log(`as painted: ${drawn.count} of ${drawn.of} bytes differ from Node's, by ${drawn.most} at most`);
  expect(drawn.most).toBeLessThanOrEqual(1);
  const grid = { cell: 4, scale: 4, margin };
  const onGrid = difference(art.image, (await convertPicture(gpu, generator, source, grid)).image);
  console.log(`on the grid: ${onGrid.count} of ${onGrid.of} bytes differ from Node's, by ${onGrid.most} at most`);
  expect(onGrid.most).toBeLessThanOrEqual(1);
  generator.release();
  expect(complaints).toEqual([]);
});

test("the model stays cached between visits, under a digest of its card", async () => {
  const { page } = await open();
  const taken = await modelTaken(page);
  const { card } = await loadBundled(taken);
  const key = await page.evaluate(async () => {
    const requests = await (await caches.open("pixelcycle-weights")).keys();
    return requests.map(({ url }) => url);
  });
  // On a software adapter the light model is always measured, the better one only if that is fast.
  const addresses = key.map((url) => /weights\/([\w-]+)\.safetensors\?card=[0-9a-f]{16}$/.exec(url)![1]);
  expect(addresses.sort()).toEqual([...new Set(["pixelart-4-light", taken])].sort());
  const put = (bytes: Uint8Array) =>
    page.evaluate(
      async (url, bytes) => (await caches.open("pixelcycle-weights")).put(url, new Response(Uint8Array.from(bytes))),
      key.find((url) => url.includes(`/${taken}.safetensors`))!,
      [...bytes],
    );
  // A different network in the cache shows that the next visit uses it; a damaged one shows that it
  // is checked.
  await put(readFileSync(files.safetensors));
  await page.reload();
  await untilModel(page, /width 4/);
  await put(new Uint8Array(1000));
  await page.reload();
  await untilModel(page, new RegExp(`width ${card.network.ngf}`));
}, 400_000);
