// The Inside view in a browser: every layer is shown, every verdict drawn, and an operation under
// the pointer shows its gradient.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ElementHandle } from "puppeteer";
import { expect, onTestFinished, test } from "vitest";
import { writePth } from "../../src/formats/torch/pth-write.ts";
import { parameterCount } from "../../src/nn/architecture.ts";
import { inOneDict, randomWeights, smallResnet } from "../networks.ts";
import { openBrowser } from "./browser.ts";

const { open } = await openBrowser({ models: "bundled" });
const golden = (file: string) => fileURLToPath(new URL(`../golden/resnet6_lsgan_64/${file}`, import.meta.url));

test("the Inside view shows layers, verdicts and gradients", { timeout: 120_000 }, async () => {
  const { page, complaints } = await open({ view: "inside", width: 1280 });
  const text = (selector: string) => page.$eval(selector, (element) => element.textContent!);

  // The walk: all layers of the bundled generator, one after another by key.
  await page.waitForSelector(".channel-grid canvas", { timeout: 60_000 });
  expect(await page.$$eval(".strip-layer", (layers) => layers.length)).toBe(53);
  expect(await text(".layer-words code")).toBe("model.1");
  expect(await page.$$eval(".channel-grid canvas", (channels) => channels.length)).toBe(32);
  await page.focus('.strip-layer[aria-current="true"]');
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelector(".layer-words code")!.textContent === "model.3");
  expect(await text(".layer-words h3")).toBe("ReLU");
  await page.waitForFunction(() => /activation-gradient/.test(document.querySelector(".code-pair")!.textContent!));
  // A ReLU produces zeros, and the page shows their share.
  const zeros = /Exactly 0([\d.]+) %/.exec(await text(".layer-words"))!;
  expect(Number(zeros[1])).toBeGreaterThan(10);
  await page.$eval(".code-head input", (input) => (input as HTMLInputElement).click());
  await page.waitForFunction(() => /const LANES = 64u;/.test(document.querySelector(".code")!.textContent!));

  // Another generator from a file, and a file that is not one, which gives an error and changes
  // nothing.
  const choose = async (index: number, file: string) => {
    const inputs = (await page.$$(".choices input[type=file]")) as ElementHandle<HTMLInputElement>[];
    await inputs[index].uploadFile(file);
  };
  await choose(0, golden("D_A.pth"));
  await page.waitForSelector('.inside [data-tone="error"]');
  expect(await text('.inside [data-tone="error"]')).toMatch(/D_A\.pth: .*discriminator/);
  expect(await page.$$eval(".strip-layer", (layers) => layers.length)).toBe(53);
  await choose(0, golden("G_A.pth"));
  await page.waitForFunction(() => /1 × 8 × 64 × 64/.test(document.querySelector(".layer-words")!.textContent!), {
    timeout: 30_000,
  });
  expect(await page.$('.inside [data-tone="error"]')).toBeNull();

  // The step: operations of all kinds, and the gradient of the one under the pointer.
  await page.$eval("#step-title", (title) => title.scrollIntoView());
  await page.waitForSelector(".graph .cell", { timeout: 60_000 });
  const cells = await page.$$(".graph .cell.convolution");
  expect(cells.length).toBe(4 * 18 + 4 * 5);
  await cells[5].hover();
  const gradient = /Gradient with respect to its outputnorm ([\d.]+)/.exec(await text(".selected"))!;
  expect(Number(gradient[1])).toBeGreaterThan(0);
  expect(await text(".selected")).toMatch(
    /convolution · model\.[\w.]+ of G_A.*Gradient with respect to its weight.*[\d.]+.*Memory/,
  );
  const before = await text(".selected h3");
  await cells[5].evaluate((cell) => (cell as unknown as SVGElement).focus());
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((before) => document.querySelector(".selected h3")!.textContent !== before, {}, before);
  await page.click(".graph .box-title");
  await page.waitForSelector('.graph .box-title[aria-expanded="true"]');

  // The bundled networks are all trained. A fresh discriminator scores everything about 0, which is
  // a loss of 0.5.
  const choices = await page.$$(".segmented label");
  for (const choice of choices) {
    if ((await choice.evaluate(({ textContent }) => textContent)) === "Bundled networks") await choice.click();
  }
  await page.waitForFunction(() => /ngf 32/.test(document.querySelector(".step-facts")!.textContent!), {
    timeout: 60_000,
  });
  const [, ...losses] = /D_A and D_B([\d.]+) and ([\d.]+)/.exec(await text(".step-facts"))!.map(Number);
  for (const loss of losses) expect(loss).toBeLessThan(0.4);

  // The verdicts: a square for each, and the frame follows the pointer.
  await page.$eval("#judge-title", (title) => title.scrollIntoView());
  await page.waitForSelector(".judged .verdict", { timeout: 60_000 });
  const verdicts = await page.$$eval(".judged", (figures) =>
    figures.map((figure) => figure.querySelectorAll(".verdict").length),
  );
  expect(verdicts).toEqual([100, 100, 100]);
  const frame = () =>
    page.$eval(".judged .patch-frame", (frame) =>
      ["x", "y", "width", "height"].map((name) => Number(frame.getAttribute(name))),
    );
  await (await page.$$(".judged .verdict"))[44].hover();
  const [x, y, width, height] = await frame();
  expect([width, height]).toEqual([70, 70]);
  await page.$eval(".judged svg", (map) => map.focus());
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(
    (x) => document.querySelector(".judged .patch-frame")!.getAttribute("x") === String(x),
    {},
    x + 8,
  );
  expect(await frame()).toEqual([x + 8, y, 70, 70]);
  // Hand-drawn art is distinguished from the generator's output.
  const means = await page.$$eval(".judged figcaption .number", (captions) =>
    captions.map(({ textContent }) => Number(/(-?[\d.]+) on average/.exec(textContent!)![1])),
  );
  expect(means[0]).toBeGreaterThan(0.6);
  expect(means[2]).toBeLessThan(0.4);

  expect(complaints).toEqual([]);
  await page.close();
});

test("a file with several networks offers its generators, and its discriminators", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pixelcycle-inside-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const patch = { kind: "patch", inputChannels: 3, ndf: 2, layers: 3, norm: "instance" } as const;
  const networks = {
    netG_A: randomWeights(smallResnet),
    netD_A: randomWeights(patch),
    netG_B: randomWeights({ ...smallResnet, blocks: 1 }),
    netD_B: randomWeights({ ...patch, ndf: 4 }),
  };
  const file = join(folder, "several.pth");
  writeFileSync(file, writePth(inOneDict(networks)));

  const { page, complaints } = await open({ view: "inside", width: 1280 });
  await page.waitForSelector(".channel-grid canvas", { timeout: 60_000 });
  /** Opens the file in a section, checks the offered keys, and chooses the second. */
  const chooseSecond = async (section: string, keys: string[]) => {
    await page.$eval(`#${section}`, (title) => title.scrollIntoView());
    const place = `section[aria-labelledby="${section}"]`;
    const input = (await page.waitForSelector(`${place} input[type=file]`)) as ElementHandle<HTMLInputElement>;
    await input.uploadFile(file);
    const id = await page.waitForFunction(
      (place) => {
        const labels = [...document.querySelectorAll<HTMLLabelElement>(`${place} label`)];
        return labels.find(({ textContent }) => textContent === "Network in the file")?.htmlFor;
      },
      { timeout: 60_000 },
      place,
    );
    const select = `[id="${await id.jsonValue()}"]`;
    expect(await page.$$eval(`${select} option`, (all) => all.map(({ value }) => value))).toEqual(keys);
    expect(await page.$eval(select, (element) => (element as HTMLSelectElement).value)).toBe(keys[0]);
    await page.select(select, keys[1]);
  };
  const layers = (count: number) =>
    page.waitForFunction((count) => document.querySelectorAll(".strip-layer").length === count, {}, count);
  await chooseSecond("walk-title", ["netG_A", "netG_B"]);
  // One block less than the first network: 23 of 29 layers.
  await layers(23);
  await chooseSecond("judge-title", ["netD_A", "netD_B"]);
  const told = `several.pth: PatchGAN, ${parameterCount({ ...patch, ndf: 4 }).toLocaleString("en")} parameters`;
  await page.waitForFunction((told) => document.body.textContent!.includes(told), { timeout: 60_000 }, told);
  expect(complaints).toEqual([]);
  await page.close();
});
