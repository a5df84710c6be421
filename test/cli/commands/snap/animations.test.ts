// `pixelcycle snap` on animations: the output has the input's frames, timing and transparency, on
// one grid.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enlarge, kernels } from "../../../../bench/enlarge.ts";
import { snapPictures, type SnapPicturesOptions } from "../../../../src/cli/commands/snap/snap.ts";
import { sequenceName } from "../../../../src/cli/files/sequence.ts";
import type { Image } from "../../../../src/picture/image.ts";
import { decodeAnimation, encodeAnimation } from "../../../../src/platform/pictures/animations.node.ts";
import { decodeImage, encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { apngOf } from "../../../animated-png.ts";
import { artOf, rearranged } from "../../../pixelart/grid/damaged-art.ts";

const folder = mkdtempSync(join(tmpdir(), "pixelcycle-snap-animations-"));
const clips = join(folder, "clips");
afterAll(() => rmSync(folder, { recursive: true }));

const timing = { delays: [70, 0, 200, 40], loops: 3 };
/** At one pixel a cell. */
let frames: Image[];

beforeAll(async () => {
  const art = rearranged(await artOf("ruin", "jungle", "cave", "bridge"), 32, 32, (x, y) => [x + 16, y + 16]);
  // A block moves over it, and in every second frame it is a hole.
  frames = timing.delays.map((_, step) => {
    const data = art.data.slice();
    for (let y = 5; y < 15; y++)
      for (let x = 0; x < 7; x++)
        data.set(step % 2 ? [0, 0, 0, 0] : [255, 255, 255, 255], 4 * (32 * y + x + 2 + 7 * step));
    return { ...art, data, hasAlpha: true };
  });
  mkdirSync(clips);
  const large = frames.map((frame) => enlarge(frame, kernels.nearest, { factor: [4, 4] }));
  writeFileSync(join(clips, "one.gif"), await encodeAnimation(large, "gif", timing));
  writeFileSync(join(clips, "two.webp"), await encodeAnimation(large, "webp", timing));
  const drawn = large.map((image, i) => {
    const delay = [timing.delays[i], 1000] as const;
    return { image, x: 0, y: 0, dispose: 0, blend: 0, delay } as const;
  });
  writeFileSync(join(clips, "three.png"), await apngOf(128, 128, drawn, timing.loops));
  writeFileSync(join(clips, "still.png"), await encodePng(large[0]));
});

let outputs = 0;
const snap = async ({ out = join(folder, `out-${outputs++}`), ...options }: Partial<SnapPicturesOptions>) => ({
  out,
  ...(await snapPictures({ quiet: true, inputs: [clips], out, ...options })),
});
/** For tests that are not about finding the grid. */
const size: [number, number] = [32, 32];

/** The visible pixels, without transparent ones. */
const seen = ({ data }: Pick<Image, "data">) =>
  new Uint32Array(data.slice().buffer).map((pixel) => (pixel >>> 24 === 0 ? 0 : pixel));

async function expectFrames(path: string, expected: readonly Image[] = frames, times = timing): Promise<void> {
  const animation = await decodeAnimation(path);
  expect(animation).toMatchObject(times);
  let i = 0;
  for await (const frame of animation.frames()) expect(seen(frame)).toEqual(seen(expected[i++]));
  expect(i).toBe(expected.length);
}

describe("animations", () => {
  test("keep their format, timing and transparency, on one grid", async () => {
    const { out, pictures, failures } = await snap({});
    expect(failures).toEqual([]);
    expect(readdirSync(out).sort()).toEqual(["one.gif", "still.png", "three.webp", "two.webp"]);
    for (const name of ["one.gif", "three.webp", "two.webp"]) await expectFrames(join(out, name));
    expect(pictures.map(({ size, frames }) => ({ size, frames }))).toEqual([
      { size: [32, 32], frames: 4 },
      { size: [32, 32] },
      { size: [32, 32], frames: 4 },
      { size: [32, 32], frames: 4 },
    ]);
    // A picture with one pixel per cell already stays unchanged.
    const again = await snap({ inputs: [join(out, "one.gif")], scale: 2 });
    expect(again.pictures[0]).toMatchObject({ verdict: "native", frames: 4 });
    const doubled = frames.map((frame) => enlarge(frame, kernels.nearest, { factor: [2, 2] }));
    await expectFrames(join(again.out, "one.gif"), doubled);
  });

  test("become the requested format, or that of the result's name", async () => {
    const { out } = await snap({ format: "gif", size });
    expect(readdirSync(out).sort()).toEqual(["one.gif", "still.png", "three.gif", "two.gif"]);
    await expectFrames(join(out, "three.gif"));
    const named = join(folder, "named.webp");
    await snapPictures({ quiet: true, inputs: [join(clips, "one.gif")], out: named, size });
    await expectFrames(named);
  });

  test("become sheets with the frames' positions and times", async () => {
    const { out } = await snap({ sheet: true, scale: 2, size });
    expect(readdirSync(out).sort()).toEqual(
      ["one.json", "one.png", "still.png", "three.json", "three.png", "two.json", "two.png"].sort(),
    );
    const sheet = JSON.parse(readFileSync(join(out, "one.json"), "utf8"));
    expect(sheet.meta).toMatchObject({ image: "one.png", size: { w: 128, h: 128 }, format: "RGBA8888" });
    expect(sheet.frames[3]).toEqual({
      filename: "one 3",
      frame: { x: 64, y: 64, w: 64, h: 64 },
      rotated: false,
      trimmed: false,
      spriteSourceSize: { x: 0, y: 0, w: 64, h: 64 },
      sourceSize: { w: 64, h: 64 },
      duration: 40,
    });
    expect(sheet.frames.map(({ duration }: { duration: number }) => duration)).toEqual(timing.delays);
    const { width, data } = await decodeImage(join(out, "one.png"));
    for (const [i, { frame }] of sheet.frames.entries()) {
      const rows = Array.from({ length: frame.h }, (_, y) => 4 * ((frame.y + y) * width + frame.x));
      const cut = Uint8ClampedArray.from(rows.flatMap((start) => [...data.slice(start, start + 4 * frame.w)]));
      expect(seen({ data: cut })).toEqual(seen(enlarge(frames[i], kernels.nearest, { factor: [2, 2] })));
    }
  });

  test("have one palette for all frames", async () => {
    const { out } = await snap({
      inputs: [join(clips, "two.webp")],
      size,
      colors: 6,
      format: "gif",
      savePalette: "hex",
    });
    expect(readdirSync(out)).toEqual(["two.gif", "two.hex"]);
    const palette = readFileSync(join(out, "two.hex"), "utf8").trim().split("\n");
    expect(palette).toHaveLength(6);
    const colours = new Set<string>();
    for await (const frame of (await decodeAnimation(join(out, "two.gif"))).frames())
      for (const pixel of seen(frame))
        if (pixel !== 0) colours.add(Buffer.from([pixel, pixel >> 8, pixel >> 16]).toString("hex"));
    expect([...colours].sort()).toEqual([...palette].sort());
  });

  test("that are truncated keep their complete frames, with a warning; broken ones do not affect the others", async () => {
    const broken = join(folder, "broken");
    mkdirSync(broken);
    const gif = readFileSync(join(clips, "one.gif"));
    writeFileSync(join(broken, "brief.gif"), gif.subarray(0, gif.length * 0.8));
    const webp = readFileSync(join(clips, "two.webp"));
    writeFileSync(join(broken, "cut.webp"), webp.subarray(0, webp.length * 0.6));
    writeFileSync(join(broken, "whole.gif"), gif);
    const { out, warnings, failures } = await snap({ inputs: [broken], size });
    expect(readdirSync(out).sort()).toEqual(["brief.gif", "whole.gif"]);
    expect(warnings).toEqual([
      { name: join(broken, "brief.gif"), reason: expect.stringContaining("it ends too early") },
    ]);
    expect(failures).toEqual([
      { name: join(broken, "cut.webp"), reason: expect.stringMatching(/^it is a damaged or incomplete WebP/) },
    ]);
  });

  test("with more colours than a GIF can hold are refused with a remedy", async () => {
    const many = frames.slice(0, 2).map((frame, step) => {
      const data = frame.data.map((value, i) => (i % 4 === 3 ? 255 : (value * 7 + (i >> 2) * (13 + step)) & 255));
      return enlarge({ ...frame, data }, kernels.nearest, { factor: [4, 4] });
    });
    const source = join(folder, "many.webp");
    writeFileSync(source, await encodeAnimation(many, "webp", { delays: [50, 50], loops: 0 }));
    const { out, failures } = await snap({ inputs: [source], format: "gif", size });
    expect(failures[0].reason).toMatch(/more than 256 colors, more than a GIF can hold: limit them \(--colors 255/);
    expect(existsSync(join(out, "many.gif"))).toBe(false);
  });
});

describe("an invalid request", () => {
  test.each<[string, Partial<SnapPicturesOptions>, RegExp]>([
    ["a sheet in a format", { sheet: true, format: "gif" }, /--sheet writes one PNG of all frames/],
    ["an animation as a PNG", { inputs: ["one.gif"], out: "a.png" }, /is an animation; name a .gif, a .webp/],
    [
      "a still picture as a GIF",
      { inputs: ["still.png"], out: "a.gif" },
      /is not an animation, and a picture is written/,
    ],
    ["a sheet as a GIF", { inputs: ["one.gif"], out: "a.gif", sheet: true }, /a sheet is written as PNG/],
    ["two formats", { inputs: ["one.gif"], out: "a.gif", format: "webp" }, /a.gif is not a webp/],
    ["an animation as a frame", { sequence: true }, /one.gif is already an animation/],
  ])("%s is refused in one sentence", async (_name, { inputs, out = "new", ...options }, message) => {
    const sources = inputs?.map((name) => join(clips, name)) ?? [clips];
    const work = snapPictures({ quiet: true, inputs: sources, out: join(folder, out), ...options });
    await expect(work).rejects.toThrow(message);
  });

  test("a result that would replace its source is refused", async () => {
    await expect(snap({ inputs: [join(clips, "one.gif")], out: clips })).rejects.toThrow(/would replace the input/);
    // Under another name it may be beside its source.
    const { out } = await snap({ inputs: [join(clips, "three.png")], out: join(folder, "beside"), size });
    expect(readdirSync(out)).toEqual(["three.webp"]);
  });
});

function cornerOf(frame: Image, side: number): Image {
  const rows = Array.from({ length: side }, (_, row) => [
    ...seen(frame)
      .subarray(row * frame.width)
      .slice(0, side),
  ]);
  return {
    width: side,
    height: side,
    data: new Uint8ClampedArray(Uint32Array.from(rows.flat()).buffer),
    hasAlpha: true,
  };
}

describe("files that are the frames of one animation", () => {
  const walk = join(folder, "walk");
  beforeAll(async () => {
    mkdirSync(walk);
    // Sorted as text, 10 would come before 8.
    for (const [i, frame] of frames.entries())
      writeFileSync(
        join(walk, `walk-${i + 8}.png`),
        await encodePng(enlarge(frame, kernels.nearest, { factor: [4, 4] })),
      );
  });
  const wanted = { inputs: [walk], size, sequence: true };

  test.each(["gif", "webp"] as const)("become that animation, in the order of their numbers: %s", async (ending) => {
    const file = join(folder, `made-of-files.${ending}`);
    const { pictures } = await snap({ ...wanted, out: file, delay: 80 });
    expect(pictures).toMatchObject([{ file: walk, output: file, frames: 4, size: [32, 32] }]);
    await expectFrames(file, frames, { delays: [80, 80, 80, 80], loops: 0 });
  });

  test("are named after the common part of their names, with 100 ms each", async () => {
    const { out } = await snap({ ...wanted, format: "gif" });
    expect(readdirSync(out)).toEqual(["walk.gif"]);
    await expectFrames(join(out, "walk.gif"), frames, { delays: [100, 100, 100, 100], loops: 0 });
  });

  test("become a sheet, and its JSON", async () => {
    const { out } = await snap({ ...wanted, sheet: true, delay: 50 });
    expect(readdirSync(out).sort()).toEqual(["walk.json", "walk.png"]);
    const { frames: listed } = JSON.parse(readFileSync(join(out, "walk.json"), "utf8"));
    expect(listed.map(({ duration }: { duration: number }) => duration)).toEqual([50, 50, 50, 50]);
  });

  test("or stay pictures, reported one by one, which the next run does not make again", async () => {
    const { out, pictures } = await snap(wanted);
    expect(pictures.map(({ output, frames }) => ({ output, frames }))).toEqual(
      [8, 9, 10, 11].map((number) => ({ output: join(out, `walk-${number}.png`), frames: undefined })),
    );
    for (const [i, { output }] of pictures.entries()) expect(seen(await decodeImage(output!))).toEqual(seen(frames[i]));
    expect(await snap({ ...wanted, out, skipExisting: true })).toMatchObject({ skipped: 1, pictures: [] });
  });

  test("are written beside their sources if the animation replaces none of them", async () => {
    const { failures } = await snap({ ...wanted, out: join(walk, "..", "walk.gif") });
    expect(failures).toEqual([]);
    const within = join(walk, "walk-8.png");
    await expect(snap({ ...wanted, out: within, sheet: true })).rejects.toThrow(/would replace the input/);
  });

  test("may have several sizes, which meet at the anchor of one canvas", async () => {
    const trimmed = join(folder, "trimmed");
    mkdirSync(trimmed);
    const sides = [4, 6, 9];
    const art = sides.map((side, i) => cornerOf(frames[i], side));
    for (const [i, frame] of art.entries())
      writeFileSync(
        join(trimmed, `step-${i + 1}.png`),
        await encodePng(enlarge(frame, kernels.nearest, { factor: [4, 4] })),
      );
    const { out, pictures } = await snap({
      inputs: [trimmed],
      cell: 4,
      sequence: true,
      anchor: "bottom",
      format: "webp",
    });
    expect(pictures).toMatchObject([{ verdict: "grid", size: [9, 9], frames: 3 }]);
    const canvas = new Uint32Array(9 * 9);
    const wanted = art.map((frame) => {
      const placed = canvas.slice();
      const left = Math.floor((9 - frame.width) / 2);
      for (let row = 0; row < frame.height; row++)
        placed.set(
          seen(frame).subarray(row * frame.width, (row + 1) * frame.width),
          (9 - frame.height + row) * 9 + left,
        );
      return { width: 9, height: 9, data: new Uint8ClampedArray(placed.buffer), hasAlpha: true };
    });
    await expectFrames(join(out, "step.webp"), wanted, { delays: [100, 100, 100], loops: 0 });
  });

  test.each<[string, Partial<SnapPicturesOptions>, RegExp]>([
    ["one picture of them all", { out: join(folder, "one.png") }, /do not make a single picture; name a .gif/],
    ["a sheet that is no PNG", { out: join(folder, "one.gif"), sheet: true }, /is not a PNG, as a sheet must be/],
    ["two formats", { out: join(folder, "one.gif"), format: "webp" }, /is not a webp: leave out --format/],
    ["a sheet and a format", { sheet: true, format: "gif" }, /give only one of them/],
    ["a delay of nothing", { delay: 0 }, /whole number of milliseconds from 1/],
    ["an anchor without a sequence", { anchor: "top", sequence: false }, /--anchor applies only to --sequence/],
    ["a delay without a sequence", { delay: 20, sequence: false }, /--delay applies only to --sequence/],
  ])("refuse %s", (_, options, message) => expect(snap({ ...wanted, ...options })).rejects.toThrow(message));

  test.each([
    [["a/walk-1.png", "a/walk-2.png"], "walk"],
    [["a/0001.png", "a/0002.png"], "a"],
    [["a/hero (1).png", "a/hero (12).png"], "hero"],
    [["a/up.png", "a/down.png"], "a"],
    [["a/only.png"], "only"],
  ])("%j give the name %s", (files, name) => expect(sequenceName(files.map((source) => ({ source })))).toBe(name));
});
