// The purpose of dithering: areas keep their colour on average, in light, as far as the palette can
// mix it. It must not invent colours, change alpha, or let a colour that cannot be mixed affect
// what follows.

import { expect, test } from "vitest";
import { traitsOf } from "../../../src/autograd/program.ts";
import { vector, type TensorType } from "../../../src/kernels/core/operation.ts";
import { diffuseError } from "../../../src/kernels/pixelart/dither-diffusion.ts";
import { levels } from "../../../src/kernels/pixelart/dither-light.ts";
import { ditherOrdered } from "../../../src/kernels/pixelart/dither-ordered.ts";
import { cones } from "../../../src/kernels/pixelart/oklab.ts";
import { mapToPalette } from "../../../src/kernels/pixelart/palette.ts";
import { bayerMask, blueNoiseMask } from "../../../src/pixelart/dither-masks.ts";
import { Random } from "../../../src/random.ts";
import { openTestGpu, runOperation } from "../../gpu.ts";
import { launchesOf } from "../checks.ts";

const gpu = await openTestGpu();

const pixel = (red: number, green: number, blue: number, alpha = 255) =>
  (red | (green << 8) | (blue << 16) | (alpha << 24)) >>> 0;
const pixels = (...shape: number[]): TensorType => ({ layout: "pixels", shape });
const light = (byte: number) => (byte <= 10 ? byte / 3294.6 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
const channels = (value: number) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255];

const masks = { 2: bayerMask(2), 4: bayerMask(4), 8: bayerMask(8), 16: bayerMask(16), "blue noise": blueNoiseMask() };

/** Dithers on the device. @param strength from 0 to 1 */
async function dithered(
  kind: keyof typeof masks | "floyd-steinberg" | "atkinson",
  cells: ArrayLike<number>,
  [height, width]: readonly [number, number],
  palette: readonly number[],
  strength = 1,
): Promise<number[]> {
  const types = [pixels(1, height, width), pixels(1, 1, palette.length), vector(256)];
  const attributes = { strength: Math.round(256 * strength) };
  if (kind === "floyd-steinberg" || kind === "atkinson") {
    const diffusion = { ...attributes, diffusion: kind };
    return [...(await runOperation(gpu, diffuseError, types, [cells, palette, levels], diffusion)).data];
  }
  const mask = masks[kind];
  const inputs = [...types, vector(mask.length)];
  return [...(await runOperation(gpu, ditherOrdered, inputs, [cells, palette, levels, mask], attributes)).data];
}

function meanLight(cells: readonly number[]): number[] {
  return [0, 1, 2].map((c) => cells.reduce((sum, cell) => sum + light(channels(cell)[c]), 0) / cells.length);
}

const kinds = [2, 4, 8, 16, "blue noise", "floyd-steinberg"] as const;

/**
 * The tolerance of a mean: half a rank of the mask plus the rounding of the share; for error
 * diffusion, the border.
 */
const allowed = { 2: 0.13, 4: 0.035, 8: 0.01, 16: 0.004, "blue noise": 0.004, "floyd-steinberg": 0.012 };

test.each(kinds)("flat areas keep their light: %s", async (kind) => {
  const palette = [pixel(0, 0, 0), pixel(255, 255, 255)];
  for (const level of [0, 40, 80, 128, 188, 220, 255]) {
    const cells = new Array<number>(64 * 64).fill(pixel(level, level, level));
    const [mean] = meanLight(await dithered(kind, cells, [64, 64], palette));
    expect(Math.abs(mean - light(level)), `level ${level}`).toBeLessThan(allowed[kind]);
  }
});

test("Atkinson's drops a quarter of the errors, so near colours become the palette's colour", async () => {
  const palette = [pixel(0, 0, 0), pixel(255, 255, 255)];
  const flat = (level: number) => new Array<number>(64 * 64).fill(pixel(level, level, level));
  const dark = await dithered("atkinson", flat(20), [64, 64], palette);
  expect(new Set(dark)).toEqual(new Set([pixel(0, 0, 0)]));
  const [middle] = meanLight(await dithered("atkinson", flat(128), [64, 64], palette));
  expect(Math.abs(middle - light(128))).toBeLessThan(0.06);
});

test("mixtures of many colours are reproduced: Floyd and Steinberg", async () => {
  const random = new Random(6);
  const off: number[] = [];
  for (let round = 0; round < 12; round++) {
    const palette = Array.from({ length: 4 + random.below(12) }, () => random.bits() | 0xff000000).map((p) => p >>> 0);
    const weights = palette.map(() => random.uniform() ** 3);
    const total = weights.reduce((a, b) => a + b);
    const wanted = [0, 1, 2].map(
      (c) => palette.reduce((sum, p, i) => sum + weights[i] * light(channels(p)[c]), 0) / total,
    );
    const byte = (value: number) => 255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
    const [red, green, blue] = wanted.map((value) => Math.round(byte(value)));
    const cells = new Array<number>(96 * 96).fill(pixel(red, green, blue));
    const mean = meanLight(await dithered("floyd-steinberg", cells, [96, 96], palette));
    const target = [red, green, blue].map(light);
    off.push(Math.max(...mean.map((value, c) => Math.abs(value - target[c]))));
  }
  expect(off.reduce((a, b) => a + b) / off.length).toBeLessThan(0.015);
  expect(Math.max(...off)).toBeLessThan(0.04);
});

test("a colour that cannot be mixed does not affect what follows", async () => {
  // Blue on the left, which these greens cannot show; then a green of the palette.
  const palette = [pixel(15, 56, 15), pixel(48, 98, 48), pixel(139, 172, 15), pixel(155, 188, 15)];
  const cells = Array.from({ length: 40 * 60 }, (_, i) => (i % 60 < 30 ? pixel(30, 40, 255) : palette[1]));
  for (const kind of ["floyd-steinberg", "atkinson"] as const) {
    const result = await dithered(kind, cells, [40, 60], palette);
    const right = result.filter((_, i) => i % 60 >= 34);
    expect(right.filter((cell) => cell !== palette[1]).length).toBeLessThan(0.02 * right.length);
  }
});

test.each([4, "blue noise", "floyd-steinberg", "atkinson"] as const)(
  "%s uses only the palette's colours, keeps alpha, and leaves transparent cells alone",
  async (kind) => {
    const random = new Random(7);
    const palette = Array.from({ length: 9 }, () => (random.bits() | 0xff000000) >>> 0);
    const alphas = [0, 0, 7, 128, 255, 255, 255];
    const cells = Array.from({ length: 50 * 33 }, () =>
      pixel(random.below(256), random.below(256), random.below(256), alphas[random.below(alphas.length)]),
    );
    const colours = new Set(palette.map((entry) => entry & 0xffffff));
    const result = await dithered(kind, cells, [33, 50], [0x00123456, ...palette]);
    result.forEach((cell, i) => {
      expect(cell >>> 24).toBe(cells[i] >>> 24);
      if (cell >>> 24 === 0) expect(cell).toBe(cells[i]);
      else expect(colours).toContain(cell & 0xffffff);
    });
    // Hidden colours change nothing visible.
    const other = cells.map((cell) => (cell >>> 24 === 0 ? random.below(2 ** 24) : cell));
    const again = await dithered(kind, other, [33, 50], palette);
    expect(again.filter((cell) => cell >>> 24 !== 0)).toEqual(result.filter((cell) => cell >>> 24 !== 0));
  },
);

test("rows are bound up to the last byte of their errors, four at once, and refused beyond", () => {
  const width = 30;
  const trial = {
    inputs: [pixels(1, 9, width), pixels(1, 1, 5), vector(256)],
    attributes: { strength: 256, diffusion: "atkinson" },
  };
  const launchesWith = (bindingBytes: number) =>
    launchesOf(diffuseError, trial, { ...traitsOf(gpu), offsetAlignment: 256, bindingBytes });
  expect(() => launchesWith(64 * width - 1)).toThrow(RangeError);
  expect(launchesWith(64 * width).length).toBeGreaterThan(0);
});

test("colours of the palette stay unchanged", async () => {
  const random = new Random(8);
  const palette = Array.from({ length: 40 }, () => (random.bits() | 0xff000000) >>> 0);
  const cells = Array.from({ length: 30 * 30 }, () => palette[random.below(palette.length)]);
  for (const kind of [2, 8, "blue noise", "floyd-steinberg", "atkinson"] as const)
    expect(await dithered(kind, cells, [30, 30], palette)).toEqual(cells);
});

test("without strength the nearest colour is used, and less strength is closer to that", async () => {
  const random = new Random(9);
  const palette = Array.from({ length: 12 }, () => (random.bits() | 0xff000000) >>> 0);
  const cells = Array.from({ length: 48 * 48 }, (_, i) => pixel(5 * (i % 48), 5 * Math.floor(i / 48), (i * 7) % 256));
  const types = [pixels(1, 48, 48), pixels(1, 1, 12), vector(3072)];
  const nearest = [...(await runOperation(gpu, mapToPalette, types, [cells, palette, cones], {})).data];
  for (const kind of [8, "blue noise", "floyd-steinberg", "atkinson"] as const) {
    const differing = [];
    for (const strength of [0, 0.3, 0.6, 1]) {
      const result = await dithered(kind, cells, [48, 48], palette, strength);
      differing.push(result.filter((cell, i) => cell !== nearest[i]).length / cells.length);
    }
    // Two tables of light are rounded differently: a cell in a thousand may lie on the border of
    // two colours.
    expect(differing[0]).toBeLessThan(0.002);
    expect(differing[1]).toBeGreaterThan(differing[0]);
    expect(differing[2]).toBeGreaterThan(differing[1]);
    expect(differing[3]).toBeGreaterThan(differing[2]);
  }
});

test("Bayer's masks are those of his paper", () => {
  expect([...bayerMask(2)]).toEqual([0, 2, 3, 1]);
  expect([...bayerMask(4)]).toEqual([0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]);
  for (const side of [2, 4, 8, 16])
    expect([...bayerMask(side)].sort((a, b) => a - b)).toEqual(Array.from({ length: side * side }, (_, i) => i));
});

test("blue noise has every rank once, and weak low frequencies", () => {
  const mask = blueNoiseMask();
  expect([...mask].sort((a, b) => a - b)).toEqual(Array.from({ length: 4096 }, (_, i) => i));
  // Power of the dots at a share, by the discrete Fourier transform, against that of white noise,
  // which is flat.
  for (const share of [0.1, 0.3, 0.5, 0.8]) {
    const dots = Array.from(mask, (rank) => Number(rank < share * 4096) - share);
    const power = (u: number, v: number) => {
      let [re, im] = [0, 0];
      for (let i = 0; i < 4096; i++) {
        const angle = (2 * Math.PI * (u * (i % 64) + v * Math.floor(i / 64))) / 64;
        re += dots[i] * Math.cos(angle);
        im += dots[i] * Math.sin(angle);
      }
      return (re * re + im * im) / (4096 * share * (1 - share));
    };
    const low = [];
    for (let v = -6; v <= 6; v++) for (let u = 1; u <= 6; u++) if (u * u + v * v <= 36) low.push(power(u, v));
    expect(low.reduce((a, b) => a + b) / low.length, `at ${share}`).toBeLessThan(0.1);
  }
});

test("blue noise is the same everywhere: no weight of its Gaussian is near a rounding boundary", () => {
  for (let squared = 0; squared <= 98; squared++) {
    const weight = 2 ** 16 * Math.exp(-squared / 4.5);
    expect(Math.abs((weight % 1) - 0.5)).toBeGreaterThan(1e-4);
  }
});
