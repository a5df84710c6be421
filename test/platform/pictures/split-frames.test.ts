// GIFs and WebPs split into stills and drawn again, beside what libvips makes of the same files: by
// our writers, by sharp's, and assembled here with everything that the formats allow.

import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { splitGif } from "../../../src/formats/animations/gif-frames.ts";
import type { SplitAnimation } from "../../../src/formats/animations/split-animation.ts";
import { splitWebp } from "../../../src/formats/animations/webp-animation.ts";
import { blankImage, pixelsOf, type Image } from "../../../src/picture/image.ts";
import { decodeAnimation, encodeAnimation } from "../../../src/platform/pictures/animations.node.ts";
import { decodeImage } from "../../../src/platform/pictures/images.node.ts";
import { framesOfSplit } from "../../../src/platform/pictures/split-frames.ts";
import { Random } from "../../../src/random.ts";
import { assembledGif, assembledWebp } from "../../assembled-animations.ts";

const frame = (value: number): Image => ({ ...blankImage(19, 7), data: blankImage(19, 7).data.fill(value) });
const frames = [frame(60), frame(200), frame(90)];
const random = new Random(5);
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
  [
    "a WebP with a colour profile",
    "WebP",
    () => sharp(stacked, { raw }).withIccProfile("p3").webp({ delay, lossless: true }).toBuffer(),
  ],
  ["a GIF of patches", "GIF", () => assembledGif(random)],
  ["a WebP of patches", "WebP", () => assembledWebp(random)],
];

const split = (kind: "GIF" | "WebP", bytes: Uint8Array): SplitAnimation =>
  kind === "GIF" ? splitGif(bytes) : splitWebp(bytes);

function drawn(kind: "GIF" | "WebP", bytes: Uint8Array, onWarning?: (sentence: string) => void) {
  return framesOfSplit(kind, split(kind, bytes), (file) => decodeImage(file), { onWarning });
}

test.each(files)("%s", async (_name, kind, make) => {
  const bytes = await make();
  const truth = await decodeAnimation(bytes);
  const ours = drawn(kind, bytes, (sentence) => expect.unreachable(sentence));
  const { width, height, delays, loops } = truth;
  expect(ours).toMatchObject({ width, height, delays, loops });
  const [all, read] = [await collected(truth.frames()), await collected(ours.frames())];
  // Half-transparent pixels over others are rounded differently.
  read.forEach((frame, i) => expect(difference(frame, all[i])).toBeLessThanOrEqual(kind === "GIF" ? 0 : 2));
  expect(read).toHaveLength(all.length);
});

test("a GIF's frame is clipped to its canvas", async () => {
  for (const place of [[19, 16] as const, [200, 0] as const]) {
    const bytes = await assembledGif(random, place);
    const truth = await collected((await decodeAnimation(bytes)).frames());
    const ours = await collected(drawn("GIF", bytes).frames());
    expect(ours.map((frame, i) => difference(frame, truth[i]))).toEqual(truth.map(() => 0));
  }
});

describe("a file that is cut short", () => {
  test.each(files)("%s", async (_name, kind, make) => {
    const bytes = await make();
    const whole = split(kind, bytes);
    const seen = new Set<number>();
    for (let end = 30; end < bytes.length; end += 1 + (end >> 6)) {
      const { frames, isCut } = split(kind, bytes.subarray(0, end));
      seen.add(frames.length);
      expect(isCut).toBe(true);
      expect(frames).toEqual(whole.frames.slice(0, frames.length));
    }
    expect([...seen]).toEqual(expect.arrayContaining([0, 1, 2]));
    const told: string[] = [];
    const two = drawn(kind, bytes.subarray(0, -2), (sentence) => told.push(sentence));
    expect(two.delays.length).toBeGreaterThan(0);
    expect(told).toEqual([`it ends too early: ${two.delays.length} of its frames could be read.`]);
    expect(() => drawn(kind, bytes.subarray(0, 40))).toThrow(
      new UserError(`it is an animated ${kind} that ends within its first frame.`),
    );
  });
});

test("damage throws nothing but a sentence", async () => {
  for (const [, kind, make] of files) {
    const bytes = await make();
    for (let trial = 0; trial < 60; trial++) {
      const damaged = bytes.slice();
      for (let i = 0; i < 4; i++) damaged[12 + random.below(damaged.length - 12)] = random.below(256);
      try {
        drawn(kind, damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }
  }
});

async function collected(frames: AsyncIterable<Image>): Promise<Image[]> {
  const all: Image[] = [];
  for await (const frame of frames) all.push(frame);
  return all;
}

/** The most that two pictures differ by, where something is to be seen. */
function difference(a: Image, b: Image): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  let most = 0;
  pixelsOf(a).forEach((pixel, i) => {
    const other = pixelsOf(b)[i];
    if (pixel >>> 24 === 0 && other >>> 24 === 0) return;
    for (const shift of [0, 8, 16, 24])
      most = Math.max(most, Math.abs(((pixel >>> shift) & 255) - ((other >>> shift) & 255)));
  });
  return most;
}
