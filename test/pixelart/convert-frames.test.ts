// The conversion of an animation's frames: with statistics from some of its frames, in order, with
// still cells held.

import { afterAll, expect, test } from "vitest";
import { Generator } from "../../src/nn/generator.ts";
import { pooled } from "../../src/nn/shared-statistics.ts";
import { still, type Sequence } from "../../src/picture/animation.ts";
import type { Image } from "../../src/picture/image.ts";
import { drawFrames, statisticsOfFrames } from "../../src/pixelart/convert-frames.ts";
import { drawCells } from "../../src/pixelart/convert.ts";
import { openTestGpu } from "../gpu.ts";
import { randomPicture, randomWeights, smallResnet } from "../networks.ts";

const gpu = await openTestGpu();
const generator = await Generator.create(gpu, randomWeights(smallResnet, 0.3));
afterAll(() => generator.release());

const [width, height, cell] = [64, 48, 4];
const grid = { cell, scale: 1, margin: 8 } as const;

/** A block that moves along the top of a still picture. */
function frame(step: number): Image {
  const picture = randomPicture(width, height);
  const data = picture.data.slice();
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++) data.set([255, 9 * step, 0, 255], 4 * (width * y + x + 6 * step));
  return { ...picture, data };
}

function clip(count: number): Sequence & { read: number } {
  const sequence = {
    read: 0,
    ...{ delays: Array<number>(count).fill(40), loops: 0 },
    async *frames() {
      for (let step = 0; step < count; step++) {
        sequence.read++;
        yield frame(step);
      }
    },
  };
  return sequence;
}

test("statistics come from four evenly spread frames; a single frame has its own", async () => {
  const of = async (...steps: number[]) => {
    const all = [];
    for (const step of steps) all.push(await generator.statisticsOf(frame(step)));
    return pooled(all);
  };
  expect(await statisticsOfFrames(generator, clip(9))).toEqual(await of(1, 3, 5, 7));
  expect(await statisticsOfFrames(generator, clip(2))).toEqual(await of(0, 1));
  expect(await statisticsOfFrames(generator, clip(1))).toBeUndefined();
  const long = clip(9);
  await statisticsOfFrames(generator, long);
  // None is decoded after the last of the four.
  expect(long.read).toBe(8);
});

test("each frame is drawn with them, and still regions do not change", async () => {
  const count = 4;
  const shares: number[] = [];
  const drawn = await drawFrames(gpu, generator, clip(count), { ...grid, onProgress: (share) => shares.push(share) });
  expect(drawn).toHaveLength(count);
  const statistics = await statisticsOfFrames(generator, clip(count), grid);
  const pixels = ({ image }: { image: Image }) => new Uint32Array(image.data.slice().buffer);
  const first = pixels(drawn[0]);
  let [held, redrawn] = [0, 0];
  for (let step = 0; step < count; step++) {
    const alone = pixels(await drawCells(generator, frame(step), { ...grid, statistics }));
    if (step === 0) expect(first).toEqual(alone);
    pixels(drawn[step]).forEach((pixel, i) => {
      const [x, y] = [i % 16, Math.floor(i / 16)];
      // The block's old and new position, each with two cells around it.
      const isBeside = y < 4 && x >= 1.5 * (step - 1) - 2 && x < 1.5 * step + 4;
      if (isBeside && step > 0) {
        expect(pixel).toBe(alone[i]);
        redrawn++;
      } else if (y >= 4) {
        expect(pixel).toBe(first[i]);
        held += pixel === alone[i] ? 0 : 1;
      }
    });
  }
  expect(redrawn).toBeGreaterThan(50);
  // The network would have changed some of them.
  expect(held).toBeGreaterThan(0);
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
});

test("a still picture is drawn as before, and only existing frames are read", async () => {
  const [alone] = await drawFrames(gpu, generator, still(frame(2)), grid);
  expect(alone.image.data).toEqual((await drawCells(generator, frame(2), grid)).image.data);
  const two = clip(2);
  await drawFrames(gpu, generator, two, grid);
  expect(two.read).toBe(4);
});
