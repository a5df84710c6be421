// Palettes from files as the programs that write them document them, and to files that others read.
// Damaged and hostile files are refused in one sentence.

import { decode as decodePngExactly } from "fast-png";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import type { Image } from "../../src/picture/image.ts";
import { builtInNames, builtInPalette } from "../../src/pixelart/palettes/built-in.ts";
import { encodeIndexed } from "../../src/pixelart/palettes/indexed.ts";
import { hexOf, type Colour, type Palette } from "../../src/pixelart/palettes/palette.ts";
import { readPalette } from "../../src/pixelart/palettes/read.ts";
import { encodePalette, paletteKinds } from "../../src/pixelart/palettes/write.ts";
import { decodeImage, encodePng } from "../../src/platform/pictures/images.node.ts";
import { Random } from "../../src/random.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = (bytes: Uint8Array | string, name: string) =>
  readPalette(typeof bytes === "string" ? bytesOf(bytes) : bytes, name, decodeImage);
const hexes = async (bytes: Uint8Array | string, name: string) => (await read(bytes, name)).colours.map(hexOf);

/**
 * The parts of a binary file: numbers are bytes, [n, size] is a little-endian number of `size`
 * bytes.
 */
function binary(...parts: (number | readonly [number, number] | string | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => {
      if (typeof part === "number") return [part];
      if (typeof part === "string") return [...bytesOf(part)];
      if (part instanceof Uint8Array) return [...part];
      const [value, size] = part as readonly [number, number];
      return Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) % 256);
    }),
  );
}

function asepriteChunk(type: number, body: Uint8Array): Uint8Array {
  return binary([6 + body.length, 4], [type, 2], body);
}

function aseprite(depth: number, transparent: number, ...chunks: Uint8Array[]): Uint8Array {
  const frame = binary(...chunks);
  const header = new Uint8Array(128);
  header.set(binary([144 + frame.length, 4], [0xa5e0, 2], [1, 2], [8, 2], [8, 2], [depth, 2]));
  header[28] = transparent;
  return binary(header, [16 + frame.length, 4], [0xf1fa, 2], [chunks.length, 2], [100, 2], [0, 2], [0, 4], frame);
}

const newPalette = asepriteChunk(
  0x2019,
  binary(
    [4, 4],
    ...([
      [0, 4],
      [3, 4],
      [0, 8],
    ] as const),
    ...([[0, 2], 1, 2, 3, 255] as const),
    ...([[1, 2], 4, 5, 6, 255, [3, 2], "red"] as const),
    ...([[0, 2], 7, 8, 9, 128] as const),
    ...([[0, 2], 10, 11, 12, 0] as const),
  ),
);
const oldPalette = asepriteChunk(0x0004, binary([2, 2], ...[0, 1, 99, 99, 99], ...[1, 1, 98, 98, 98]));

describe("files", () => {
  test("of GIMP, with and without Aseprite's alpha", async () => {
    const plain =
      "GIMP Palette\r\nName: Two greens\r\nColumns: 4\r\n#\r\n  0 128   0\tGreen\r\n 16 255  16\n  0 128 0 again\n";
    expect(await read(plain, "x.gpl")).toEqual({
      name: "Two greens",
      colours: [
        [0, 128, 0],
        [16, 255, 16],
      ],
    });
    const alpha = "GIMP Palette\nChannels: RGBA\n#\n0 0 0 0\tUntitled\n34 32 52 255 Valhalla\n255 0 0 128\tHalf\n";
    expect(await read(alpha, "some/folder/ghost.gpl")).toEqual({
      name: "ghost",
      colours: [
        [34, 32, 52],
        [255, 0, 0],
      ],
    });
  });

  test("of JASC, and RIFF's with the same extension", async () => {
    expect(await hexes("JASC-PAL\r\n0100\r\n3\r\n0 0 0\r\n255 255 255\r\n1 2 3\r\n", "a.pal")).toEqual([
      "000000",
      "ffffff",
      "010203",
    ]);
    expect(await hexes("JASC-PAL\n0100\n2\n9 9 9 0\n8 8 8 255\n", "a.pal")).toEqual(["080808"]);
    const data = binary([0x300, 2], [2, 2], ...[1, 2, 3, 0], ...[4, 5, 6, 0]);
    const riff = binary(
      "RIFF",
      [24 + data.length, 4],
      "PAL ",
      "JUNK",
      [3, 4],
      1,
      1,
      1,
      0,
      "data",
      [data.length, 4],
      data,
    );
    expect(await hexes(riff, "a.pal")).toEqual(["010203", "040506"]);
  });

  test("of Lospec and of paint.net", async () => {
    expect(await hexes("1a1c2c\n5D275D\n#b13e53\n\n", "sweetie.hex")).toEqual(["1a1c2c", "5d275d", "b13e53"]);
    const paintNet =
      "\ufeff; paint.net Palette File\r\n; Palette Name: x\r\nFF000000\r\nff102030 ; dark\r\n00FFFFFF\r\n80aabbcc\r\n";
    expect(await hexes(paintNet, "a.txt")).toEqual(["000000", "102030", "aabbcc"]);
  });

  test("of Adobe: 768 bytes, or 772 with the count and the transparent index", async () => {
    const table = new Uint8Array(768);
    table.set([10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(await hexes(table, "a.act")).toEqual(["0a141e", "28323c", "46505a", "000000"]);
    expect(await hexes(binary(table, 0, 3, 0, 1), "A.ACT")).toEqual(["0a141e", "46505a"]);
    expect(await hexes(binary(table, 0, 2, 255, 255), "a.act")).toEqual(["0a141e", "28323c"]);
  });

  test("of Aseprite: the new palette before the old one, indexed with its transparent colour left out", async () => {
    expect(await hexes(aseprite(32, 0, oldPalette, newPalette), "a.aseprite")).toEqual(["010203", "040506", "070809"]);
    expect(await hexes(aseprite(32, 0, newPalette, oldPalette), "a.ase")).toEqual(["010203", "040506", "070809"]);
    expect(await hexes(aseprite(8, 1, newPalette), "a.ase")).toEqual(["010203", "070809"]);
    expect(await hexes(aseprite(32, 0, oldPalette), "a.ase")).toEqual(["636363", "626262"]);
    const oldest = asepriteChunk(0x0011, binary([1, 2], 0, 2, 0, 31, 63, 63, 0, 0));
    expect(await hexes(aseprite(16, 0, oldest), "a.ase")).toEqual(["007dff", "ff0000"]);
  });

  test("that are pictures: their colours in pixel order", async () => {
    const data = new Uint8ClampedArray([9, 9, 9, 0, 3, 2, 1, 255, 1, 2, 3, 255, 3, 2, 1, 128]);
    const png = await encodePng({ width: 2, height: 2, data, hasAlpha: true });
    expect(await read(png, "strip.png")).toEqual({
      name: "strip",
      colours: [
        [3, 2, 1],
        [1, 2, 3],
      ],
    });
    const gif = await sharp(png).gif().toBuffer();
    expect((await hexes(gif, "strip.gif")).sort()).toEqual(["010203", "030201"]);
  });
});

describe("a problem is reported in one sentence", () => {
  const cases: readonly (readonly [string, Uint8Array | string, string])[] = [
    [
      "a.gpl",
      "GIMP Palette\n1 2 300\n",
      'a.gpl: line 2 is not a color; it should be three numbers from 0 to 255, but is "1 2 300".',
    ],
    ["a.gpl", "GIMP Palette\nChannels: RGBA\n1 2 3\n", "line 3 is not a color; it should be four numbers"],
    ["a.gpl", "GIMP Palette\nName: none\n", "it has no visible color"],
    ["a.pal", "JASC-PAL\n0100\n", "the three lines that a JASC palette begins with"],
    ["a.pal", "JASC-PAL\n0100\n3\n0 0 0\n1 1 1\n", "it declares 3 colors but has 2"],
    ["a.pal", Uint8Array.from({ length: 192 }, (_, i) => i), "it is not a palette of a known kind"],
    ["a.hex", "", "it is empty"],
    [
      "a.hex",
      "ffffff\nfffff\n",
      'line 2 is not a color; it should be six hexadecimal digits, or eight with alpha first, but is "fffff".',
    ],
    ["a.hex", "#fff\u00e9\n", 'but is "#fff?".'],
    ["a.txt", `${"x".repeat(100)}\n`, `but is "${"x".repeat(40)}" and more.`],
    [
      "a.txt",
      Array.from({ length: 257 }, (_, i) => i.toString(16).padStart(6, "0")).join("\n"),
      "it has more than 256 colors",
    ],
    ["a.act", new Uint8Array(700), "has 768 or 772 bytes, but this file has 700"],
    ["a.ase", aseprite(32, 0), "there is no palette in its first frame"],
    ["a.ase", aseprite(32, 0, newPalette.subarray(0, 30)), "damaged or incomplete Aseprite file"],
    [
      "a.pal",
      binary("RIFF", [20, 4], "PAL ", "data", [8, 4], [0x300, 2], [9, 2]),
      "damaged or incomplete RIFF palette",
    ],
  ];

  test.each(cases)("%s %#", async (name, bytes, message) => {
    const failure = read(bytes, name);
    await expect(failure).rejects.toThrow(UserError);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(/^a\.\w+: [^\n]*\.$/);
  });

  test("for a picture too, with the file's name", async () => {
    const random = new Random(3);
    const noise = Uint8ClampedArray.from({ length: 4 * 400 }, (_, i) => (i % 4 === 3 ? 255 : random.below(256)));
    const png = await encodePng({ width: 20, height: 20, data: noise, hasAlpha: false });
    await expect(read(png, "a.png")).rejects.toThrow("a.png: it has more than 256 colors");
    await expect(read(png.subarray(0, 200), "a.png")).rejects.toThrow(/^a\.png: it is a damaged or incomplete PNG/);
  });

  test("for truncated and changed files: the result is a palette or a sentence", async () => {
    const random = new Random(4);
    const table = new Uint8Array(772).map(() => random.below(256));
    const whole: readonly (readonly [string, Uint8Array])[] = [
      ["a.gpl", bytesOf("GIMP Palette\nName: x\n1 2 3\tx\n4 5 6\ty\n")],
      ["a.pal", bytesOf("JASC-PAL\n0100\n2\n0 0 0\n255 255 255\n")],
      ["b.pal", binary("RIFF", [24, 4], "PAL ", "data", [12, 4], [0x300, 2], [2, 2], 1, 2, 3, 0, 4, 5, 6, 0)],
      ["a.hex", bytesOf("aabbcc\nddeeff\n")],
      ["a.act", table],
      ["a.ase", aseprite(8, 0, oldPalette, newPalette)],
    ];
    for (const [name, bytes] of whole) {
      for (let round = 0; round < 300; round++) {
        const hurt = bytes.slice(0, round % 3 === 0 ? random.below(bytes.length + 1) : bytes.length);
        for (let i = round % 4; i > 0 && hurt.length > 0; i--) hurt[random.below(hurt.length)] = random.below(256);
        try {
          const { colours } = await read(hurt, name);
          expect(colours.length).toBeGreaterThan(0);
          expect(colours.length).toBeLessThanOrEqual(256);
          expect(colours.flat().every((value) => Number.isInteger(value) && value >= 0 && value <= 255)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }
    }
  });
});

test("written files are read back unchanged", async () => {
  const random = new Random(5);
  for (const count of [1, 2, 3, 16, 17, 255, 256]) {
    const colours = Array.from({ length: count }, (_, i): Colour => [i, random.below(256), random.below(256)]);
    for (const kind of paletteKinds) {
      const bytes = await encodePalette({ name: "A name\nof two lines", colours }, kind);
      const again = await read(bytes, `mine.${kind}`);
      expect(again).toEqual({ name: kind === "gpl" ? "A name of two lines" : "mine", colours });
    }
  }
});

describe("built-in palettes", () => {
  test("are found under the usual spellings of their names", () => {
    expect(builtInPalette("PICO8")!.name).toBe("PICO-8");
    expect(builtInPalette("sweetie 16")!.colours.length).toBe(16);
    expect(builtInPalette("Game Boy")!.colours).toEqual([
      [15, 56, 15],
      [48, 98, 48],
      [139, 172, 15],
      [155, 188, 15],
    ]);
    expect(builtInPalette("pico-9")).toBeUndefined();
  });

  test("have the known number of distinct colours", () => {
    const counts = Object.fromEntries(builtInNames.map((name) => [name, builtInPalette(name)!.colours.length]));
    expect(counts).toEqual({
      "1-bit": 2,
      gameboy: 4,
      "cga-4": 4,
      cga: 16,
      "zx-spectrum": 15,
      c64: 16,
      msx: 15,
      nes: 55,
      "pico-8": 16,
      "sweetie-16": 16,
      db16: 16,
      db32: 32,
      "endesga-32": 32,
      "aap-64": 64,
      "resurrect-64": 64,
    });
    for (const name of builtInNames) {
      const { colours } = builtInPalette(name)!;
      expect(new Set(colours.map(hexOf)).size).toBe(colours.length);
      for (const colour of colours) expect(hexOf(colour)).toMatch(/^[0-9a-f]{6}$/);
    }
  });
});

describe("an indexed PNG", () => {
  /** Of a palette's colours, some of them under the alphas given. */
  function pictureOf({ colours }: Palette, width: number, height: number, alphas: readonly number[]): Image {
    const random = new Random(width);
    const data = new Uint8ClampedArray(4 * width * height);
    for (let i = 0; i < width * height; i++) {
      const alpha = alphas[random.below(alphas.length)];
      data.set(alpha === 0 ? [0, 0, 0, 0] : [...colours[random.below(colours.length)], alpha], 4 * i);
    }
    return { width, height, data, hasAlpha: alphas.some((alpha) => alpha < 255) };
  }

  test.each([
    ["1-bit", [255]],
    ["gameboy", [255]],
    ["cga", [255]],
    ["cga", [0, 255]],
    ["nes", [0, 255]],
    ["gameboy", [0, 90, 200, 255]],
  ] as const)("of %s with alphas %s is lossless, according to two readers", async (name, alphas) => {
    const palette = builtInPalette(name)!;
    for (const [width, height] of [
      [1, 1],
      [7, 3],
      [33, 20],
    ]) {
      const image = pictureOf(palette, width, height, alphas);
      const png = (await encodeIndexed(image, palette.colours))!;
      expect((await decodeImage(png)).data).toEqual(image.data);
      const { palette: entries, depth } = decodePngExactly(png, { checkCrc: true });
      const transparent = image.data.some((value, i) => i % 4 === 3 && value === 0);
      const first = transparent ? 1 : 0;
      if (transparent) expect(entries![0]).toEqual([0, 0, 0, 0]);
      const kept = entries!.slice(first, first + palette.colours.length).map((entry) => entry.slice(0, 3));
      expect(kept).toEqual(palette.colours);
      expect(depth).toBe([1, 2, 4, 8].find((bits) => 2 ** bits >= entries!.length));
    }
  });

  test("is not made from a picture with other colours, or too many", async () => {
    const palette = builtInPalette("cga")!;
    const image = pictureOf(palette, 9, 9, [255]);
    image.data[40] ^= 1;
    expect(await encodeIndexed(image, palette.colours)).toBeUndefined();
    const full = Array.from({ length: 256 }, (_, i) => [i, i, i]);
    const grey = pictureOf({ name: "", colours: full }, 9, 9, [0, 255]);
    expect(await encodeIndexed(grey, full)).toBeUndefined();
    const half = pictureOf(
      palette,
      40,
      40,
      Array.from({ length: 254 }, (_, i) => i + 1),
    );
    expect(await encodeIndexed(half, palette.colours)).toBeUndefined();
  });
});
