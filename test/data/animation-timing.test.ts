// The frame times of a GIF and a WebP from their headers, compared with libvips, for files by our
// writers and others.

import sharp from "sharp";
import { expect, test } from "vitest";
import { animationHeader } from "../../src/data/animation-timing.ts";
import { blankImage, type Image } from "../../src/data/image.ts";
import { decodeAnimation, encodeAnimation } from "../../src/platform/animations.node.ts";

const frame = (value: number): Image => ({ ...blankImage(19, 7), data: blankImage(19, 7).data.fill(value) });
const frames = [frame(60), frame(200), frame(90)];
const stacked = new Uint8Array(4 * 90 * 70 * 3).map((_, i) => (i * i) >> 5);
const raw = { width: 90, height: 210, channels: 4, pageHeight: 70 } as const;
const delay = [0, 120, 70];

const files: [string, "GIF" | "WebP", () => Promise<Uint8Array>][] = [
  ["our GIF", "GIF", () => encodeAnimation(frames, "gif", { delays: [30, 40, 1000], loops: 0 })],
  ["our GIF, played three times", "GIF", () => encodeAnimation(frames, "gif", { delays: [30, 40, 0], loops: 3 })],
  ["our GIF, played once", "GIF", () => encodeAnimation(frames, "gif", { delays: [30, 40, 50], loops: 1 })],
  ["our WebP", "WebP", () => encodeAnimation(frames, "webp", { delays: [33, 7, 70000], loops: 5 })],
  ["sharp's GIF", "GIF", () => sharp(stacked, { raw }).gif({ delay, loop: 4 }).toBuffer()],
  ["sharp's WebP", "WebP", () => sharp(stacked, { raw }).webp({ delay, loop: 2 }).toBuffer()],
];

test.each(files)("%s", async (_name, kind, make) => {
  const bytes = await make();
  const { width, height, delays, loops } = await decodeAnimation(bytes);
  expect(animationHeader(kind, bytes)).toEqual({ width, height, delays, loops });
});

test("a truncated file has the frames that it begins, and nothing is thrown", async () => {
  for (const [, kind, make] of files) {
    const bytes = await make();
    const whole = animationHeader(kind, bytes);
    for (let end = 0; end < bytes.length; end += 1 + (end >> 6)) {
      const { delays } = animationHeader(kind, bytes.subarray(0, end));
      expect(whole.delays.slice(0, delays.length)).toEqual(delays);
    }
  }
});
