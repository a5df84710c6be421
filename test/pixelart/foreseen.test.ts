// The kernels that are predicted for a conversion are those that it uses.

import { expect, test, vi } from "vitest";
import { Generator } from "../../src/nn/generator.ts";
import { still } from "../../src/picture/animation.ts";
import type { ColourOptions } from "../../src/pixelart/colour-options.ts";
import { colourCells, shadersOfColours } from "../../src/pixelart/colours.ts";
import { drawFrames } from "../../src/pixelart/convert-frames.ts";
import { convertPicture } from "../../src/pixelart/convert.ts";
import { shadersOfSnap, snapCells } from "../../src/pixelart/pixelate.ts";
import { openTestGpu } from "../gpu.ts";
import { randomPicture, randomWeights, smallResnet } from "../networks.ts";

const gpu = await openTestGpu();

/** The kernels that are requested during some work. */
async function needed(work: () => Promise<unknown>): Promise<Set<string>> {
  const asked = vi.spyOn(gpu.pipelines, "get");
  await work();
  const shaders = new Set(asked.mock.calls.map(([shader]) => shader));
  asked.mockRestore();
  return shaders;
}

test.each([{ source: randomPicture(44, 36) }, { source: randomPicture(44, 36), keepColors: 0 }, {}])(
  "kernels for cells, case %#",
  async (options) => {
    const snap = { cell: 4, scale: 1, ...options };
    const foreseen = new Set(shadersOfSnap(gpu, randomPicture(8, 8), snap));
    expect(foreseen).toEqual(await needed(() => snapCells(gpu, randomPicture(44, 36), snap)));
  },
);

test.each<ColourOptions>([
  {},
  { colors: 8 },
  { colors: 200 },
  { colors: "none" },
  {
    palette: [
      [0, 0, 0],
      [255, 255, 255],
    ],
    dither: "bayer-4",
  },
  { dither: "atkinson" },
])("kernels for colours: %j", async (options) => {
  const foreseen = new Set(shadersOfColours(gpu, options));
  expect(foreseen).toEqual(await needed(() => colourCells(gpu, randomPicture(60, 70), options)));
});

test("a picture and an animation announce the kernels of their colours", async () => {
  const announced: (readonly string[])[] = [];
  const ahead = {
    foresee: (_name: string, shaders: () => readonly string[]) => announced.push(shaders()),
    reach: () => undefined,
    start: () => undefined,
  };
  const watched = new Proxy(gpu, {
    get: (of, name) => (name === "ahead" ? ahead : (Reflect.get(of, name) as unknown)),
  });
  const generator = await Generator.create(gpu, randomWeights(smallResnet, 0.3));
  const picture = randomPicture(12, 8);
  const options = { cell: 4, scale: 1, colors: 3 };
  await convertPicture(watched, generator, picture, options);
  await drawFrames(watched, generator, still(picture), options);
  generator.release();
  expect(announced).toEqual(Array(2).fill(shadersOfColours(gpu, options)));
});
