// Palettes and dithering in `convert`: the colours of the results, the files that are written, and
// what is refused.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "fast-png";
import { beforeAll, describe, expect, test } from "vitest";
import { convertPictures } from "../../../../src/cli/commands/convert/convert.ts";
import type { ConvertPicturesOptions } from "../../../../src/cli/commands/convert/options.ts";
import { abortReason } from "../../../../src/cli/terminal/ending.ts";
import { writeSafetensors } from "../../../../src/formats/tensors/safetensors.ts";
import { loadPalette } from "../../../../src/library/palettes.node.ts";
import { ditherKinds } from "../../../../src/pixelart/dither.ts";
import { hexOf } from "../../../../src/pixelart/palettes/palette.ts";
import { decodeImage, encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { testFolder } from "../../../folder.ts";
import { randomPicture, randomWeights, smallResnet } from "../../../networks.ts";

const folder = testFolder("palettes");
const photos = join(folder, "photos");
const weights = join(folder, "small.safetensors");

beforeAll(async () => {
  writeFileSync(weights, writeSafetensors(randomWeights(smallResnet)));
  mkdirSync(photos);
  for (const [name, side] of [
    ["a", 40],
    ["b", 33],
    ["c", 57],
  ] as const) {
    writeFileSync(join(photos, `${name}.png`), await encodePng(randomPicture(side, side)));
  }
});

let outputs = 0;
const convert = async (options: Partial<ConvertPicturesOptions>) => {
  const out = options.out ?? join(folder, `out-${outputs++}`);
  const summary = await convertPictures({ weights, quiet: true, inputs: [photos], cell: 1, ...options, out });
  return { out, summary, colours: (name: string) => coloursOf(join(out, name)) };
};

async function coloursOf(path: string): Promise<Set<string>> {
  const { data } = await decodeImage(path);
  const colours = new Set<string>();
  for (let i = 0; i < data.length; i += 4) colours.add(hexOf([...data.subarray(i, i + 3)]));
  return colours;
}

describe("a palette", () => {
  test.each(ditherKinds)("by name gives only its colours, as an indexed PNG: dithering %s", async (dither) => {
    const { out, summary, colours } = await convert({ palette: "PICO-8", dither, inputs: [join(photos, "a.png")] });
    const pico8 = (await loadPalette("pico-8")).colours;
    const known = new Set(pico8.map(hexOf));
    for (const colour of await colours("a.png")) expect(known).toContain(colour);
    expect(decode(readFileSync(join(out, "a.png"))).palette).toEqual(pico8);
    expect(summary.pictures[0].palette).toEqual(pico8);
    expect(readdirSync(out)).toEqual(["a.png"]);
  });

  test("from a file is used, with transparency at index 0", async () => {
    const file = join(folder, "mine.hex");
    writeFileSync(file, "102030\nf0e0d0\n808080\n");
    const picture = randomPicture(30, 20);
    for (let i = 0; i < 300; i++) picture.data[4 * i + 3] = 0;
    const source = join(folder, "half.png");
    writeFileSync(source, await encodePng({ ...picture, hasAlpha: true }));
    const { out } = await convert({ palette: file, dither: "blue-noise", inputs: [source] });
    const { palette } = decode(readFileSync(join(out, "half.png")));
    expect(palette![0]).toEqual([0, 0, 0, 0]);
    expect(palette!.slice(1).map((entry) => hexOf(entry.slice(0, 3)))).toEqual(["102030", "f0e0d0", "808080"]);
    const { data } = await decodeImage(join(out, "half.png"));
    for (let i = 0; i < 600; i++) expect(data[4 * i + 3]).toBe(i < 300 ? 0 : 255);
  });

  test("that is found contains the locked colors, for each picture and shared", async () => {
    const lock = [
      [255, 0, 255],
      [1, 2, 3],
    ];
    const own = await convert({ colors: 5, lock, savePalette: "hex" });
    const shared = await convert({ colors: 5, lock, palette: "shared" });
    const palettes = ["a.hex", "b.hex", "c.hex"].map((name) => join(own.out, name));
    for (const file of [...palettes, join(shared.out, "palette.gpl")]) {
      const { colours } = await loadPalette(file);
      expect(colours.length).toBeLessThanOrEqual(5);
      for (const colour of lock) expect(colours).toContainEqual(colour);
    }
  });

  test("of each picture is written beside it", async () => {
    const { out, colours } = await convert({ colors: 5, savePalette: "hex" });
    expect(readdirSync(out).sort()).toEqual(["a.hex", "a.png", "b.hex", "b.png", "c.hex", "c.png"]);
    for (const name of ["a", "b", "c"]) {
      const written = (await loadPalette(join(out, `${name}.hex`))).colours.map(hexOf);
      expect(new Set(written)).toEqual(await colours(`${name}.png`));
    }
    const strip = await convert({ palette: "gameboy", savePalette: "png" });
    expect(readdirSync(strip.out).sort()).toEqual(["a.png", "b.png", "c.png", "palette.png"]);
    expect((await loadPalette(join(strip.out, "palette.png"))).colours).toEqual((await loadPalette("gameboy")).colours);
    expect(strip.summary.paletteFile).toBe(join(strip.out, "palette.png"));
  });
});

describe("a shared palette", () => {
  test("is one for all pictures, and is written for later runs", async () => {
    const { out, summary, colours } = await convert({ palette: "shared", colors: 6 });
    const shared = await loadPalette(join(out, "palette.gpl"));
    expect(shared.colours).toHaveLength(6);
    expect(summary.paletteFile).toBe(join(out, "palette.gpl"));
    const all = new Set<string>();
    for (const name of ["a.png", "b.png", "c.png"]) for (const colour of await colours(name)) all.add(colour);
    expect(all).toEqual(new Set(shared.colours.map(hexOf)));
    const own = await convert({ colors: 6 });
    const apart = new Set<string>();
    for (const name of ["a.png", "b.png", "c.png"]) for (const colour of await own.colours(name)) apart.add(colour);
    expect(apart.size).toBeGreaterThan(6);
    // Given as a file it gives the same bytes, so the cells kept from the search equal those of a
    // new conversion.
    const again = await convert({ palette: join(out, "palette.gpl") });
    for (const name of ["a.png", "b.png", "c.png"])
      expect(readFileSync(join(again.out, name))).toEqual(readFileSync(join(out, name)));
  });

  test("stays when a run continues", async () => {
    const { out } = await convert({ palette: "shared", colors: 6 });
    const before = readFileSync(join(out, "b.png"));
    rmSync(join(out, "b.png"));
    const written = statSync(join(out, "a.png")).mtimeMs;
    writeFileSync(join(photos, "d.png"), await encodePng(randomPicture(25, 70)));
    try {
      const { summary } = await convert({ palette: "shared", colors: 6, out, skipExisting: true });
      expect(summary).toMatchObject({ skipped: 2 });
      expect(statSync(join(out, "a.png")).mtimeMs).toBe(written);
      expect(readFileSync(join(out, "b.png"))).toEqual(before);
    } finally {
      rmSync(join(photos, "d.png"));
    }
  });

  test("is found from the readable pictures; without any, there is none", async () => {
    const bad = join(folder, "bad");
    mkdirSync(bad);
    writeFileSync(join(bad, "broken.png"), "nothing");
    writeFileSync(join(bad, "fine.png"), readFileSync(join(photos, "a.png")));
    const { out, summary } = await convert({ palette: "shared", colors: 4, inputs: [bad] });
    expect(summary.failures.map(({ name }) => name)).toEqual([join(bad, "broken.png")]);
    expect(readdirSync(out).sort()).toEqual(["fine.png", "palette.gpl"]);
    rmSync(join(bad, "fine.png"));
    const none = await convert({ palette: "shared", inputs: [bad] });
    expect(none.summary.failures).toHaveLength(1);
    expect(existsSync(join(none.out, "palette.gpl"))).toBe(false);
  });

  test("is not written by an interrupted search", async () => {
    const controller = new AbortController();
    controller.abort(abortReason);
    const { out, summary } = await convert({ palette: "shared", signal: controller.signal });
    expect(summary.stopped).toBe("interrupted");
    expect(existsSync(out)).toBe(false);
  });
});

describe("a contradiction is refused before any work", () => {
  const shard = { index: 1, count: 2, origin: "--shard" };
  const cases: readonly (readonly [Partial<ConvertPicturesOptions>, string])[] = [
    [{ palette: "pico-9" }, 'There is no palette called "pico-9"; give a file or one of 1-bit, gameboy'],
    [{ palette: "missing.gpl" }, "missing.gpl: there is no such file."],
    [{ palette: "gameboy", colors: 8 }, "give a palette or a number of colors, not both"],
    [{ palette: "shared", colors: "none" }, "--palette shared needs a number of colors"],
    [{ palette: "shared", shard }, "convert some without --shard first"],
    [{ colors: "none", dither: "bayer-4" }, "without a limit on colors there is no palette to mix"],
    [{ clean: 0.5, dither: "atkinson" }, "choose one of the two"],
    [{ palette: "gameboy", lock: [[0, 0, 0]] }, "Locked colors need a palette that is found for the pictures"],
    [
      {
        colors: 2,
        lock: [
          [0, 0, 0],
          [1, 1, 1],
          [2, 2, 2],
        ],
      },
      "3 colors are locked, but the palette may have only 2",
    ],
    [{ raw: true, cell: undefined, lock: [[0, 0, 0]] }, "--raw writes the network's output unchanged"],
    [{ ditherStrength: 0.5 }, "--dither-strength has no effect without --dither"],
    [{ dither: "bayer-4", ditherStrength: 2 }, "must be a number from 0 to 1"],
    [{ dither: "bayer-3" as never }, "There is no dithering called bayer-3; use one of none, bayer-2"],
    [{ raw: true, cell: undefined, palette: "gameboy" }, "--raw writes the network's output unchanged"],
  ];
  test.each(cases)("%j", async (options, message) => {
    const out = join(folder, `refused-${outputs++}`);
    await expect(convert({ ...options, out })).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });

  test("refuses a strip that would overwrite a result", async () => {
    const twice = join(folder, "twice");
    mkdirSync(twice);
    for (const name of ["a.png", "a.palette.png"])
      writeFileSync(join(twice, name), readFileSync(join(photos, "a.png")));
    await expect(convert({ inputs: [twice], savePalette: "png" })).rejects.toThrow("give --save-palette gpl or hex");
  });
});
