// Pixel art with known grids: the bundled samples at one pixel per cell, and ways to damage them.

import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { decoded, pictureOf } from "../../../bench/degradations.ts";
import { allInOrder } from "../../../src/errors.ts";
import { blankImage, type Image } from "../../../src/picture/image.ts";

const sampleOf = (name: string) => fileURLToPath(new URL(`../../../samples/${name}`, import.meta.url));

/** Four samples side by side, 32 x 32 pixels each; the files contain them at twice the size. */
export async function artOf(...names: readonly [string, string, string, string]): Promise<Image> {
  const four = await allInOrder(
    names.map((name) => decoded(sharp(sampleOf(`train/trainB/${name}.png`)).removeAlpha())),
  );
  const art = blankImage(64, 64);
  const pixels = new Uint32Array(art.data.buffer);
  four.forEach(({ data, width }, i) => {
    const from = new Uint32Array(data.slice().buffer);
    for (let y = 0; y < 32; y++)
      for (let x = 0; x < 32; x++) pixels[(y + 32 * (i >> 1)) * 64 + x + 32 * (i % 2)] = from[2 * y * width + 2 * x];
  });
  return art;
}

export function photoOf(name: string): Promise<Image> {
  return decoded(sharp(sampleOf(`${name}.jpg`)));
}

export async function jpegOf(image: Image, quality: number): Promise<Image> {
  return decoded(sharp(await pictureOf(image).removeAlpha().jpeg({ quality }).toBuffer()));
}

export function blurred(image: Image, deviation: number): Promise<Image> {
  return decoded(pictureOf(image).blur(deviation));
}

/** Each pixel (x, y) of the result is the picture's pixel at `from(x, y)`. */
export function rearranged(
  image: Image,
  width: number,
  height: number,
  from: (x: number, y: number) => [number, number],
): Image {
  const pixels = new Uint32Array(image.data.slice().buffer);
  const result = Uint32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = from(i % width, Math.floor(i / width));
    return pixels[y * image.width + x];
  });
  return { ...image, width, height, data: new Uint8ClampedArray(result.buffer) };
}
