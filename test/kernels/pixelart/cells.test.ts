// How a cell's colour is chosen: byte for byte as in the twin, and always a colour that occurs in
// the cell.

import { describe, expect, test } from "vitest";
import type { TensorType } from "../../../src/kernels/core/operation.ts";
import { snapToCells, type SnapAttributes } from "../../../src/kernels/pixelart/cells.ts";
import { openTestGpu, runOperation, someValues } from "../../gpu.ts";

const gpu = await openTestGpu();

async function snap(shape: number[], values: ArrayLike<number>, attributes: SnapAttributes, bindingBytes?: number) {
  const type: TensorType = { layout: "pixels", shape };
  const { data } = await runOperation(
    gpu,
    snapToCells,
    [type],
    [values],
    attributes,
    bindingBytes ? { bindingBytes } : {},
  );
  return [...data];
}

/** One cell with these pixels in a row, opaque by default. */
function oneCell(pixels: number[]): Promise<number[]> {
  const [width, height] = [pixels.length, 1];
  return snap([1, height, width], pixels, { cell: width, width, height });
}

/** A picture of opaque pixels, [1, height, width], from `at`. */
function drawn(width: number, height: number, at: (x: number, y: number) => number): number[] {
  return Array.from({ length: width * height }, (_, i) => (at(i % width, Math.floor(i / width)) | 0xff000000) >>> 0);
}

/**
 * Lines of all directions, one or two pixels wide, on two grounds with a soft border between them;
 * noise; a hole.
 */
function lineDrawing(width: number, height: number, seed: number): Float64Array {
  const noise = someValues({ layout: "pixels", shape: [1, height, width] }, seed);
  return noise.map((random, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const ground = 90 + 80 * Math.min(Math.max((x + 2 * y - width) / 3, -1), 1);
    const isDark = x % 11 === 3 || (x + y) % 17 === 0 || Math.floor((x + 3 * y) / 2) % 20 === 5;
    const isLight = y % 13 === 6 || (2 * x - y) % 23 === 1;
    const level = Math.floor((isDark ? 12 : isLight ? 235 : ground) + ((random >>> 16) % 9));
    const alpha = (x - 30) ** 2 + (y - 20) ** 2 < 60 ? 0 : 255;
    return (level * 0x010101 + alpha * 2 ** 24) >>> 0;
  });
}

test.each([
  [1, 1, 1],
  [9, 14, 1],
  [13, 7, 2],
  [31, 33, 7],
  [40, 37, 16],
  [70, 65, 32],
  [65, 70, 64],
  [3, 2, 17],
])("equals its twin exactly: %i x %i pixels, cells of %i", async (width, height, cell) => {
  // Few and similar colours, so that votes are shared and ties occur; some pixels are transparent.
  const shape = [1, height + 3, width + 2];
  const values = someValues({ layout: "pixels", shape }, cell).map((pixel) => {
    const alpha = [0, 255, 255, 128][(pixel >>> 28) & 3];
    return ((pixel & 0x1f0f30) + alpha * 2 ** 24) >>> 0;
  });
  const attributes = { cell, width, height };
  const twin = snapToCells.reference([{ shape, data: values }], attributes);
  expect(await snap(shape, values, attributes)).toEqual([...twin.data]);
});

test.each([2, 3, 4, 5, 6, 8, 11])("equals its twin on lines, with cells of %i", async (cell) => {
  const [width, height] = [75, 58];
  const values = lineDrawing(width, height, cell);
  const attributes = { cell, width, height };
  const twin = snapToCells.reference([{ shape: [1, height, width], data: values }], attributes);
  const cells = await snap([1, height, width], values, attributes);
  expect(cells).toEqual([...twin.data]);
  // An isolated cell has no line that continues, so some cells must have got theirs from their
  // neighbours.
  const columns = Math.ceil(width / cell);
  const alone = cells.map((_, i) => {
    const [left, top] = [(i % columns) * cell, Math.floor(i / columns) * cell];
    const size = { width: Math.min(cell, width - left), height: Math.min(cell, height - top) };
    const data = Float64Array.from(
      { length: size.width * size.height },
      (_, p) => values[(top + Math.floor(p / size.width)) * width + left + (p % size.width)],
    );
    return snapToCells.reference([{ shape: [1, size.height, size.width], data }], { cell, ...size }).data[0];
  });
  const rescued = cells.filter((colour, i) => colour !== alone[i]).length;
  if (cell >= 3) expect(rescued).toBeGreaterThan(cells.length / 100);
});

test("gives the same in bands, and refuses rows that exceed a binding", async () => {
  const random = someValues({ layout: "pixels", shape: [2, 50, 21] }, 3);
  const lines = Float64Array.of(...lineDrawing(21, 50, 1), ...lineDrawing(21, 50, 2));
  for (const values of [random, lines]) {
    const attributes = { cell: 3, width: 20, height: 49 };
    const whole = await snap([2, 50, 21], values, attributes);
    for (const bytes of [800, 1000, 1300]) expect(await snap([2, 50, 21], values, attributes, bytes)).toEqual(whole);
    await expect(snap([2, 50, 21], values, attributes, 300)).rejects.toThrow("21 pixels wide");
  }
});

test("takes a visible colour of the cell, whatever the padding contains", async () => {
  const [width, height] = [67, 50];
  const random = someValues({ layout: "pixels", shape: [1, height, width] }, 5);
  for (const values of [random, lineDrawing(width, height, 4)])
    for (const cell of [1, 3, 4, 7]) {
      const size = { width: 62, height: 47 };
      const cells = await snap([1, height, width], values, { cell, ...size });
      cells.forEach((colour, i) => {
        const columns = Math.ceil(size.width / cell);
        const [left, top] = [(i % columns) * cell, Math.floor(i / columns) * cell];
        const members = new Set<number>();
        for (let y = top; y < Math.min(size.height, top + cell); y++)
          for (let x = left; x < Math.min(size.width, left + cell); x++) {
            const pixel = values[width * y + x];
            if (pixel >= 2 ** 24) members.add(pixel & 0xffffff);
          }
        if (colour >= 2 ** 24) expect(members).toContain(colour & 0xffffff);
      });
    }
});

test("does not depend on a cell's orientation", async () => {
  const shape = [1, 4, 4];
  for (let seed = 1; seed <= 5; seed++) {
    const values = someValues({ layout: "pixels", shape }, seed).map((pixel) => pixel & 0xff303030);
    const attributes = { cell: 4, width: 4, height: 4 };
    expect(await snap(shape, values.toReversed(), attributes)).toEqual(await snap(shape, values, attributes));
  }
});

test("half dark and half light becomes dark, so outlines stay", async () => {
  expect(await oneCell([0xffffffff, 0xff101010, 0xff101010, 0xffffffff])).toEqual([0xff101010]);
  expect(await oneCell([0xffffffff, 0xff101010, 0xffffffff, 0xff101010])).toEqual([0xff101010]);
});

test("transparent colours do not count; alpha is the median, at a tie the more opaque", async () => {
  expect(await oneCell([0x00ffffff, 0x00ffffff, 0xff0000ff])).toEqual([0x000000ff]);
  expect(await oneCell([0x00ffffff, 0xff0000ff])).toEqual([0xff0000ff]);
  expect(await oneCell([0x00123456, 0x00123456])).toEqual([0x00123456]);
  expect(await oneCell([0x200000ff, 0x800000ff, 0xff0000ff])).toEqual([0x800000ff]);
});

test("shades of one colour count together", async () => {
  const greys = [0xffe0e0e0, 0xff101010, 0xff606060, 0xff121212, 0xffa0a0a0];
  expect(await oneCell(greys)).toEqual([0xff101010]);
});

test("the centre of a cell counts more than its border, where neighbours bleed in", async () => {
  // 7 pixels of 16 in the middle against 9 around them, of which each corner counts a ninth.
  const light = 0xe0e0e0;
  const values = drawn(4, 4, (x, y) => (y >= 1 && y <= 2 && x < 3 ? 0x309030 : x === 3 && y === 1 ? 0x309030 : light));
  expect(await snap([1, 4, 4], values, { cell: 4, width: 4, height: 4 })).toEqual([0xff309030]);
});

test.each([5, 6, 9, 12, 15, 16, 45, 64])("no single column decides in a cell of %i", async (cell) => {
  for (const odd of [0, 3]) {
    const values = drawn(cell, cell, (x) => (x === odd ? 0x2020d0 : 0x20c020));
    expect(await snap([1, cell, cell], values, { cell, width: cell, height: cell })).toEqual([0xff20c020]);
  }
});

describe("lines one pixel wide", () => {
  const ground = 0xb09060;
  const grid = { cell: 4, width: 24, height: 24 };

  /** The picture's 6 x 6 cells as text: a letter for each colour. */
  async function cellsOf(at: (x: number, y: number) => number, names: Record<number, string>): Promise<string[]> {
    const cells = await snap([1, 24, 24], drawn(24, 24, at), grid);
    return Array.from({ length: 6 }, (_, y) =>
      Array.from({ length: 6 }, (_, x) => names[cells[6 * y + x] & 0xffffff] ?? "?").join(""),
    );
  }

  test.each([
    ["dark", 0x201010],
    ["light", 0xffffff],
    ["of another hue", 0x30a0f0],
  ])("that are %s stay, wherever they cross the cells", async (_name, line) => {
    const names = { [ground]: ".", [line]: "#" };
    for (const place of [8, 9, 10, 11]) {
      const down = await cellsOf((x) => (x === place ? line : ground), names);
      expect(down).toEqual(Array(6).fill("..#..."));
      const across = await cellsOf((_, y) => (y === place ? line : ground), names);
      expect(across).toEqual(["......", "......", "######", "......", "......", "......"]);
    }
    const diagonal = await cellsOf((x, y) => (x === y ? line : ground), names);
    expect(diagonal).toEqual(["#.....", ".#....", "..#...", "...#..", "....#.", ".....#"]);
  });

  test("continue around a corner, and their ends stay", async () => {
    const isLine = (x: number, y: number) => (x === 9 && y >= 5) || (y === 5 && x >= 9 && x < 20);
    expect(await cellsOf((x, y) => (isLine(x, y) ? 0 : ground), { [ground]: ".", 0: "#" })).toEqual([
      "......",
      "..###.",
      "..#...",
      "..#...",
      "..#...",
      "..#...",
    ]);
  });

  test("between two colours stay", async () => {
    const at = (x: number) => (x < 9 ? 0x60c060 : x === 9 ? 0x101010 : 0xc0a080);
    expect(await cellsOf(at, { 0x60c060: "l", 0x101010: "#", 0xc0a080: "r" })).toEqual(Array(6).fill("ll#rrr"));
  });

  test("two pixels wide on the border of two cells take one of them", async () => {
    const at = (x: number) => (x === 7 || x === 8 ? 0 : ground);
    expect(await cellsOf(at, { [ground]: ".", 0: "#" })).toEqual(Array(6).fill(".#...."));
    const turned = (_: number, y: number) => at(y);
    expect(await cellsOf(turned, { [ground]: ".", 0: "#" })).toEqual([
      "......",
      "######",
      "......",
      "......",
      "......",
      "......",
    ]);
  });

  test.each([
    ["an edge", (x: number) => (x < 9 ? 0x203040 : ground)],
    ["a soft edge", (x: number) => [0x203040, 0x506048, 0x807850, ground][Math.min(Math.max(x - 9, 0), 3)]],
    ["a dash that ends in its cell", (x: number, y: number) => (x === 9 && y >= 8 && y < 11 ? 0 : ground)],
    ["a faint one", (x: number) => (x === 9 ? ground - 0x101010 : ground)],
  ])("are not %s", async (_name, at) => {
    const cells = await snap([1, 24, 24], drawn(24, 24, at), grid);
    const colours = new Set(cells.map((cell) => cell & 0xffffff));
    expect([...colours].filter((colour) => colour !== ground && colour !== 0x203040)).toEqual([]);
  });

  test("are neither continued nor broken by transparent neighbours", async () => {
    const isSeen = (x: number) => x >= 8 && x < 12;
    const values = drawn(24, 24, (x) => (x === 8 ? 0 : ground)).map((pixel, i) => (isSeen(i % 24) ? pixel : 0));
    const cells = await snap([1, 24, 24], values, grid);
    expect(cells).toEqual(Array.from({ length: 36 }, (_, i) => (i % 6 === 2 ? 0xff000000 : 0)));
    // The same line in a single cell between transparent ones.
    const alone = values.map((pixel, i) => (Math.floor(i / 96) === 2 ? pixel : 0));
    const [cell] = (await snap([1, 24, 24], alone, grid)).filter((pixel) => pixel !== 0);
    expect(cell & 0xffffff).toBe(ground);
  });
});

test("invalid cells and pictures are refused", () => {
  const pixels: TensorType = { layout: "pixels", shape: [1, 8, 8] };
  const attributes = { cell: 4, width: 8, height: 8 } as const;
  expect(() => snapToCells.infer([pixels], { ...attributes, cell: 65 })).toThrow("65");
  expect(() => snapToCells.infer([pixels], { ...attributes, cell: 1.5 })).toThrow("1.5");
  expect(() => snapToCells.infer([pixels], { ...attributes, width: 9 })).toThrow("9 x 8");
});
