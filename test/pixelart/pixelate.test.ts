// Pictures in, pixel art out: what must hold for any picture, any cell size and any number of
// colours.

import { describe, expect, test } from "vitest";
import { OutOfMemoryError } from "../../src/gpu/errors.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { oklabOf, squaredDistance, type Oklab } from "../../src/kernels/pixelart/oklab.ts";
import type { Image } from "../../src/picture/image.ts";
import { seedsOf } from "../../src/pixelart/initial-centres.ts";
import { pixelate } from "../../src/pixelart/pixelate.ts";
import { Random } from "../../src/random.ts";
import { openTestGpu, webGpu } from "../gpu.ts";
import { poisonPool } from "../poison.ts";

const gpu = await openTestGpu();

/** A picture with the pixels of `pixel`, red in the lowest byte. */
function picture(width: number, height: number, pixel: (x: number, y: number) => number): Image {
  const pixels = Uint32Array.from({ length: width * height }, (_, i) => pixel(i % width, Math.floor(i / width)));
  return { width, height, data: new Uint8ClampedArray(pixels.buffer), hasAlpha: true };
}

function pixelsOf({ data }: Image): Uint32Array {
  return new Uint32Array(data.buffer);
}

/** The visible colours, without alpha. */
function coloursOf(image: Image): Set<number> {
  return new Set([...pixelsOf(image)].filter((pixel) => pixel >>> 24 !== 0).map((pixel) => pixel & 0xffffff));
}

/** Soft shapes with noise, as a network draws them; partly transparent. */
function drawing(width: number, height: number, seed: number): Image {
  const random = new Random(seed);
  const [a, b, c] = [random.uniform(), random.uniform(), random.uniform()].map((u) => 0.05 + 0.2 * u);
  return picture(width, height, (x, y) => {
    const level = (wave: number) => Math.floor(128 + 110 * Math.sin(wave) + 16 * (random.uniform() - 0.5));
    const alpha = Math.sin(b * x - a * y) > 0.8 ? 0 : 255;
    return (level(a * x) | (level(b * y) << 8) | (level(c * (x + y)) << 16) | (alpha << 24)) >>> 0;
  });
}

test("a picture that is pixel art already stays the same, byte for byte", async () => {
  const random = new Random(1);
  for (let round = 0; round < 6; round++) {
    const [width, height, cell] = [1 + random.below(90), 1 + random.below(90), 1 + random.below(32)];
    const palette = Array.from({ length: 12 }, () => (random.bits() | 0x80000000) >>> 0).concat(0x00123456);
    const grid = Array.from({ length: 90 * 90 }, () => palette[random.below(palette.length)]);
    const image = picture(width, height, (x, y) => grid[90 * Math.floor(y / cell) + Math.floor(x / cell)]);
    const art = await pixelate(gpu, image, { cell, scale: cell, colors: 12 });
    expect(art.image).toEqual(image);
    expect(art.palette!.length).toBe(coloursOf(image).size);
  }
});

test("every cell has one colour, which occurs in it", async () => {
  const random = new Random(2);
  for (let round = 0; round < 6; round++) {
    const [width, height, cell] = [1 + random.below(80), 1 + random.below(80), 1 + random.below(40)];
    const image = drawing(width, height, round);
    const { image: art } = await pixelate(gpu, image, { cell, scale: cell, colors: "none" });
    expect([art.width, art.height]).toEqual([width, height]);
    const members = new Map<string, Set<number>>();
    const chosen = new Map<string, Set<number>>();
    const add = (map: Map<string, Set<number>>, key: string, value: number) =>
      map.set(key, (map.get(key) ?? new Set()).add(value));
    const [before, after] = [pixelsOf(image), pixelsOf(art)];
    before.forEach((pixel, i) => {
      const key = `${Math.floor((i % width) / cell)} ${Math.floor(i / width / cell)}`;
      add(members, key, pixel & 0xffffff);
      add(chosen, key, after[i]);
    });
    for (const [key, colours] of chosen) {
      expect(colours.size).toBe(1);
      for (const colour of colours) expect(members.get(key)).toContain(colour & 0xffffff);
    }
  }
});

test.each([2, 5, 16, 100, 256])(
  "the result has at most %i colours, all from the picture's cells, the same in every run",
  async (colors) => {
    const image = drawing(75, 61, colors);
    const plain = await pixelate(gpu, image, { cell: 2, scale: 1, colors: "none" });
    const art = await pixelate(gpu, image, { cell: 2, scale: 1, colors });
    const colours = coloursOf(art.image);
    expect(colours.size).toBeLessThanOrEqual(colors);
    expect(colours.size).toBeGreaterThan(0.9 * colors);
    colours.forEach((colour) => expect(coloursOf(plain.image)).toContain(colour));
    expect(new Set(art.palette!.map(([r, g, b]) => r | (g << 8) | (b << 16)))).toEqual(colours);
    const alphas = (image: Image) => pixelsOf(image).map((pixel) => pixel >>> 24);
    expect(alphas(art.image)).toEqual(alphas(plain.image));
    expect(await pixelate(gpu, image, { cell: 2, scale: 1, colors })).toEqual(art);
  },
);

test("the smallest pictures, cells larger than the picture, and transparent pictures work", async () => {
  const options = { scale: 3, colors: 2 } as const;
  const dot = picture(1, 1, () => 0xff336699);
  expect((await pixelate(gpu, dot, { ...options, cell: 1 })).image).toEqual(picture(3, 3, () => 0xff336699));
  expect((await pixelate(gpu, dot, { ...options, cell: 3 })).image).toEqual(dot);
  expect((await pixelate(gpu, drawing(5, 3, 1), { cell: 64, scale: 1 })).image.width).toBe(1);
  const glass = picture(9, 9, (x, y) => x * 256 + y);
  const art = await pixelate(gpu, glass, { ...options, cell: 1, scale: 1 });
  expect(art).toEqual({ image: glass, palette: [] });
});

test("pictures may begin at any byte of their buffer", async () => {
  const image = drawing(7, 5, 2);
  const shifted = new Uint8ClampedArray(4 * 35 + 8).subarray(3, 4 * 35 + 3);
  shifted.set(image.data);
  const options = { cell: 2, scale: 2, colors: 3 };
  expect(await pixelate(gpu, { ...image, data: shifted }, options)).toEqual(await pixelate(gpu, image, options));
});

test("a result that is too large is refused before the work", async () => {
  await expect(pixelate(gpu, drawing(20, 20, 1), { cell: 1, scale: 1000 })).rejects.toThrow("20000 x 20000");
});

test("the result has as many colours as requested, even if all are shades of one", async () => {
  const image = picture(6, 6, (x, y) => 0xff808080 + x + 256 * y);
  const art = await pixelate(gpu, image, { cell: 1, scale: 1, colors: 16 });
  expect(art.palette!.length).toBe(16);
});

test("cleaning removes isolated cells, and colours that thereby leave the palette", async () => {
  const image = picture(9, 9, (x, y) => (x === 4 && y === 5 ? 0xff707a70 : y < 4 ? 0xff202020 : 0xff707070));
  const options = { cell: 1, scale: 1, colors: 8 };
  const art = await pixelate(gpu, image, { ...options, clean: 0.5 });
  expect(art.image).toEqual(picture(9, 9, (_, y) => (y < 4 ? 0xff202020 : 0xff707070)));
  expect(art.palette).toEqual([
    [32, 32, 32],
    [112, 112, 112],
  ]);
  expect(await pixelate(gpu, image, { ...options, clean: 0 })).toEqual(await pixelate(gpu, image, options));
  for (const clean of [-0.1, 1.1, NaN])
    await expect(pixelate(gpu, image, { ...options, clean })).rejects.toThrow("from 0 to 1");
});

describe("locked colours", () => {
  const locked = [
    [255, 0, 255],
    [40, 200, 40],
  ];

  test("are in every found palette, within the requested number", async () => {
    const image = drawing(64, 48, 5);
    for (const colors of [2, 3, 8, "auto"] as const) {
      const art = await pixelate(gpu, image, { cell: 1, scale: 1, colors, locked });
      expect(art.palette).toEqual(expect.arrayContaining(locked));
      if (colors !== "auto") expect(art.palette).toHaveLength(colors);
      const known = new Set(art.palette!.map(([red, green, blue]) => red | (green << 8) | (blue << 16)));
      for (const colour of coloursOf(art.image)) expect(known).toContain(colour);
    }
    const alone = await pixelate(gpu, image, { cell: 1, scale: 1, colors: 8 });
    expect(alone.palette).not.toEqual(expect.arrayContaining(locked));
  });

  test("leave the rest of the palette to the other colours", async () => {
    // Near black and white; two shades near the locked green and one far from it: the free colour
    // goes to that.
    const shades = [0xff000000, 0xffffffff, 0xff29c829, 0xff28c92a, 0xff2020d0];
    const image = picture(25, 20, (x) => shades[x % 5]);
    const both = [
      [0, 0, 0],
      [255, 255, 255],
      [40, 200, 40],
    ];
    const { palette } = await pixelate(gpu, image, { cell: 1, scale: 1, colors: 4, locked: both });
    expect(palette).toEqual(expect.arrayContaining([...both, [0xd0, 0x20, 0x20]]));
    expect(palette).toHaveLength(4);
  });

  test("stay in the palette if cells have few colours or cleaning removes them", async () => {
    const image = picture(9, 9, (x, y) => (x === 4 && y === 5 ? 0xff707a70 : y < 4 ? 0xff202020 : 0xff707070));
    const art = await pixelate(gpu, image, { cell: 1, scale: 1, colors: 8, clean: 0.5, locked });
    expect(art.palette).toEqual(expect.arrayContaining(locked));
    expect(coloursOf(art.image)).toEqual(new Set([0x202020, 0x707070]));
  });

  test("are refused if no palette is found, or if there are too many", async () => {
    const image = picture(4, 4, (x) => 0xff000000 + x);
    const options = { cell: 1, scale: 1, locked };
    await expect(pixelate(gpu, image, { ...options, palette: locked })).rejects.toThrow("here none is");
    await expect(pixelate(gpu, image, { ...options, colors: "none" })).rejects.toThrow("here none is");
    const three = [...locked, [0, 0, 0]];
    await expect(pixelate(gpu, image, { ...options, locked: three, colors: 2 })).rejects.toThrow("unlock some");
  });
});

test("padding beyond the picture does not count", async () => {
  const inner = drawing(21, 18, 4);
  const padded = picture(24, 20, (x, y) => (x < 21 && y < 18 ? pixelsOf(inner)[21 * y + x] : 0xff00ff00));
  const options = { cell: 4, scale: 4, colors: 8 } as const;
  const art = await pixelate(gpu, padded, { ...options, width: 21, height: 18 });
  expect(art).toEqual(await pixelate(gpu, inner, options));
});

test("a picture too large for one binding gives the same bytes", async () => {
  const image = drawing(203, 150, 6);
  const options = { cell: 3, scale: 2, colors: 9 };
  const narrow = poisonPool(await Gpu.open(webGpu, { maximumBindingBytes: 8192 }));
  try {
    expect(await pixelate(narrow, image, options)).toEqual(await pixelate(gpu, image, options));
  } finally {
    narrow.close();
  }
});

/** The largest and the mean difference of two pictures, in levels. */
function difference(a: Image, b: Image): { most: number; mean: number } {
  const levels = a.data.map((value, i) => Math.abs(value - b.data[i]));
  return { most: Math.max(...levels), mean: levels.reduce((sum, level) => sum + level, 0) / levels.length };
}

/** Gradients of colour, as in a photo of a sky. */
function slopes(width: number, height: number): Image {
  return picture(
    width,
    height,
    (x, y) => 0xff000000 + ((40 + 2 * x) & 255) + (((150 - y) & 255) << 8) + ((90 + y) & 255) * 65536,
  );
}

test("the source's colours are kept under the network's, as far as requested", async () => {
  const source = slopes(64, 48);
  const tinted = picture(64, 48, () => 0xff808020);
  const options = { cell: 4, scale: 1, colors: "none" } as const;
  const [own, cells] = [await pixelate(gpu, tinted, options), await pixelate(gpu, source, options)];
  const kept = await pixelate(gpu, tinted, { ...options, source });
  const half = await pixelate(gpu, tinted, { ...options, source, keepColors: 0.5 });
  expect(difference(kept.image, cells.image).mean).toBeLessThan(4);
  expect(difference(own.image, cells.image).mean).toBeGreaterThan(20);
  const away = difference(half.image, own.image).mean;
  expect(away).toBeGreaterThan(10);
  expect(away).toBeLessThan(difference(kept.image, own.image).mean - 10);
  expect(await pixelate(gpu, tinted, { ...options, source, keepColors: 0 })).toEqual(own);
});

test("colours are kept in bands as in whole pictures, with cells that the border cuts", async () => {
  const [image, source] = [drawing(203, 151, 7), drawing(203, 151, 8)];
  const options = { cell: 2, scale: 1, colors: "none", source } as const;
  const narrow = poisonPool(await Gpu.open(webGpu, { maximumBindingBytes: 16384 }));
  try {
    expect(await pixelate(narrow, image, options)).toEqual(await pixelate(gpu, image, options));
  } finally {
    narrow.close();
  }
});

test("the automatic number of colours is small for plain pictures, larger for others, without visible loss", async () => {
  const options = { cell: 1, scale: 1 };
  const random = new Random(4);
  const noise = () => random.below(4) + 256 * random.below(4) + 65536 * random.below(4);
  const plain = picture(80, 80, (x) => (0xff404040 + (x >> 4) * 0x202020 + noise()) >>> 0);
  const few = await pixelate(gpu, plain, options);
  expect(few.palette!.length).toBeLessThanOrEqual(12);
  const rich = slopes(100, 100);
  const many = await pixelate(gpu, rich, options);
  expect(many.palette!.length).toBeGreaterThan(few.palette!.length);
  expect(many.palette!.length).toBeLessThanOrEqual(64);
  for (const [image, art] of [
    [plain, few],
    [rich, many],
  ] as const) {
    const after = pixelsOf(art.image);
    const squares = pixelsOf(image).map((pixel, i) => squaredDistance(oklabOf(pixel), oklabOf(after[i])));
    const rootMeanSquare = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    expect(rootMeanSquare / 2 ** 15).toBeLessThan(0.025);
  }
});

test("a small bright object keeps its colour in a large dull picture", async () => {
  const random = new Random(3);
  const image = picture(120, 120, (x, y) => {
    if (Math.hypot(x - 60, y - 60) < 5) return 0xff1060ff;
    const level = 90 + Math.floor(0.5 * x + 0.3 * y) + random.below(9);
    return (0xff000000 | (level << 16) | ((level - random.below(9)) << 8) | (level >> 1)) >>> 0;
  });
  const { palette } = await pixelate(gpu, image, { cell: 1, scale: 1, colors: 8 });
  expect(palette).toContainEqual([255, 96, 16]);
});

test("memory is released, also after errors", async () => {
  const own = await Gpu.open(webGpu);
  try {
    const options = { cell: 4, scale: 4, colors: 4 } as const;
    const inUse = () => {
      own.buffers.trim();
      return own.buffers.allocated;
    };
    await pixelate(own, drawing(64, 64, 1), options);
    expect(inUse()).toBe(0);
    // The first program runs; the second fails when it has half of what it needs.
    const acquire = own.buffers.acquire.bind(own.buffers);
    for (const failing of [2, 3, 5, 7]) {
      let calls = 0;
      own.buffers.acquire = (bytes, purpose) => {
        if (++calls === failing) throw new OutOfMemoryError(purpose, bytes, "a test");
        return acquire(bytes, purpose);
      };
      await expect(pixelate(own, drawing(64, 64, 1), options)).rejects.toThrow(OutOfMemoryError);
      expect(inUse()).toBe(0);
    }
  } finally {
    own.close();
  }
});

describe("seeds", () => {
  const points = (pixels: number[]): Oklab[] => pixels.map((pixel) => oklabOf(pixel));

  test("are found for every group of colours, however small", () => {
    const groups = [0x000000, 0xffffff, 0x2020d0, 0x20c020];
    const many = groups.flatMap((colour, i) => Array<number>(i === 3 ? 2 : 100).fill(colour));
    const seeds = seedsOf(points(many), 4);
    const found = [0, 1, 2, 3].map((k) => [...seeds.subarray(4 * k, 4 * k + 3)].join());
    expect(found.sort()).toEqual(groups.map((colour) => oklabOf(colour).join()).sort());
  });

  test("are fewer if there are fewer colours", () => {
    expect(seedsOf(points([1, 1, 0xffff, 1]), 16).length).toBe(8);
    expect(seedsOf(points([7]), 2).length).toBe(4);
  });
});
