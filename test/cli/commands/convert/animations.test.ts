// `pixelcycle convert` on animations, with a network small enough to be quick.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { convertPictures } from "../../../../src/cli/commands/convert/convert.ts";
import type { ConvertPicturesOptions } from "../../../../src/cli/commands/convert/options.ts";
import type * as results from "../../../../src/cli/files/results.ts";
import type * as terminal from "../../../../src/cli/terminal/progress.ts";
import { writeSafetensors } from "../../../../src/formats/tensors/safetensors.ts";
import type { Image } from "../../../../src/picture/image.ts";
import { decodeAnimation, encodeAnimation } from "../../../../src/platform/pictures/animations.node.ts";
import { decodeImage, encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { randomPicture, randomWeights, smallResnet } from "../../../networks.ts";

const folder = mkdtempSync(join(tmpdir(), "pixelcycle-convert-animations-"));
const weights = join(folder, "small.safetensors");
const clips = join(folder, "clips");
const timing = { delays: [30, 110, 70], loops: 2 };
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  writeFileSync(weights, writeSafetensors(randomWeights(smallResnet, 0.3)));
  mkdirSync(clips);
  const { data } = randomPicture(48, 48);
  const frames = timing.delays.map((_, step): Image => {
    const pixels = data.map((value, i) => (i % 4 === 3 ? value : value & 0xc0));
    for (let y = 0; y < 8; y++)
      for (let x = 0; x < 8; x++)
        pixels.set(step === 1 ? [0, 0, 0, 0] : [255, 255, 0, 255], 4 * (48 * y + x + 12 * step));
    return { width: 48, height: 48, data: pixels, hasAlpha: true };
  });
  writeFileSync(join(clips, "a.gif"), await encodeAnimation(frames, "gif", timing));
  writeFileSync(join(clips, "b.webp"), await encodeAnimation(frames, "webp", timing));
  writeFileSync(join(clips, "c.png"), await encodePng(frames[0]));
});

/** What the progress display of the terminal was told. */
const updates: number[] = [];
vi.mock("../../../../src/cli/terminal/progress.ts", async (original) => ({
  ...(await original<typeof terminal>()),
  startProgress: (): terminal.Progress => ({ update: (done) => void updates.push(done), stop() {} }),
}));

/** Milliseconds that writing a result takes longer. */
let writingTakes = 0;
vi.mock("../../../../src/cli/files/results.ts", async (original) => {
  const real = await original<typeof results>();
  const writeResult: typeof real.writeResult = async (...all) => {
    await new Promise((resolve) => setTimeout(resolve, writingTakes));
    return real.writeResult(...all);
  };
  return { ...real, writeResult };
});

let outputs = 0;
const convert = async (options: Partial<ConvertPicturesOptions>) => {
  const out = join(folder, `out-${outputs++}`);
  return { out, ...(await convertPictures({ weights, quiet: true, inputs: [clips], out, ...options })) };
};

async function framesOf(path: string): Promise<Uint32Array[]> {
  const animation = await decodeAnimation(path);
  expect(animation).toMatchObject(timing);
  const frames: Uint32Array[] = [];
  for await (const { data } of animation.frames()) frames.push(new Uint32Array(data.slice().buffer));
  return frames;
}

const seen = (pixel: number) => (pixel >>> 24 === 0 ? 0 : pixel);

test("animations keep their timing and transparency, share one palette, and hold still cells", async () => {
  const { out, pictures, failures } = await convert({ colors: 7, scale: 1, savePalette: "hex" });
  expect(failures).toEqual([]);
  const names = ["a.gif", "a.hex", "b.hex", "b.webp", "c.hex", "c.png"];
  expect(readdirSync(out).sort()).toEqual(names);
  expect(pictures.map(({ width, height, frames }) => [width, height, frames])).toEqual([
    [12, 12, 3],
    [12, 12, 3],
    [12, 12, undefined],
  ]);
  const [gif, webp] = [await framesOf(join(out, "a.gif")), await framesOf(join(out, "b.webp"))];
  // Both sources have the same frames, so the results do.
  expect(gif.map((frame) => frame.map(seen))).toEqual(webp.map((frame) => frame.map(seen)));
  const colours = new Set(gif.flatMap((frame) => [...frame.map(seen)]));
  colours.delete(0);
  expect(colours.size).toBe(7);
  expect(readFileSync(join(out, "a.hex"), "utf8").trim().split("\n")).toHaveLength(7);
  // The block covers cells 0 and 1, then 3 and 4, then 6 and 7; in the middle it is a hole.
  expect([...gif[1].subarray(2, 6)].map((pixel) => pixel >>> 24)).toEqual([255, 0, 0, 255]);
  for (const frame of gif) expect(frame.subarray(4 * 12)).toEqual(gif[0].subarray(4 * 12));
  expect(gif[0].subarray(0, 24)).not.toEqual(gif[2].subarray(0, 24));
});

test("animations become a sheet at its scale, or another format", async () => {
  const { out } = await convert({ inputs: [join(clips, "a.gif")], sheet: true, scale: 2 });
  const { frames, meta } = JSON.parse(readFileSync(join(out, "a.json"), "utf8"));
  expect(meta).toMatchObject({ image: "a.png", size: { w: 48, h: 48 } });
  expect(frames.map(({ duration }: { duration: number }) => duration)).toEqual(timing.delays);
  expect(await decodeImage(join(out, "a.png"))).toMatchObject({ width: 48, height: 48 });
  const other = await convert({ inputs: [join(clips, "a.gif")], format: "webp" });
  expect(readdirSync(other.out)).toEqual(["a.webp"]);
});

test("animations without a grid, or with all colors, become WebP", async () => {
  const raw = await convert({ inputs: [join(clips, "a.gif")], raw: true });
  expect(readdirSync(raw.out)).toEqual(["a.webp"]);
  expect(raw.pictures).toMatchObject([{ width: 48, height: 48, frames: 3 }]);
  const frames = await framesOf(join(raw.out, "a.webp"));
  expect(frames[0]).toHaveLength(48 * 48);
  expect(frames[0]).not.toEqual(frames[2]);
  expect(readdirSync((await convert({ inputs: [join(clips, "a.gif")], colors: "none" })).out)).toEqual(["a.webp"]);
});

test("progress is shown within an animation, and within a still picture, which may be large", async () => {
  const updatesOf = async (name: string, options: Partial<ConvertPicturesOptions> = {}) => {
    updates.length = 0;
    await convert({ inputs: [join(clips, name)], ...options });
    return [...updates];
  };
  for (const [name, steps] of [
    ["b.webp", timing.delays.length],
    ["c.png", 1],
  ] as const)
    for (const raw of [false, true]) {
      const shares = await updatesOf(name, { raw });
      // It counts as done when it is written, not when its last frame is converted.
      expect(shares.pop()).toBe(1);
      expect(shares.every((share) => share > 0 && share <= 0.99)).toBe(true);
      expect(shares).toEqual([...shares].sort((a, b) => a - b));
      expect(new Set(shares).size, name).toBeGreaterThanOrEqual(steps);
    }
});

test("progress does not go back while earlier animations are written", async () => {
  updates.length = 0;
  writingTakes = 500;
  await convert({ inputs: [clips] }).finally(() => (writingTakes = 0));
  expect(updates).toEqual([...updates].sort((a, b) => a - b));
  expect(updates.some((done) => done > 1 && done < 2)).toBe(true);
  expect(updates.at(-1)).toBe(3);
});

test("animations can share a palette with still pictures", async () => {
  const { out, paletteFile } = await convert({ palette: "shared", colors: 5, scale: 1 });
  expect(readdirSync(out).sort()).toEqual(["a.gif", "b.webp", "c.png", "palette.gpl"]);
  expect(paletteFile).toBe(join(out, "palette.gpl"));
  const colours = new Set<number>();
  for (const name of ["a.gif", "b.webp"])
    for (const frame of await framesOf(join(out, name))) frame.forEach((pixel) => pixel >>> 24 && colours.add(pixel));
  new Uint32Array((await decodeImage(join(out, "c.png"))).data.buffer).forEach((pixel) => colours.add(pixel));
  expect(colours.size).toBeLessThanOrEqual(5);
});

test("files that are the frames of an animation are converted like that animation", async () => {
  const frames = join(folder, "frames");
  mkdirSync(frames);
  const clip = await decodeAnimation(join(clips, "b.webp"));
  let place = 0;
  for await (const frame of clip.frames()) writeFileSync(join(frames, `${place++}.png`), await encodePng(frame));
  const { out } = await convert({ inputs: [join(clips, "b.webp")], colors: 7 });
  const together = await convert({ inputs: [frames], colors: 7, sequence: true, format: "webp" });
  expect(together.pictures).toMatchObject([{ source: frames, frames: 3 }]);
  const files = await convert({ inputs: [frames], colors: 7, sequence: true });
  expect(readdirSync(files.out).sort()).toEqual(["0.png", "1.png", "2.png"]);
  const made = await decodeAnimation(join(together.out, "frames.webp"));
  expect(made.delays).toEqual([100, 100, 100]);
  const expected = await framesOf(join(out, "b.webp"));
  place = 0;
  for await (const { data } of made.frames()) {
    const pixels = new Uint32Array(data.slice().buffer).map(seen);
    expect(pixels).toEqual(expected[place].map(seen));
    const file = await decodeImage(join(files.out, `${place++}.png`));
    expect(new Uint32Array(file.data.slice().buffer).map(seen)).toEqual(pixels);
  }
});
