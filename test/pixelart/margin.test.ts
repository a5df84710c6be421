// The margin around a picture: with a network that changes nothing, it leaves no trace in colour,
// alpha or position.

import { expect, test } from "vitest";
import type { Generator } from "../../src/nn/generator.ts";
import type { Image } from "../../src/picture/image.ts";
import { convertPicture } from "../../src/pixelart/convert.ts";
import { openTestGpu, someValues } from "../gpu.ts";

const gpu = await openTestGpu();

/**
 * Returns its pictures unchanged, with a ResNet's sizes, 4 * ceil(n / 4) per side. It records the
 * sizes that it received.
 */
function identityGenerator() {
  const sizes: [number, number][] = [];
  const convert = async (image: Image): Promise<Image> => {
    sizes.push([image.width, image.height]);
    const [width, height] = [4 * Math.ceil(image.width / 4), 4 * Math.ceil(image.height / 4)];
    const data = new Uint8ClampedArray(4 * width * height);
    for (let y = 0; y < image.height; y++) {
      const row = image.data.subarray(4 * y * image.width, 4 * (y + 1) * image.width);
      data.set(row, 4 * y * width);
    }
    for (let i = 3; i < data.length; i += 4) data[i] = 255;
    return { width, height, data, hasAlpha: false };
  };
  const checkFits = () => undefined;
  return { generator: { convert, checkFits } as unknown as Generator, sizes };
}

function randomPicture(width: number, height: number, hasAlpha: boolean): Image {
  const values = someValues({ layout: "pixels", shape: [1, height, width] }, width * height);
  const data = new Uint8ClampedArray(Uint32Array.from(values).buffer);
  if (!hasAlpha) for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { width, height, data, hasAlpha };
}

test.each([
  [24, 16, false],
  [13, 7, false],
  [13, 22, true],
  [3, 2, true],
])("%i x %i, alpha %s", async (width, height, hasAlpha) => {
  const picture = randomPicture(width, height, hasAlpha);
  const { generator, sizes } = identityGenerator();
  const options = { cell: 4, scale: 4 } as const;
  const plain = await convertPicture(gpu, generator, picture, options);
  const wide = await convertPicture(gpu, generator, picture, { ...options, margin: 32 });
  expect(wide).toEqual(plain);
  expect([wide.image.width, wide.image.height]).toEqual([width, height]);
  expect(sizes).toEqual([
    [width, height],
    [width + 64, height + 64],
  ]);
});

test("raw pictures get no margin", async () => {
  const { generator, sizes } = identityGenerator();
  await convertPicture(gpu, generator, randomPicture(9, 9, false), { raw: true });
  expect(sizes).toEqual([[9, 9]]);
});
