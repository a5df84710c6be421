// Animated PNGs that we write, read back by our own reader, composed frame by frame, and by
// libvips, which sees a still picture.

import sharp from "sharp";
import { expect, test } from "vitest";
import { ApngWriter } from "../../../src/formats/animations/apng-writer.ts";
import { splitApng } from "../../../src/formats/animations/apng.ts";
import type { Image } from "../../../src/picture/image.ts";
import { decodeAnimation } from "../../../src/platform/pictures/animations.node.ts";
import { Random } from "../../../src/random.ts";

const random = new Random(5);
const [width, height] = [29, 23];

/** Frames that each change a part of the previous one. */
function clip(count: number, colours: number, alphas: readonly number[]): Uint32Array[] {
  const palette = Array.from(
    { length: colours },
    () => (random.below(2 ** 24) | (alphas[random.below(alphas.length)] << 24)) >>> 0,
  );
  const all = [new Uint32Array(width * height).map(() => palette[random.below(colours)])];
  while (all.length < count) {
    const next = all.at(-1)!.slice();
    for (let y = 2; y < 6; y++) for (let x = 3; x < 8; x++) next[y * width + x] = palette[random.below(colours)];
    all.push(next);
  }
  return all;
}

function written(frames: readonly Uint32Array[], delays: readonly number[], loops: number) {
  const writer = new ApngWriter(width, height, loops);
  frames.forEach((pixels, i) => writer.add({ width, height, pixels }, delays[i]));
  return writer.finish();
}

test.each([
  ["two colours", 2, [255], 3, 1],
  ["15 colours, some of them half transparent", 15, [0, 90, 255], 3, 4],
  ["200 colours", 200, [255], 3, 8],
  ["more than a palette holds", 400, [0, 128, 255], 6, 8],
] as const)("%s are read back losslessly, with their times", async (_name, colours, alphas, type, depth) => {
  const frames = clip(4, colours, alphas);
  const bytes = await written(frames, [40, 7, 1000, 70_000], 3);
  expect([bytes[25], bytes[24]]).toEqual([type, depth]);
  const { delays, loops, frames: read } = await decodeAnimation(bytes);
  expect({ delays, loops }).toEqual({ delays: [40, 7, 1000, 65_535], loops: 3 });
  let place = 0;
  for await (const { data } of read()) expect(new Uint32Array(data.slice().buffer)).toEqual(frames[place++]);
  expect(place).toBe(4);
  const first = await sharp(bytes).ensureAlpha().raw().toBuffer();
  expect(new Uint8Array(first)).toEqual(new Uint8Array(frames[0].buffer));
});

test("only changes are written, and a frame without changes still exists", async () => {
  const [first, second] = clip(2, 9, [255]);
  const apng = splitApng(await written([first, second, second], [10, 10, 10], 0))!;
  expect(apng.loops).toBe(0);
  expect(apng.frames.map(({ x, y, width, height }) => [x, y, width, height])).toEqual([
    [0, 0, width, height],
    [expect.any(Number), 2, expect.any(Number), 4],
    [0, 0, 1, 1],
  ]);
});

test("an animation of one frame is an ordinary PNG", async () => {
  const image = (await decodeAnimation(await written(clip(1, 3, [255]), [0], 1))).frames();
  expect(((await image.next()).value as Image).width).toBe(width);
});
