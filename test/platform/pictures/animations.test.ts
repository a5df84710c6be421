// Animations: sharp's output for GIF and WebP is compared with the input frames, APNG with Pillow's
// frames and with a slow floating-point compositor in this file that follows the specification.

import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import type { Image } from "../../../src/picture/image.ts";
import { decodeAnimation, encodeAnimation } from "../../../src/platform/pictures/animations.node.ts";
import { encodePng } from "../../../src/platform/pictures/images.node.ts";
import { Random } from "../../../src/random.ts";
import { apngOf, type DrawnFrame } from "../../animated-png.ts";
import { pillowApng, pillowFrames } from "../../picture/fixtures/apng.ts";
import { bytesOf } from "../../picture/fixtures/fixtures.ts";

const random = new Random(12);
const below = (n: number) => random.below(n);

function picture(width: number, height: number, alphas: readonly number[] = [0, 90, 255]): Image {
  const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
    i % 4 === 3 ? alphas[below(alphas.length)] : 17 * below(16),
  );
  return { width, height, data, hasAlpha: true };
}

/**
 * Follows the specification: the output buffer, disposal, and Porter and Duff's "over" in floating
 * point.
 */
function expected(width: number, height: number, drawn: readonly DrawnFrame[]): number[][] {
  let buffer = new Array<number>(4 * width * height).fill(0);
  return drawn.map(({ image, x, y, dispose, blend }, index) => {
    const before = [...buffer];
    for (let i = 0; i < image.width * image.height; i++) {
      const at = 4 * ((y + Math.floor(i / image.width)) * width + x + (i % image.width));
      const front = [...image.data.subarray(4 * i, 4 * i + 4)];
      if (blend === 1) {
        const [a, b] = [front[3] / 255, buffer[at + 3] / 255];
        const alpha = a + b * (1 - a);
        const mix = (c: number) =>
          alpha === 0 ? buffer[at + c] : (front[c] * a + buffer[at + c] * b * (1 - a)) / alpha;
        buffer.splice(at, 4, mix(0), mix(1), mix(2), 255 * alpha);
      } else buffer.splice(at, 4, ...front);
    }
    const shown = buffer.map(Math.round);
    if (dispose === 2) buffer = index === 0 ? buffer.map(() => 0) : before;
    if (dispose === 1) {
      for (let i = 0; i < image.width * image.height; i++) {
        const at = 4 * ((y + Math.floor(i / image.width)) * width + x + (i % image.width));
        buffer.splice(at, 4, 0, 0, 0, 0);
      }
    }
    return shown;
  });
}

async function framesOf(bytes: Uint8Array): Promise<number[][]> {
  const frames: number[][] = [];
  for await (const { data } of (await decodeAnimation(bytes)).frames()) frames.push([...data]);
  return frames;
}

/** The largest difference between two lists of frames, in visible pixels. */
function difference(a: readonly number[][], b: readonly number[][]): number {
  expect(a.map(({ length }) => length)).toEqual(b.map(({ length }) => length));
  let most = 0;
  a.forEach((frame, f) =>
    frame.forEach((value, i) => {
      const isSeen = i % 4 === 3 || frame[i - (i % 4) + 3] > 0 || b[f][i - (i % 4) + 3] > 0;
      if (isSeen) most = Math.max(most, Math.abs(value - b[f][i]));
    }),
  );
  return most;
}

function clip(count: number, alphas?: readonly number[]): DrawnFrame[] {
  return Array.from({ length: count }, (_, i) => {
    const [width, height] = i === 0 ? [9, 7] : [1 + below(5), 1 + below(4)];
    return {
      image: picture(width, height, alphas),
      ...{ x: below(10 - width), y: below(8 - height) },
      ...{ dispose: (i % 3) as 0 | 1 | 2, blend: below(2) as 0 | 1, delay: [i + 1, i % 2 === 0 ? 0 : 20] as const },
    };
  });
}

describe("APNG", () => {
  test("offsets, disposal and blending follow the specification", async () => {
    for (const shift of [0, 1, 2]) {
      const drawn = clip(12).map((frame, i) => ({ ...frame, dispose: ((i + shift) % 3) as 0 | 1 | 2 }));
      const frames = await framesOf(await apngOf(9, 7, drawn));
      // Blended colours are rounded once per frame here, but not there.
      expect(difference(frames, expected(9, 7, drawn))).toBeLessThanOrEqual(4);
    }
    const opaque = clip(9, [0, 255]);
    expect(difference(await framesOf(await apngOf(9, 7, opaque)), expected(9, 7, opaque))).toBe(0);
  });

  test("a file by Pillow has Pillow's frames", async () => {
    const animation = await decodeAnimation(bytesOf(pillowApng));
    expect(animation).toMatchObject({ width: 6, height: 5, loops: 2, delays: [30, 100, 70, 250] });
    const all = [...bytesOf(pillowFrames)];
    const frames = [0, 1, 2, 3].map((i) => all.slice(120 * i, 120 * (i + 1)));
    expect(difference(await framesOf(bytesOf(pillowApng)), frames)).toBe(0);
  });

  test("a Buffer, as readFile gives, is read like any bytes and stays as it is", async () => {
    const bytes = await apngOf(9, 7, clip(4)); // its last frame is a part
    const file = Buffer.from(bytes);
    expect(await framesOf(file)).toEqual(await framesOf(bytes));
    expect([...file]).toEqual([...bytes]);
  });

  test("delays and loops are read, and a picture before the first frame is skipped", async () => {
    const drawn = clip(4);
    const animation = await decodeAnimation(await apngOf(9, 7, drawn, 3, picture(9, 7)));
    expect(animation).toMatchObject({ width: 9, height: 7, loops: 3, delays: [10, 100, 30, 200] });
    const frames: number[][] = [];
    for await (const { data } of animation.frames()) frames.push([...data]);
    expect(difference(frames, expected(9, 7, drawn))).toBeLessThanOrEqual(4);
  });

  test("a truncated or damaged file gives its complete frames, with a warning", async () => {
    const drawn = clip(5, [0, 255]);
    const whole = await apngOf(9, 7, drawn);
    const frames = expected(9, 7, drawn);
    const seen = new Set<number>();
    for (let end = 60; end < whole.length - 12; end += 7) {
      const warnings: string[] = [];
      try {
        const animation = await decodeAnimation(whole.subarray(0, end), { onWarning: (text) => warnings.push(text) });
        const count = animation.delays.length;
        seen.add(count);
        if (count < 5) expect(warnings).toEqual([`it ends too early: ${count} of its 5 frames could be read.`]);
        expect(difference(await framesOf(whole.subarray(0, end)), frames.slice(0, count))).toBe(0);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }
    expect([...seen]).toEqual(expect.arrayContaining([1, 2, 3]));
    const damaged = whole.slice();
    damaged[whole.length - 20] ^= 1; // within the last frame
    expect((await decodeAnimation(damaged)).delays).toHaveLength(4);
  });

  test("a frame beyond the canvas, and too many frames, are refused", async () => {
    const [first, second] = clip(2);
    const beyond = await apngOf(9, 7, [first, { ...second, x: 9 }]);
    await expect(framesOf(beyond)).rejects.toThrow("the picture: a frame lies beyond its picture.");
    const larger = await apngOf(9, 7, [first, { ...second, image: picture(12, 9), x: 0, y: 0 }]);
    await expect(framesOf(larger)).rejects.toThrow("the picture: a frame lies beyond its picture.");
    const wide = await apngOf(
      16000,
      16000,
      Array.from({ length: 80 }, () => first),
    );
    await expect(decodeAnimation(wide)).rejects.toThrow(/80 frames of 16000 x 16000 pixels, more than 16 giga-pixels/);
  });
});

describe("GIF and WebP", () => {
  const frames = Array.from({ length: 5 }, () => picture(11, 6, [0, 255]));
  const numbers = frames.map(({ data }) => [...data]);
  const timing = { delays: [50, 20, 120, 300, 70], loops: 3 };

  for (const kind of ["gif", "webp"] as const) {
    test(`${kind} keeps frames, alpha, delays and loops`, async () => {
      const few = kind === "webp" ? frames : frames.map(inFewColours);
      const bytes = await encodeAnimation(few, kind, timing);
      const animation = await decodeAnimation(bytes);
      expect(animation).toMatchObject({ width: 11, height: 6, ...timing });
      expect(
        difference(
          await framesOf(bytes),
          few.map(({ data }) => [...data]),
        ),
      ).toBe(0);
      // By sharp, all at once.
      const all = await sharp(bytes, { animated: true }).ensureAlpha().raw().toBuffer();
      expect([...all]).toEqual((await framesOf(bytes)).flat());
    });
  }

  test("WebP keeps half-transparent pixels", async () => {
    const half = [picture(5, 5), picture(5, 5)];
    const bytes = await encodeAnimation(half, "webp", { delays: [40, 40], loops: 0 });
    expect(
      difference(
        await framesOf(bytes),
        half.map(({ data }) => [...data]),
      ),
    ).toBe(0);
  });

  test("large frames that are decoded in parts are the same", async () => {
    const large = Array.from({ length: 5 }, (_, i) => flat(1500, 1000, 40 * i));
    const bytes = await encodeAnimation(large, "gif", timing);
    const firsts: number[] = [];
    for await (const { data } of (await decodeAnimation(bytes)).frames()) firsts.push(data[0]);
    expect(firsts).toEqual([0, 40, 80, 120, 160]);
  });

  test("a truncated GIF reports how many frames could be read; a WebP is refused", async () => {
    const gif = await encodeAnimation(frames.map(inFewColours), "gif", timing);
    const warnings: string[] = [];
    const cut = await decodeAnimation(gif.subarray(0, gif.length * 0.7), { onWarning: (text) => warnings.push(text) });
    expect(cut.delays.length).toBeGreaterThan(0);
    expect(cut.delays.length).toBeLessThan(5);
    expect(warnings).toEqual([
      `it ends too early: ${cut.delays.length} of its frames could be read, and the last may be incomplete.`,
    ]);
    const webp = await encodeAnimation(frames, "webp", timing);
    await expect(decodeAnimation(webp.subarray(0, webp.length * 0.7))).rejects.toThrow(/damaged or incomplete WebP/);
    await decodeAnimation(gif, { onWarning: (text) => expect.unreachable(text) });
  });

  test("a still picture is an animation of one frame", async () => {
    const animation = await decodeAnimation(await encodePng(frames[0]));
    expect(animation.delays).toEqual([0]);
    const seen: number[][] = [];
    for await (const { data } of animation.frames()) seen.push([...data]);
    expect(difference(seen, [numbers[0]])).toBe(0);
  });

  test("a noisy GIF of 256 colours, which fills the code table repeatedly, is exact", async () => {
    const wild = [0, 1].map((step) => {
      const { data } = flat(150, 140, 0);
      const colour = () => [below(8) * 36, below(8) * 36, below(4) * 85 - (step && below(2))];
      const palette = Array.from({ length: 120 }, colour);
      for (let i = 0; i < data.length; i += 4) data.set(palette[below(120)], i);
      return { width: 150, height: 140, data, hasAlpha: false };
    });
    const bytes = await encodeAnimation(wild, "gif", { delays: [50, 50], loops: 0 });
    const expected = wild.map(({ data }) => [...data]);
    expect(difference(await framesOf(bytes), expected)).toBe(0);
  });

  test("only changes are stored, equal frames stay frames, and a hole may open and close", async () => {
    const base = flat(40, 30, 90);
    const withSpot = (x: number, pixel: readonly number[]) => {
      const data = base.data.slice();
      data.set(pixel, 4 * (40 * 11 + x));
      return { ...base, data, hasAlpha: pixel[3] < 255 };
    };
    const spot = [9, 8, 7, 255];
    const clips = [base, withSpot(7, spot), withSpot(7, spot), withSpot(8, [0, 0, 0, 0]), base, withSpot(39, spot)];
    const delays = [20, 30, 40, 50, 60, 70];
    for (const kind of ["gif", "webp"] as const) {
      const bytes = await encodeAnimation(clips, kind, { delays, loops: 1 });
      expect(await decodeAnimation(bytes)).toMatchObject({ delays, loops: 1 });
      const expected = clips.map(({ data }) => [...data]);
      expect(difference(await framesOf(bytes), expected)).toBe(0);
      expect(bytes.length).toBeLessThan(kind === "gif" ? 900 : 700);
    }
  });

  test("a GIF's palette has the requested order, and codes no wider than necessary", async () => {
    const palette = [200, 90, 10, 140].map((grey) => [grey, grey, grey]);
    const frames = [flat(3, 3, 90), flat(3, 3, 200)];
    const bytes = await encodeAnimation(frames, "gif", { delays: [50, 50], loops: 0 }, palette);
    expect([...bytes.subarray(13, 13 + 12)]).toEqual(palette.flat());
    expect(bytes.length).toBeLessThan((await encodeAnimation(frames, "gif", { delays: [50, 50], loops: 0 })).length);
    const other = encodeAnimation([flat(3, 3, 91)], "gif", { delays: [50], loops: 0 }, palette);
    await expect(other).rejects.toThrow("A GIF's palette lacks a colour of its frames.");
  });

  test("a GIF's delays compensate rounding, and are at least two hundredths, except 0", async () => {
    const greys = Array.from({ length: 6 }, (_, i) => flat(2, 2, i));
    const timing = { delays: [44, 44, 44, 0, 1, 43], loops: 0 };
    const { delays } = await decodeAnimation(await encodeAnimation(greys, "gif", timing));
    expect(delays).toEqual([40, 50, 40, 0, 20, 30]);
  });

  test("a GIF with more colours is refused, and so are sides beyond WebP's limit", async () => {
    const many = flat(257, 1, 0);
    for (let x = 0; x < 257; x++) many.data.set([x & 255, x >> 8], 4 * x);
    const once = { delays: [50], loops: 0 };
    await expect(encodeAnimation([many], "gif", once)).rejects.toThrow(
      /more than 256 colors, more than a GIF can hold/,
    );
    await expect(encodeAnimation([flat(16384, 1, 0)], "webp", once)).rejects.toThrow(/at most 16383 pixels a side/);
  });

  test("frames of several sizes, and delays that do not match, are refused", async () => {
    await expect(encodeAnimation([frames[0], picture(3, 3)], "gif", timing)).rejects.toThrow(
      /^Frame 2 has 3 x 3 pixels/,
    );
    await expect(encodeAnimation(frames.slice(1), "gif", timing)).rejects.toThrow(/4 frames have 5 delays/);
  });
});

function flat(width: number, height: number, grey: number): Image {
  const data = new Uint8ClampedArray(4 * width * height).fill(grey);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { width, height, data, hasAlpha: false };
}

/** Eight colours, since a GIF has a palette. */
function inFewColours(image: Image): Image {
  return { ...image, data: image.data.map((value, i) => (i % 4 === 3 ? value : value < 128 ? 0 : 255)) };
}
