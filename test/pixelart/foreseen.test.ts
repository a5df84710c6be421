// The kernels that are predicted for a conversion are those that it uses.

import { expect, test, vi } from "vitest";
import type { CompileAhead } from "../../src/gpu/compile-ahead.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import type { Generator } from "../../src/nn/generator.ts";
import type { Sequence } from "../../src/picture/animation.ts";
import type { ColourOptions } from "../../src/pixelart/colour-options.ts";
import { colourCells, shadersOfColours } from "../../src/pixelart/colours.ts";
import { drawFrames } from "../../src/pixelart/convert-frames.ts";
import { convertPicture } from "../../src/pixelart/convert.ts";
import { shadersOfSnap, snapCells } from "../../src/pixelart/pixelate.ts";
import { openTestGpu } from "../gpu.ts";
import { randomPicture } from "../networks.ts";

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

const options = { cell: 4, scale: 4 };

test.each<[string, (gpu: Gpu) => Promise<unknown>]>([
  ["a picture", (gpu) => convertPicture(gpu, {} as Generator, randomPicture(8, 8), options)],
  ["an animation", (gpu) => drawFrames(gpu, {} as Generator, {} as Sequence, options)],
])("%s announces the kernels of its colours before the network runs", async (_, convert) => {
  const foresee = vi.fn<CompileAhead["foresee"]>();
  await expect(convert({ ...gpu, ahead: { foresee } } as unknown as Gpu)).rejects.toThrow();
  const announced = foresee.mock.calls.map(([name, shaders]) => [name, shaders()]);
  expect(announced).toEqual([["colours", shadersOfColours(gpu, {})]]);
});
