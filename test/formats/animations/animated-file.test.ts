// Whether a file is an animation, judged by its headers: files by other programs, our own,
// truncated ones, and files that are none.

import sharp from "sharp";
import { expect, test } from "vitest";
import { animatedKind } from "../../../src/formats/animations/animated-file.ts";
import { blankImage, type Image } from "../../../src/picture/image.ts";
import { encodeAnimation } from "../../../src/platform/pictures/animations.node.ts";
import { encodePng } from "../../../src/platform/pictures/images.node.ts";
import { apngOf } from "../../animated-png.ts";
import { randomPicture } from "../../networks.ts";
import { pillowApng } from "../../picture/fixtures/apng.ts";
import { bytesOf } from "../../picture/fixtures/fixtures.ts";

/** Reads blocks of a file, and counts the bytes. */
const kindOf = async (bytes: Uint8Array) => {
  let read = 0;
  const kind = await animatedKind(async (start, length) => {
    const some = bytes.subarray(start, start + length);
    read += some.length;
    return some;
  });
  return { kind, read };
};

const frame = (value: number): Image => ({ ...blankImage(9, 7), data: blankImage(9, 7).data.fill(value) });
const timing = { delays: [10, 20], loops: 0 };
const drawn = [1, 2].map((n) => ({ image: frame(80 * n), x: 0, y: 0, dispose: 0, blend: 0, delay: [1, 10] }) as const);

test("animations of each kind are recognised, by our writers and others", async () => {
  const frames = [frame(60), frame(200)];
  expect((await kindOf(await encodeAnimation(frames, "gif", timing))).kind).toBe("GIF");
  expect((await kindOf(await encodeAnimation(frames, "webp", timing))).kind).toBe("WebP");
  expect((await kindOf(await apngOf(9, 7, drawn))).kind).toBe("PNG");
  expect((await kindOf(bytesOf(pillowApng))).kind).toBe("PNG");
  const stacked = new Uint8Array(4 * 90 * 70 * 2).map((_, i) => (i * i) >> 5);
  const raw = { width: 90, height: 140, channels: 4, pageHeight: 70 } as const;
  expect((await kindOf(await sharp(stacked, { raw }).gif().toBuffer())).kind).toBe("GIF");
  expect((await kindOf(await sharp(stacked, { raw }).webp().toBuffer())).kind).toBe("WebP");
});

test("still pictures, animations of one frame, and other files are not animations", async () => {
  const { width, height, data } = randomPicture(60, 50);
  const still = () => sharp(data, { raw: { width, height, channels: 4 } });
  const files = [
    await still().gif().toBuffer(),
    await still().webp().toBuffer(),
    await still().webp({ lossless: true }).toBuffer(),
    await still().png().toBuffer(),
    await still().jpeg().toBuffer(),
    await encodeAnimation([frame(9)], "gif", { delays: [10], loops: 0 }),
    await encodeAnimation([frame(9)], "webp", { delays: [10], loops: 0 }),
    await apngOf(9, 7, drawn.slice(1)),
    new Uint8Array(),
    Buffer.from("GIF89a and nothing else"),
  ];
  for (const file of files) expect((await kindOf(file)).kind).toBeUndefined();
});

test("a truncated file counts from its second frame on, and no truncation makes it read forever", async () => {
  const gif = await encodeAnimation([frame(60), frame(200)], "gif", timing);
  for (let end = 0; end < gif.length; end++) await kindOf(gif.subarray(0, end));
  expect((await kindOf(gif.subarray(0, gif.length - 5))).kind).toBe("GIF");
  expect((await kindOf(gif.subarray(0, 40))).kind).toBeUndefined();
});

test("only the beginning of a large still picture is read", async () => {
  const large = await encodePng(randomPicture(200, 200));
  expect(large.length).toBeGreaterThan(50_000);
  expect((await kindOf(large)).read).toBe(4096);
});
