// The source's colours under the network's outlines: byte for byte as in the twin, in bands and
// around transparent cells; and the conversion from OKLab on which it relies.

import { describe, expect, test } from "vitest";
import { vector, type TensorType } from "../../../src/kernels/core/operation.ts";
import { keepColours } from "../../../src/kernels/pixelart/keep-colours.ts";
import { colourOf, cones, lights, oklabOf } from "../../../src/kernels/pixelart/oklab.ts";
import { openTestGpu, runOperation, someValues } from "../../gpu.ts";

const gpu = await openTestGpu();

const strongest = 256;

function keep(
  shape: number[],
  network: ArrayLike<number>,
  source: ArrayLike<number>,
  strength = strongest,
  traits = {},
) {
  const cells: TensorType = { layout: "pixels", shape };
  const values = [network, source, cones, lights];
  return runOperation(gpu, keepColours, [cells, cells, vector(3072), vector(256)], values, { strength }, traits);
}

function twin(shape: number[], network: Float64Array, source: Float64Array, strength = strongest) {
  const tables = [cones, lights].map((table) => ({ shape: [table.length], data: Float64Array.from(table) }));
  return keepColours.reference([{ shape, data: network }, { shape, data: source }, ...tables], { strength });
}

/** Random colours, all but some of them opaque. */
function randomCells(shape: number[], seed: number, transparent = 0.2): Float64Array {
  const alphas = someValues({ layout: "pixels", shape }, seed + 100);
  return someValues({ layout: "pixels", shape }, seed).map((pixel, i) => {
    const alpha = alphas[i] / 2 ** 32 < transparent ? 0 : 255;
    return (pixel & 0xffffff) + alpha * 2 ** 24;
  });
}

function opaque(shape: number[], of: (x: number, y: number) => number): Float64Array {
  const [, height, width] = shape;
  return Float64Array.from({ length: height * width }, (_, i) => of(i % width, Math.floor(i / width)) + 255 * 2 ** 24);
}

const grey = (byte: number) => byte * 0x010101;

describe("keepColours", () => {
  test.each([
    [1, 1, 256],
    [3, 40, 256],
    [33, 17, 256],
    [16, 16, 77],
    [25, 31, 0],
  ])("equals its twin exactly: %i x %i cells, strength %i of 256", async (width, height, strength) => {
    const shape = [1, height, width];
    const [network, source] = [randomCells(shape, 1), randomCells(shape, 2, 0)];
    const { data } = await keep(shape, network, source, strength);
    expect([...data]).toEqual([...twin(shape, network, source, strength).data]);
  });

  test("gives the same in bands of a few rows, with a halo of the neighbouring rows", async () => {
    const shape = [2, 45, 20];
    const [network, source] = [randomCells(shape, 3), randomCells(shape, 4, 0)];
    const expected = [...twin(shape, network, source).data];
    // Twelve rows of pairs with an alignment of 256 bytes: four rows per band.
    const banded = await keep(shape, network, source, strongest, { bindingBytes: 12 * 320 + 256 });
    expect([...banded.data]).toEqual(expected);
    await expect(keep(shape, network, source, strongest, { bindingBytes: 8 * 320 + 256 })).rejects.toThrow(
      "20 cells wide",
    );
  });

  test("at full strength returns the source where the network draws nothing, whatever its tint", async () => {
    const shape = [1, 30, 30];
    const source = opaque(shape, (x) => grey(60 + 2 * x) & 0xffff00);
    const { data } = await keep(
      shape,
      opaque(shape, () => 0x80a040),
      source,
    );
    // Away from the border and on a gentle slope, the blur changes nothing except by rounding.
    for (let y = 5; y < 25; y++) {
      for (let x = 5; x < 25; x++) {
        for (const shift of [0, 8, 16]) {
          const apart = ((data[30 * y + x] >>> shift) & 255) - ((source[30 * y + x] >>> shift) & 255);
          expect(Math.abs(apart)).toBeLessThanOrEqual(2);
        }
      }
    }
  });

  test("leaves the network's colours alone at strength 0", async () => {
    const shape = [1, 9, 9];
    const network = randomCells(shape, 5, 0);
    const { data } = await keep(shape, network, randomCells(shape, 6, 0), 0);
    data.forEach((pixel, i) => expect(levelsApart(pixel, network[i])).toBeLessThanOrEqual(1));
  });

  test("takes the network's outline, as dark as it is drawn, and puts no light rim beside it", async () => {
    const shape = [1, 21, 21];
    const source = opaque(shape, () => grey(160));
    const network = opaque(shape, (x) => (x === 10 ? grey(110) : grey(160)));
    const { data } = await keep(shape, network, source);
    const byte = (x: number) => data[10 * 21 + x] & 255;
    expect(byte(10)).toBeLessThan(125);
    for (let x = 0; x < 21; x++) if (x !== 10) expect(byte(x)).toBeLessThanOrEqual(170);
  });

  test("keeps transparent cells, and ignores their hidden colours", async () => {
    const shape = [1, 24, 24];
    const network = randomCells(shape, 7, 0.4);
    const source = randomCells(shape, 8, 0);
    const hidden = (i: number) => network[i] < 2 ** 24;
    const repaint = (cells: Float64Array, colours: Float64Array) =>
      cells.map((pixel, i) => (hidden(i) ? (colours[i] & 0xffffff) + (pixel >>> 24) * 2 ** 24 : pixel));
    const other = randomCells(shape, 9, 0);
    const before = await keep(shape, network, source);
    const after = await keep(shape, repaint(network, other), repaint(source, other));
    before.data.forEach((pixel, i) => expect(hidden(i) ? network[i] : after.data[i]).toBe(pixel));
  });

  test("refuses mismatched sizes and invalid strengths", () => {
    const cells = (width: number): TensorType => ({ layout: "pixels", shape: [1, 4, width] });
    const types = (width: number) => [cells(4), cells(width), vector(3072), vector(256)];
    expect(() => keepColours.infer(types(5), { strength: 1 })).toThrow("1,4,5");
    expect(() => keepColours.infer(types(4), { strength: 257 })).toThrow("257");
    expect(() => keepColours.infer(types(4), { strength: 0.5 })).toThrow("0.5");
  });
});

describe("the conversion from OKLab", () => {
  test("restores every grey, and every colour within one level", () => {
    for (let byte = 0; byte < 256; byte++) expect(colourOf(oklabOf(grey(byte)))).toBe(grey(byte));
    const pixels = someValues({ layout: "pixels", shape: [1, 200, 200] }, 1);
    const exact = pixels.filter((pixel) => {
      const back = colourOf(oklabOf(pixel));
      expect(levelsApart(back, pixel)).toBeLessThanOrEqual(1);
      return back === (pixel & 0xffffff);
    });
    expect(exact.length / pixels.length).toBeGreaterThan(0.98);
  });

  test("clips colours outside sRGB", () => {
    expect(colourOf([32767, 16384, 16384])).toBe(0xffffff);
    expect(colourOf([0, 16384, 16384])).toBe(0);
    expect(colourOf([20000, 32767, 16384]) & 255).toBe(255);
  });
});

function levelsApart(a: number, b: number): number {
  return Math.max(...[0, 8, 16].map((shift) => Math.abs(((a >>> shift) & 255) - ((b >>> shift) & 255))));
}
