// The README's way to convert an animation, with a tiny network.

import sharp from "sharp";
import { expect, test } from "vitest";
import { writePth } from "../../src/formats/torch/pth-write.ts";
import { decodeAnimation, encodeAnimation, loadGenerator, loadPalette, UserError } from "../../src/library/node.ts";
import { openTestGpu } from "../gpu.ts";
import { randomPicture, randomWeights, smallResnet } from "../networks.ts";

const gpu = await openTestGpu();
const timing = { delays: [70, 40, 110], loops: 2 };

test.each(["gif", "webp"] as const)("an animation becomes a %s with one palette and its delays", async (kind) => {
  const generator = await loadGenerator(writePth(randomWeights(smallResnet)), { gpu });
  const palette = (await loadPalette("game-boy")).colours;
  // Three strips of a picture, since equal frames would become one.
  const { data: strips } = randomPicture(16, 36);
  const frames = timing.delays.map((_, i) => ({ width: 16, height: 12, data: strips.slice(768 * i, 768 * (i + 1)) }));
  const clip = await decodeAnimation(await encodeAnimation(frames, "webp", timing));
  const expected: Uint8ClampedArray[] = [];
  async function* drawn() {
    for await (const frame of clip.frames()) {
      const art = await generator.convert(frame, { cell: 4, scale: 2, palette });
      expected.push(art.data);
      yield art;
    }
  }
  const bytes = await encodeAnimation(drawn(), kind, clip);
  generator.release();

  const data = await sharp(bytes, { animated: true }).ensureAlpha().raw().toBuffer();
  expect(new Uint8Array(data)).toEqual(Uint8Array.from(expected.flatMap((pixels) => [...pixels])));
  const { width, pageHeight, pages, delay, loop } = await sharp(bytes, { animated: true }).metadata();
  expect([width, pageHeight, pages]).toEqual([8, 6, 3]);
  expect({ delays: delay, loops: loop }).toEqual(timing);
});

test("invalid frames, and a number that does not match the delays, are reported", async () => {
  const wrong = { width: 2, height: 2, data: new Uint8ClampedArray(3) };
  await expect(encodeAnimation([wrong], "webp", { delays: [10], loops: 0 })).rejects.toThrow(
    /takes a Uint8ClampedArray of 16/,
  );
  await expect(encodeAnimation([randomPicture(2, 2)], "webp", timing)).rejects.toThrow(UserError);
});
