// How a cell's colour is chosen: byte for byte as the twin says, and never a colour that the cell has not.

import { describe, expect, test } from "vitest";
import { snapToCells, type SnapAttributes } from "../../src/kernels/cells.ts";
import type { TensorType } from "../../src/kernels/operation.ts";
import { openTestGpu, runOperation, someValues } from "../gpu.ts";

const gpu = await openTestGpu();
const methods = ["median", "dominant", "average"] as const;

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

/** One cell of these pixels in a row, opaque unless they say otherwise. */
function oneCell(method: SnapAttributes["method"], pixels: number[]): Promise<number[]> {
  const [width, height] = [pixels.length, 1];
  return snap([1, height, width], pixels, { cell: width, method, width, height });
}

describe.each(methods)("%s", (method) => {
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
    // Few colours and close ones, so that votes are shared and ties happen; some pixels transparent.
    const shape = [1, height + 3, width + 2];
    const values = someValues({ layout: "pixels", shape }, cell).map((pixel) => {
      const alpha = [0, 255, 255, 128][(pixel >>> 28) & 3];
      return ((pixel & 0x1f0f30) + alpha * 2 ** 24) >>> 0;
    });
    const attributes = { cell, method, width, height };
    const twin = snapToCells.reference([{ shape, data: values }], attributes);
    expect(await snap(shape, values, attributes)).toEqual([...twin.data]);
  });

  test("gives the same in bands, and refuses rows that no binding holds", async () => {
    const values = someValues({ layout: "pixels", shape: [2, 50, 21] }, 3);
    const attributes = { cell: 3, method, width: 20, height: 49 };
    const whole = await snap([2, 50, 21], values, attributes);
    expect(await snap([2, 50, 21], values, attributes, 1000)).toEqual(whole);
    await expect(snap([2, 50, 21], values, attributes, 300)).rejects.toThrow("21 pixels wide");
  });

  test.runIf(method !== "average")("takes a colour of the cell, whatever lies in the padding", async () => {
    const shape = [1, 12, 12];
    const values = someValues({ layout: "pixels", shape }, 5).map((pixel) => (pixel | 0xff000000) >>> 0);
    const cells = await snap(shape, values, { cell: 4, method, width: 10, height: 9 });
    cells.forEach((colour, i) => {
      const members: number[] = [];
      for (let y = 4 * Math.floor(i / 3); y < Math.min(9, 4 * Math.floor(i / 3) + 4); y++)
        for (let x = 4 * (i % 3); x < Math.min(10, 4 * (i % 3) + 4); x++) members.push(values[12 * y + x]);
      expect(members).toContain(colour);
    });
  });

  test("does not depend on how a cell is turned", async () => {
    const shape = [1, 4, 4];
    for (let seed = 1; seed <= 5; seed++) {
      const values = someValues({ layout: "pixels", shape }, seed).map((pixel) => pixel & 0xff303030);
      const attributes = { cell: 4, method, width: 4, height: 4 };
      expect(await snap(shape, values.toReversed(), attributes)).toEqual(await snap(shape, values, attributes));
    }
  });

  test.runIf(method !== "average")("half dark and half light is dark: outlines stay", async () => {
    expect(await oneCell(method, [0xffffffff, 0xff101010, 0xffffffff, 0xff101010])).toEqual([0xff101010]);
  });

  test("colours that nobody sees have no say; alpha is the median, at a tie the more opaque", async () => {
    expect(await oneCell(method, [0x00ffffff, 0x00ffffff, 0xff0000ff])).toEqual([0x000000ff]);
    expect(await oneCell(method, [0x00ffffff, 0xff0000ff])).toEqual([0xff0000ff]);
    expect(await oneCell(method, [0x00123456, 0x00123456])).toEqual([0x00123456]);
    expect(await oneCell(method, [0x200000ff, 0x800000ff, 0xff0000ff])).toEqual([0x800000ff]);
  });
});

test("dominant is the colour with most shades near it, median the one in the middle", async () => {
  const greys = [0xff101010, 0xff121212, 0xff606060, 0xffa0a0a0, 0xffe0e0e0];
  expect(await oneCell("dominant", greys)).toEqual([0xff101010]);
  expect(await oneCell("median", greys)).toEqual([0xff606060]);
  // The median of each channel is 0, black, which is not there. Red is the nearest to it.
  expect(await oneCell("median", [0xff00c000, 0xff0000ff, 0xffe00000])).toEqual([0xff0000ff]);
});

test("refuses cells and pictures that do not fit", () => {
  const pixels: TensorType = { layout: "pixels", shape: [1, 8, 8] };
  const attributes = { cell: 4, method: "median", width: 8, height: 8 } as const;
  expect(() => snapToCells.infer([pixels], { ...attributes, cell: 65 })).toThrow("65");
  expect(() => snapToCells.infer([pixels], { ...attributes, cell: 1.5 })).toThrow("1.5");
  expect(() => snapToCells.infer([pixels], { ...attributes, width: 9 })).toThrow("9 x 8");
});
