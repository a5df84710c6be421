// Still cells are held: only changed cells, and those beside them, are drawn again.

import { expect, test } from "vitest";
import { blankImage, type Image } from "../../src/picture/image.ts";
import { HeldCells } from "../../src/pixelart/held-cells.ts";
import { Random } from "../../src/random.ts";

const side = 4;
const columns = 9;
const across = Int32Array.from({ length: side * columns }, (_, i) => Math.floor(i / side));
const random = new Random(3);

/** A grey source with noise, in which some cells are brighter. */
function source(noise: number, bright: readonly number[] = []): Image {
  const image = blankImage(side * columns, side * columns);
  for (let i = 0; i < image.data.length; i += 4) {
    const [x, y] = [(i / 4) % image.width, Math.floor(i / 4 / image.width)];
    const isBright = bright.includes(across[y] * columns + across[x]);
    for (let c = 0; c < 3; c++) image.data[i + c] = (isBright ? 200 : 100) + random.below(2 * noise + 1) - noise;
  }
  return image;
}

/** Cells that are different in every frame. */
function cells(frame: number): Image {
  const data = new Uint8ClampedArray(4 * columns * columns).fill(255);
  for (let i = 0; i < data.length; i += 4) data[i] = frame;
  return { width: columns, height: columns, data, hasAlpha: false };
}

/** The frame that each cell is from. */
const framesOf = ({ data }: Image) => Array.from({ length: columns * columns }, (_, i) => data[4 * i]);
const from = (frame: number, around: number, reach: number) => (_: unknown, i: number) => {
  const apart = (a: number, b: number) => Math.abs(a - b);
  const [dx, dy] = [apart(i % columns, around % columns), apart(Math.floor(i / columns), Math.floor(around / columns))];
  return Math.max(dx, dy) <= reach ? frame : 1;
};

test.each([0, 1, 2])("changed cells are drawn again, with %i cells around them; noise is not a change", (reach) => {
  const held = new HeldCells(across, across, reach);
  expect(framesOf(held.next(source(4), cells(1)))).toEqual(Array(81).fill(1));
  expect(framesOf(held.next(source(4), cells(2)))).toEqual(Array(81).fill(1));
  const moved = framesOf(held.next(source(4, [40]), cells(3)));
  expect(moved).toEqual(Array.from({ length: 81 }, from(3, 40, reach)));
  // A cell is compared with its source at the time when it was last drawn.
  expect(framesOf(held.next(source(4, [40]), cells(4)))).toEqual(moved);
  expect(framesOf(held.next(source(4), cells(5)))).toEqual(Array.from({ length: 81 }, from(5, 40, reach)));
});

test("a slow fade is followed, although no single step is large", () => {
  const held = new HeldCells(across, across, 0);
  const seen = new Set<number>();
  for (let frame = 1; frame <= 30; frame++) {
    const image = blankImage(side * columns, side * columns);
    image.data.fill(2 * frame);
    for (let i = 3; i < image.data.length; i += 4) image.data[i] = 255;
    framesOf(held.next(image, cells(frame))).forEach((value) => seen.add(value));
  }
  expect([...seen]).toEqual([1, 5, 9, 13, 17, 21, 25, 29]);
});

test("hidden colours are not a change, but a new hole is", () => {
  const held = new HeldCells(across, across, 0);
  const hidden = (value: number, alpha: number): Image => {
    const image = source(0);
    for (let i = 0; i < 4 * 4; i += 4) image.data.set([value, value, value, alpha], i);
    return { ...image, hasAlpha: true };
  };
  held.next(hidden(0, 0), cells(1));
  expect(framesOf(held.next(hidden(255, 0), cells(2)))[0]).toBe(1);
  expect(framesOf(held.next(hidden(255, 255), cells(3)))[0]).toBe(3);
});

test("pixels beyond the grid do not count", () => {
  const beyond = Int32Array.from(across, (cell) => (cell === 0 ? -1 : cell - 1));
  const held = new HeldCells(beyond, beyond, 1);
  const few = (frame: number): Image => {
    const data = new Uint8ClampedArray(4 * 64).fill(frame);
    return { width: 8, height: 8, data, hasAlpha: false };
  };
  held.next(source(0), few(1));
  expect(held.next(source(0, [0, 1, 2, 9]), few(2)).data).toEqual(few(1).data);
});
