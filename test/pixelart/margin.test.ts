// A conversion is one program on the device: the margin around the picture, the network, the margin
// cut off with the source's alpha, and the grid. It gives the same bytes as these steps one by one.

import { afterAll, describe, expect, test, vi } from "vitest";
import { Generator } from "../../src/nn/generator.ts";
import { blankImage, type Image } from "../../src/picture/image.ts";
import { crop } from "../../src/picture/preprocess.ts";
import { convertPicture, drawCells } from "../../src/pixelart/convert.ts";
import { pixelate } from "../../src/pixelart/pixelate.ts";
import { openTestGpu, someValues } from "../gpu.ts";
import { randomWeights, smallResnet } from "../networks.ts";
import { poisonScratch } from "../poison.ts";

const gpu = await openTestGpu();
const tensors = randomWeights(smallResnet, 0.3);
const generator = await Generator.create(gpu, tensors);
afterAll(() => generator.release());

function randomPicture(width: number, height: number, hasAlpha: boolean): Image {
  const values = someValues({ layout: "pixels", shape: [1, height, width] }, width * height);
  const data = new Uint8ClampedArray(Uint32Array.from(values).buffer);
  if (!hasAlpha) for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { width, height, data, hasAlpha };
}

/** A picture whose pixels are those of `image` at `placeOf`. */
function gathered(image: Image, width: number, height: number, placeOf: (x: number, y: number) => [number, number]) {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [left, top] = placeOf(x, y);
      const from = 4 * (top * image.width + left);
      data.set(image.data.subarray(from, from + 4), 4 * (y * width + x));
    }
  return { ...image, width, height, data };
}

/** As torch.nn.ReflectionPad2d, as often as necessary. */
function mirrored(image: Image, margin: number): Image {
  const reflected = (place: number, size: number): number =>
    place < 0 ? reflected(-place, size) : place < size ? place : reflected(2 * (size - 1) - place, size);
  const at = (place: number, size: number) => (size === 1 ? 0 : reflected(place - margin, size));
  return gathered(image, image.width + 2 * margin, image.height + 2 * margin, (x, y) => [
    at(x, image.width),
    at(y, image.height),
  ]);
}

function withAlphaOf(source: Image, drawn: Image): Image {
  const seen = gathered(source, drawn.width, drawn.height, (x, y) => [
    Math.min(x, source.width - 1),
    Math.min(y, source.height - 1),
  ]);
  return { ...drawn, data: drawn.data.map((byte, i) => (i % 4 < 3 ? byte : seen.data[i])), hasAlpha: source.hasAlpha };
}

/** What the network draws of a picture, and then cut and made see-through on the CPU. */
async function drawnInSteps(picture: Image, margin: number): Promise<Image> {
  const { width, height } = picture;
  const wide = await generator.convert({ ...mirrored(picture, margin), hasAlpha: false });
  return withAlphaOf(picture, margin > 0 ? crop(wide, margin, margin, width, height) : wide);
}

const pictures: [number, number, boolean, number][] = [
  [24, 16, false, 0],
  [24, 16, false, 32],
  [13, 7, false, 8],
  [13, 22, true, 32],
  [13, 22, true, 0],
  [3, 2, true, 6],
  [9, 1, true, 5],
];

describe.each(pictures)("%i x %i, alpha %s, margin %i", (width, height, hasAlpha, margin) => {
  const picture = randomPicture(width, height, hasAlpha);

  test("as painted", async () => {
    const drawn = await drawnInSteps(picture, margin);
    poisonScratch(gpu);
    expect(await generator.convert(picture, { margin })).toEqual(drawn);
    if (margin === 0) expect((await convertPicture(gpu, generator, picture, { raw: true })).image).toEqual(drawn);
  });

  test.each([{}, { keepColors: 0.5 }, { keepColors: 0 }])("on a grid, %j", async (colours) => {
    const grid = { cell: 4, scale: 3, ...colours };
    const drawn = await drawnInSteps(picture, margin);
    const art = await pixelate(gpu, drawn, { ...grid, width, height, source: picture });
    poisonScratch(gpu);
    expect(await convertPicture(gpu, generator, picture, { ...grid, margin })).toEqual(art);
  });
});

test("bands and half precision change nothing", async () => {
  const picture = randomPicture(45, 150, true);
  const grid = { cell: 4, scale: 1, margin: 8 };
  const limited = await openTestGpu({ maximumBindingBytes: 16384 * 8 + 512 });
  const banded = await Generator.create(limited, tensors);
  expect(await convertPicture(limited, banded, picture, grid)).toEqual(
    await convertPicture(gpu, generator, picture, grid),
  );
  const half = await Generator.create(gpu, tensors, undefined, "half");
  const drawn = await half.convert(picture, { margin: 8 });
  const { width, height } = picture;
  expect(await convertPicture(gpu, half, picture, grid)).toEqual(
    await pixelate(gpu, drawn, { ...grid, width, height, source: picture }),
  );
  half.release();
});

test("the picture is uploaded once, only cells come back, and the next picture needs no new program", async () => {
  const [first, second] = [randomPicture(40, 24, true), randomPicture(40, 24, false)];
  const options = { cell: 4, scale: 1, margin: 8 };
  await drawCells(generator, first, options);
  const [written, read, prepared] = [vi.spyOn(gpu, "write"), vi.spyOn(gpu, "read"), vi.spyOn(gpu.pipelines, "get")];
  await drawCells(generator, second, options);
  expect(written.mock.calls.filter(([, { byteLength }]) => byteLength === 4 * 40 * 24)).toHaveLength(1);
  expect(read.mock.calls.map(([, , bytes]) => bytes)).toEqual([4 * 10 * 6]);
  expect(prepared).not.toHaveBeenCalled();
  await drawCells(generator, second, { ...options, cell: 5 });
  expect(prepared).toHaveBeenCalled();
  vi.restoreAllMocks();
});

test("a picture too large for the memory is refused with the largest size that fits", async () => {
  const poor = await openTestGpu({ memory: 40e6 });
  const small = await Generator.create(poor, tensors);
  const grid = { cell: 4, scale: 1, margin: 8 };
  const refusal = await drawCells(small, blankImage(4000, 3000), grid).catch((error: unknown) => String(error));
  const [width, height] = /fits is about (\d+) x (\d+)/.exec(String(refusal))!.slice(1).map(Number);
  expect((await drawCells(small, blankImage(width, height), grid)).image.width).toBe(Math.ceil(width / 4));
  const larger = blankImage(Math.ceil(1.02 * width), Math.ceil(1.02 * height));
  await expect(drawCells(small, larger, grid)).rejects.toThrow("needs more memory");
});

test("a grid that is out of range, or a result too large, is refused before the network runs", async () => {
  const convert = vi.spyOn(generator, "convert");
  const picture = randomPicture(40, 24, false);
  await expect(drawCells(generator, picture, { cell: 65, scale: 1 })).rejects.toThrow("The cell");
  await expect(drawCells(generator, picture, { cell: 1, scale: 1000 })).rejects.toThrow("40000 x 24000");
  expect(convert).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});
