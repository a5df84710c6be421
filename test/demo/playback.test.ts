// The page's handling of animations without a page: which frame is shown, how many are kept, and
// their files.

import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { lengthText, momentAfter, shownFor, steppedBy } from "../../demo/convert/stage/playback.ts";
import type { Made } from "../../demo/convert/worker/engine.ts";
import { animationFile, suitsGif } from "../../demo/convert/worker/files.ts";
import { checkFrames, mostFramePixels } from "../../demo/parts/frame-limit.ts";
import { splitApng } from "../../src/formats/animations/apng.ts";
import { blankImage, type Image } from "../../src/picture/image.ts";
import { enlarge } from "../../src/pixelart/grid/cells/geometry.ts";
import { decodeAnimation } from "../../src/platform/pictures/animations.node.ts";
import { decodeImage } from "../../src/platform/pictures/images.node.ts";

describe("frames", () => {
  const clip = { delays: [50, 50, 50], loops: 2 };

  test("are shown in order, as often as the file says", () => {
    const seen: number[] = [];
    for (let moment: ReturnType<typeof momentAfter> = { frame: 0, plays: 0 }; moment;) {
      seen.push(moment.frame);
      moment = momentAfter(moment, clip);
    }
    expect(seen).toEqual([0, 1, 2, 0, 1, 2]);
    expect(momentAfter({ frame: 2, plays: 1000 }, { ...clip, loops: 0 })).toEqual({ frame: 0, plays: 1001 });
  });

  test("are shown for as long as in browsers", () => {
    expect([0, 10, 19, 20, 40].map(shownFor)).toEqual([100, 100, 100, 20, 40]);
    expect(lengthText({ delays: [0, 40, 1000], loops: 0 })).toBe("3 frames, 1.1 s");
  });

  test("wrap around when stepping", () => {
    expect([steppedBy(0, -1, 3), steppedBy(2, 1, 3), steppedBy(1, 1, 3)]).toEqual([2, 0, 2]);
  });
});

describe("too many frames", () => {
  test("are refused with a remedy, and a still picture never is", () => {
    checkFrames("long.gif", 1, 20_000, 20_000, true);
    checkFrames("long.gif", mostFramePixels / 4096, 64, 64, true);
    expect(() => checkFrames("long.gif", 400, 1024, 576, true)).toThrow(
      "long.gif: 400 frames of 1024 x 576 pixels are more than this page can hold. Choose a longest side of 386 pixels or less, or cut the clip; the command line accepts longer ones.",
    );
    checkFrames("long.gif", 400, 386, 217, true);
    expect(() => checkFrames("long.gif", 400, 1024, 576, false)).toThrow(/Cut the clip or make it smaller first/);
    expect(() => checkFrames("days.gif", 90_000, 1024, 1024, true)).toThrow(/Cut the clip or make it smaller first/);
  });
});

describe("files", () => {
  const cells = (value: number): Image => {
    const image = blankImage(3, 2);
    image.data.forEach((_, i) => (image.data[i] = i % 4 === 3 ? 255 : i < 8 ? value : 9));
    return image;
  };
  const made: Made = {
    frames: [cells(80), cells(160)],
    palette: [
      [9, 9, 9],
      [80, 80, 80],
      [160, 160, 160],
    ],
    timing: { delays: [100, 250], loops: 0 },
    width: 6,
    height: 4,
    atScale: (frame) => enlarge(frame, 2, 6, 4),
  };
  const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

  test.each(["gif", "png"] as const)("a %s has all frames at their scale, with their times", async (kind) => {
    const shares: number[] = [];
    const bytes = await bytesOf(await animationFile(made, kind, "walk.png", [], (share) => shares.push(share)));
    const { delays, loops, frames } = await decodeAnimation(bytes);
    expect({ delays, loops }).toEqual(made.timing);
    const read: Image[] = [];
    for await (const frame of frames()) read.push(frame);
    expect(read.map(({ data }) => data)).toEqual(made.frames.map((frame) => made.atScale(frame).data));
    expect(shares).toEqual([0, 0.5]);
    expect(splitApng(bytes) !== undefined).toBe(kind === "png");
  });

  test("frames are a PNG each, by their names and at their scale", async () => {
    const names = ["b.png", "a.png"];
    const entries = unzipSync(await bytesOf(await animationFile(made, "frames", "walk.png", names, () => {})));
    expect(Object.keys(entries)).toEqual(names);
    for (const [i, name] of names.entries())
      expect((await decodeImage(entries[name])).data).toEqual(made.atScale(made.frames[i]).data);
  });

  test("a sheet has them in one PNG, with their positions in a JSON", async () => {
    const entries = unzipSync(await bytesOf(await animationFile(made, "sheet", "walk.png", [], () => {})));
    expect(Object.keys(entries)).toEqual(["walk.png", "walk.json"]);
    const { width, height } = await decodeImage(entries["walk.png"]);
    const { frames, meta } = JSON.parse(new TextDecoder().decode(entries["walk.json"]));
    expect(meta).toMatchObject({ image: "walk.png", size: { w: width, h: height } });
    expect(frames.map(({ duration }: { duration: number }) => duration)).toEqual([100, 250]);
  });

  test("a GIF is offered if it can hold the colours and transparency", () => {
    const wild = { ...blankImage(16, 17), data: new Uint8ClampedArray(4 * 16 * 17).fill(255) };
    wild.data.forEach((_, i) => i % 4 === 0 && (wild.data[i] = (i / 4) % 256));
    expect(suitsGif(made)).toBe(true);
    expect(suitsGif({ frames: [wild] })).toBe(true);
    expect(suitsGif({ frames: [{ ...wild, hasAlpha: true }] })).toBe(false);
    expect(suitsGif({ frames: [wild, cells(1), { ...wild, data: wild.data.map((byte) => 255 - byte) }] })).toBe(false);
  });
});
