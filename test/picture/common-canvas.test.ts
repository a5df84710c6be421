import { describe, expect, test } from "vitest";
import { anchors, commonCanvas, type Anchor } from "../../src/picture/common-canvas.ts";
import { pixelsOf, type Image } from "../../src/picture/image.ts";
import { enlarge } from "../../src/pixelart/grid/cells/geometry.ts";
import { Random } from "../../src/random.ts";

const random = new Random(3);
const whole = (least: number, most: number) => least + Math.floor(random.uniform() * (most - least + 1));

/** No two neighbours of an image are alike. */
function noise(width: number, height: number): Image {
  const pixels = Uint32Array.from({ length: width * height }, (_, i) => 0xff000000 + 1000 * i + whole(0, 999));
  return { width, height, data: new Uint8ClampedArray(pixels.buffer), hasAlpha: false };
}

async function* each(frames: readonly Image[]) {
  yield* frames;
}

/** Where a frame lies on the canvas: the rectangle of its opaque pixels. */
function placeOf(image: Image) {
  const opaque = [...pixelsOf(image).keys()].filter((i) => pixelsOf(image)[i] !== 0);
  const [columns, rows] = [opaque.map((i) => i % image.width), opaque.map((i) => Math.floor(i / image.width))];
  return { left: Math.min(...columns), top: Math.min(...rows), right: Math.max(...columns), bottom: Math.max(...rows) };
}

describe.each(anchors)("frames that meet at the %s", (anchor) => {
  test("keep their pixels, and touch the canvas there", async () => {
    const frames = [noise(7, 4), noise(3, 9), noise(1, 1), noise(6, 8)];
    const { width, height, placed } = await commonCanvas(each(frames), anchor);
    expect([width, height]).toEqual([7, 9]);
    for (const frame of frames) {
      const on = placed(frame);
      expect([on.width, on.height, on.hasAlpha]).toEqual([7, 9, true]);
      const { left, top, right, bottom } = placeOf(on);
      expect([right - left + 1, bottom - top + 1]).toEqual([frame.width, frame.height]);
      expect([...pixelsOf(on)].filter((pixel) => pixel !== 0)).toEqual([...pixelsOf(frame)]);
      const free = { x: 7 - frame.width, y: 9 - frame.height };
      const wanted = (free: number, atStart: string, atEnd: string) =>
        anchor.includes(atStart) ? 0 : anchor.includes(atEnd) ? free : Math.floor(free / 2);
      expect([left, top]).toEqual([wanted(free.x, "left", "right"), wanted(free.y, "top", "bottom")]);
    }
  });

  test("keep one grid if they are enlarged", async () => {
    for (let turn = 0; turn < 3; turn++) {
      const [x, y] = [whole(2, 7), whole(2, 7)];
      const sizes = Array.from({ length: 4 }, () => [whole(2, 9), whole(2, 9)]);
      const frames = sizes.map(([columns, rows]) => stretched(noise(columns, rows), x, y));
      const { placed } = await commonCanvas(each(frames), anchor);
      for (const frame of frames) {
        const { left, top } = placeOf(placed(frame));
        expect([left % x, top % y]).toEqual([0, 0]);
      }
    }
  });
});

/** Enlarged by whole factors, which differ between the axes. */
function stretched(image: Image, x: number, y: number): Image {
  const pixels = pixelsOf(image);
  const [width, height] = [image.width * x, image.height * y];
  const large = new Uint32Array(width * height).map((_, i) => {
    const [column, row] = [Math.floor((i % width) / x), Math.floor(i / width / y)];
    return pixels[row * image.width + column];
  });
  return { width, height, data: new Uint8ClampedArray(large.buffer), hasAlpha: false };
}

test("a frame of the canvas's size is returned as it is", async () => {
  const frame = noise(5, 5);
  const { placed } = await commonCanvas(each([frame, noise(5, 3)]), "top");
  expect(placed(frame)).toBe(frame);
});

test.each<[string, Image[]]>([
  ["one colour throughout", [enlarge(noise(1, 1), 4, 4, 4), enlarge(noise(1, 1), 9, 9, 9)]],
  ["hidden colours", [{ ...noise(4, 4), data: noise(4, 4).data.map((value, i) => (i % 4 === 3 ? 0 : value)) }]],
])("frames with %s are centred to the pixel", async (_, frames) => {
  const middle: Anchor = "center";
  const { placed } = await commonCanvas(each([...frames, enlarge(noise(1, 1), 15, 15, 15)]), middle);
  const [first] = frames;
  const at = Math.floor((15 - first.width) / 2);
  expect(pixelsOf(placed(first))[at * 15 + at]).toBe(pixelsOf(first)[0]);
});

test("a canvas that no memory could hold is refused", async () => {
  const line = (width: number, height: number): Image => ({
    ...noise(1, 1),
    width,
    height,
    data: new Uint8ClampedArray(4e5),
  });
  await expect(commonCanvas(each([line(100_000, 1), line(1, 100_000)]), "bottom")).rejects.toThrow(/the limit is/);
});
