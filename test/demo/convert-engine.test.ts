// The engine of the Convert view, in Node: what it tells the visitor about a lost device, and about
// a picture that is too large.

import { beforeEach, describe, expect, test, vi } from "vitest";
import type { ArtOptions } from "../../demo/convert/api.ts";
import { Engine } from "../../demo/convert/worker/engine.ts";
import { Network } from "../../demo/convert/worker/network.ts";
import { readModel } from "../../demo/parts/model.ts";
import { UserError } from "../../src/errors.ts";
import { writeSafetensors } from "../../src/formats/tensors/safetensors.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { still } from "../../src/picture/animation.ts";
import { openTestGpu } from "../gpu.ts";
import { randomPicture, randomWeights, smallResnet } from "../networks.ts";

const opened: Gpu[] = [];
let memory: number | undefined;
vi.mock("../../src/platform/gpu/gpu.browser.ts", () => ({
  openGpu: async () => {
    opened.push(await openTestGpu({ ...(memory !== undefined && { memory }) }));
    return opened.at(-1)!;
  },
}));

const model = readModel("small", writeSafetensors(randomWeights(smallResnet)));
let news: string[] = [];
beforeEach(() => {
  news = [];
  memory = undefined;
});

async function engineWith(width: number, height: number): Promise<Engine> {
  const engine = new Engine(new Network((sentence) => news.push(sentence)));
  await engine.use(model);
  await engine.read(1, "photo.png", still(randomPicture(width, height)), null);
  return engine;
}

describe("a lost device", () => {
  const art = (colors: number): ArtOptions => {
    const colours = { colors, dither: "none" as const };
    return { grid: { cell: 4, scale: 1, ...colours }, own: { scale: 1, colours } };
  };
  const lose = () => opened.at(-1)!.device.destroy();
  const lost = "The GPU was lost and reopened.";

  test("makes only the work that it cut off start over, and the visitor is told which", async () => {
    const engine = await engineWith(64, 48);
    lose();
    await engine.draw(1, () => {});
    lose();
    await engine.art(1, art(8));
    lose();
    await engine.art(1, art(16));
    lose();
    await engine.sharedPalette([1], art(8), { colors: 4, locked: [] });
    expect(news).toEqual([
      `${lost} The current picture starts over.`,
      `${lost} Only the cells and colours are computed again.`,
      `${lost} Only the colours are computed again.`,
      `${lost} The palette is searched again.`,
    ]);
  });
});

test("a picture that is too large is refused with the settings with which it fits", async () => {
  memory = 12e6;
  const engine = await engineWith(640, 480);
  const refusal = await engine.draw(1, () => {}).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(UserError);
  const [, full, half] =
    /^A picture of 640 x 480 pixels needs more memory than is available \(0\.0 GiB\)\. Choose a longest side of (\d+) pixels or less, or of (\d+) with half precision\.$/
      .exec((refusal as Error).message)!
      .map(Number);
  expect(half).toBeGreaterThan(full);

  const drawn = async (longest: number) => {
    await engine.read(1, "photo.png", still(randomPicture(640, 480)), longest);
    return engine.draw(1, () => {});
  };
  await drawn(full);
  await expect(drawn(half)).rejects.toThrow("Choose a longest side");
  await engine.usePrecision("half");
  await drawn(half);
});
