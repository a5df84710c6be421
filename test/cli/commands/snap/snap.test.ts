// `pixelcycle snap` from end to end.

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "fast-png";
import { beforeAll, describe, expect, test } from "vitest";
import { enlarge, kernels } from "../../../../bench/enlarge.ts";
import { sentenceOf } from "../../../../src/cli/commands/snap/command.ts";
import { snapPictures } from "../../../../src/cli/commands/snap/snap.ts";
import { UserError } from "../../../../src/errors.ts";
import { loadPalette } from "../../../../src/library/palettes.node.ts";
import type { Image } from "../../../../src/picture/image.ts";
import { hexOf } from "../../../../src/pixelart/palettes/palette.ts";
import { decodeImage, encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { testFolder } from "../../../folder.ts";
import { artOf, jpegOf, photoOf } from "../../../pixelart/grid/damaged-art.ts";
import { buildCommandLine } from "../../command-line.ts";

const folder = testFolder("snap");
const pictures = join(folder, "pictures");
const large = join(pictures, "large.png");
const pixelcycle = await buildCommandLine();
let art: Image;

beforeAll(async () => {
  art = await artOf("ruin", "jungle", "cave", "bridge");
  mkdirSync(join(pictures, "deep"), { recursive: true });
  const enlarged = enlarge(art, kernels.nearest, { factor: [5, 5] });
  writeFileSync(large, await encodePng(enlarged));
  writeFileSync(join(pictures, "art.png"), await encodePng(art));
  writeFileSync(join(pictures, "photo.png"), await encodePng(await photoOf("cat")));
  writeFileSync(join(pictures, "deep", "compressed.png"), await encodePng(await jpegOf(enlarged, 80)));
  writeFileSync(join(pictures, "broken.png"), "no picture");
});

let outputs = 0;
const out = () => join(folder, `out-${outputs++}`);
const quiet = { quiet: true } as const;

describe("a folder", () => {
  test("is mirrored, one pixel per cell; pictures without a grid are reported and not written", async () => {
    const to = out();
    const summary = await snapPictures({ ...quiet, inputs: [pictures], out: to });
    expect(summary.failures).toEqual([{ name: join(pictures, "broken.png"), reason: expect.any(String) }]);
    expect(readdirSync(to, { recursive: true }).sort()).toEqual([
      "art.png",
      "deep",
      join("deep", "compressed.png"),
      "large.png",
    ]);
    expect((await decodeImage(join(to, "large.png"))).data).toEqual(art.data);
    expect((await decodeImage(join(to, "art.png"))).data).toEqual(art.data);
    const told = summary.pictures.map(({ file, output, verdict, size }) => ({
      file: file.slice(pictures.length + 1),
      isWritten: output !== null,
      verdict,
      size,
    }));
    expect(told).toEqual([
      { file: "art.png", isWritten: true, verdict: "native", size: [64, 64] },
      { file: join("deep", "compressed.png"), isWritten: true, verdict: "grid", size: [64, 64] },
      { file: "large.png", isWritten: true, verdict: "grid", size: [64, 64] },
      { file: "photo.png", isWritten: false, verdict: "none", size: expect.any(Array) },
    ]);
    expect(summary.pictures[2]).toMatchObject({ cell: [expect.closeTo(5, 2), expect.closeTo(5, 2)] });
  });

  test("continues where an earlier run ended", async () => {
    const to = out();
    await snapPictures({ ...quiet, inputs: [large], out: to });
    const before = statSync(join(to, "large.png")).mtimeMs;
    const summary = await snapPictures({ ...quiet, inputs: [large], out: to, skipExisting: true });
    expect(summary).toMatchObject({ skipped: 1, pictures: [] });
    expect(statSync(join(to, "large.png")).mtimeMs).toBe(before);
  });

  test("that is complete already is not written to, not even as a test", async () => {
    const to = out();
    await snapPictures({ ...quiet, inputs: [large], out: to });
    const before = statSync(to).mtimeMs;
    await snapPictures({ ...quiet, inputs: [large], out: to, skipExisting: true });
    expect(statSync(to).mtimeMs).toBe(before);
  });

  test("in shards gives the same set of files", async () => {
    const to = out();
    for (const index of [1, 2])
      await snapPictures({ ...quiet, inputs: [pictures], out: to, shard: { index, count: 2, origin: "--shard" } });
    expect(readdirSync(to, { recursive: true }).filter((name) => String(name).endsWith(".png"))).toHaveLength(3);
  });
});

describe("a picture", () => {
  test("without a grid is written if its size was given", async () => {
    const to = join(out(), "cat.png");
    const { pictures: found } = await snapPictures({
      ...quiet,
      inputs: [join(pictures, "photo.png")],
      out: to,
      size: [48, 32],
    });
    expect(found[0]).toMatchObject({ verdict: "grid", size: [48, 32], output: to });
    expect(await decodeImage(to)).toMatchObject({ width: 48, height: 32 });
  });

  test("is enlarged by whole cells, and keeps its alpha", async () => {
    const data = art.data.map((value, i) => (i % 4 === 3 && Math.floor(i / 4) % 64 < 9 ? 0 : value));
    const source = join(folder, "alpha.png");
    const image: Image = { ...art, data, hasAlpha: true };
    writeFileSync(source, await encodePng(enlarge(image, kernels.nearest, { factor: [4, 4] })));
    const to = join(out(), "alpha.png");
    await snapPictures({ ...quiet, inputs: [source], out: to, scale: 3 });
    const result = await decodeImage(to);
    expect([result.width, result.height, result.hasAlpha]).toEqual([192, 192, true]);
    for (let x = 0; x < 192; x++) expect(result.data[4 * x + 3]).toBe(x < 27 ? 0 : 255);
  });

  test("with fewer pixels than the given size has cells fails, and the others are written", async () => {
    const small = join(pictures, "art.png");
    const summary = await snapPictures({ ...quiet, inputs: [small, large], out: out(), size: [100, 100] });
    expect(summary.failures).toEqual([{ name: small, reason: expect.stringContaining("too few for 100 x 100 cells") }]);
    expect(summary.pictures.map(({ size }) => size)).toEqual([[100, 100]]);
  });

  test("uses a given cell size", async () => {
    const to = join(out(), "large.png");
    const { pictures: found } = await snapPictures({ ...quiet, inputs: [large], out: to, cell: 10 });
    expect(found[0]).toMatchObject({ verdict: "grid", size: [32, 32] });
  });
});

describe("a sequence", () => {
  test("has one grid, and most cells with indistinguishable shades stay unchanged", async () => {
    const frames = join(folder, "frames");
    mkdirSync(frames);
    for (const quality of [94, 95, 96]) {
      const frame = enlarge(art, kernels.nearest, { factor: [5.33, 5.33] });
      writeFileSync(join(frames, `${quality}.png`), await encodePng(await jpegOf(frame, quality)));
    }
    const to = out();
    const { pictures: found } = await snapPictures({ ...quiet, inputs: [frames], out: to, sequence: true });
    expect(found.map(({ size }) => size)).toEqual([
      [64, 64],
      [64, 64],
      [64, 64],
    ]);
    expect(new Set(found.map(({ phase }) => phase.join())).size).toBe(1);
    const [first, last] = [await decodeImage(join(to, "94.png")), await decodeImage(join(to, "96.png"))];
    const changed = new Uint32Array(first.data.buffer).filter(
      (pixel, i) => pixel !== new Uint32Array(last.data.buffer)[i],
    );
    expect(changed.length).toBeLessThan(0.1 * 64 * 64);
  });

  test("with several sizes is refused", async () => {
    const inputs = [large, join(pictures, "photo.png")];
    const to = out();
    const { failures, pictures: found } = await snapPictures({ ...quiet, inputs, out: to, sequence: true });
    expect(failures[0].reason).toMatch(
      /^.*photo\.png has .* and the first frame .*\. Give --anchor .* or leave out --sequence/,
    );
    expect([found, existsSync(to) ? readdirSync(to) : []]).toEqual([[], []]);
  });
});

describe("colours", () => {
  const coloursOf = async (...files: string[]) => {
    const colours = new Set<string>();
    for (const file of files) {
      const { data } = await decodeImage(file);
      for (let i = 0; i < data.length; i += 4) colours.add(hexOf([...data.subarray(i, i + 3)]));
    }
    return colours;
  };

  test("stay unchanged unless requested", async () => {
    const to = out();
    await snapPictures({ ...quiet, inputs: [large], out: to });
    expect(await coloursOf(join(to, "large.png"))).toEqual(await coloursOf(join(pictures, "art.png")));
    expect(readdirSync(to)).toEqual(["large.png"]);
  });

  test.each(["none", "bayer-4", "floyd-steinberg"] as const)(
    "are only a palette's, as an indexed PNG: dithering %s",
    async (dither) => {
      const to = out();
      await snapPictures({ ...quiet, inputs: [large], out: to, palette: "pico-8", dither, scale: 2 });
      const known = (await loadPalette("pico-8")).colours;
      const { palette, width } = decode(readFileSync(join(to, "large.png")));
      expect({ palette, width }).toEqual({ palette: known, width: 128 });
      const names = new Set(known.map(hexOf));
      for (const colour of await coloursOf(join(to, "large.png"))) expect(names).toContain(colour);
    },
  );

  test("are as many as requested, for each picture, and written beside it", async () => {
    const to = out();
    await snapPictures({ ...quiet, inputs: [large], out: to, colors: 7, savePalette: "hex" });
    const written = (await loadPalette(join(to, "large.hex"))).colours.map(hexOf);
    expect(written).toHaveLength(7);
    expect(new Set(written)).toEqual(await coloursOf(join(to, "large.png")));
  });

  test("include the locked ones among those that are found", async () => {
    const to = out();
    const lock = [[255, 0, 255]];
    await snapPictures({ ...quiet, inputs: [large], out: to, colors: 7, lock, savePalette: "hex" });
    expect((await loadPalette(join(to, "large.hex"))).colours).toContainEqual(lock[0]);
    const refused = snapPictures({ ...quiet, inputs: [large], out: out(), lock });
    await expect(refused).rejects.toThrow("Locked colors need a palette that is found for the pictures");
  });

  test("are shared, without those of pictures that have no grid", async () => {
    const to = out();
    const { paletteFile } = await snapPictures({ ...quiet, inputs: [pictures], out: to, palette: "shared", colors: 9 });
    expect(paletteFile).toBe(join(to, "palette.gpl"));
    const shared = (await loadPalette(paletteFile!)).colours.map(hexOf);
    expect(shared).toHaveLength(9);
    const results = ["art.png", "large.png", join("deep", "compressed.png")].map((name) => join(to, name));
    expect(new Set(shared)).toEqual(await coloursOf(...results));
    const photo = out();
    await snapPictures({ ...quiet, inputs: [join(pictures, "photo.png")], out: photo, palette: "shared" });
    expect(existsSync(photo)).toBe(false);
  });

  test("are shared by the frames of a sequence", async () => {
    const frames = join(folder, "moving");
    mkdirSync(frames);
    for (const turn of [0, 1]) {
      const moved = { ...art, data: art.data.map((value, i) => (i % 4 === turn ? 255 - value : value)) };
      writeFileSync(join(frames, `${turn}.png`), await encodePng(enlarge(moved, kernels.nearest, { factor: [4, 4] })));
    }
    const to = out();
    await snapPictures({ ...quiet, inputs: [frames], out: to, sequence: true, colors: 6 });
    expect(readdirSync(to).sort()).toEqual(["0.png", "1.png", "palette.gpl"]);
    expect((await coloursOf(join(to, "0.png"), join(to, "1.png"))).size).toBe(6);
  });
});

describe("the report", () => {
  const found = { file: "a.png", output: "b.png", phase: [0, 0], size: [64, 48], confidence: 0.934 } as const;
  test.each([
    ["none", [1, 1], "no grid found (93 % sure); give --size or --cell to snap it anyway"],
    ["native", [1, 1], "already 1x (93 % sure)"],
    ["mixed", [4, 4], "two pixel sizes, snapped to the finer: 64 x 48 cells of 4 x 4 pixels (93 % sure) -> b.png"],
    ["grid", [5.333, 4], "64 x 48 cells of 5.33 x 4 pixels (93 % sure) -> b.png"],
  ] as const)("describes %s", (verdict, cell, sentence) => {
    expect(sentenceOf({ ...found, verdict, cell })).toBe(sentence);
  });

  test("count a single frame as one", () => {
    const found = { file: "a", output: "b", phase: [0, 0], cell: [2, 2], size: [4, 4], confidence: 1 } as const;
    expect(sentenceOf({ ...found, verdict: "grid", frames: 1 })).toMatch(/\(1 frame, 100 % sure\)/);
  });

  test("as JSON contains all that was found, and a missing grid is not a failure", async () => {
    const to = out();
    const { code, output } = await pixelcycle(["snap", join(pictures, "photo.png"), large, "--out", to, "--json"])
      .ended;
    expect(code).toBe(0);
    const printed = JSON.parse(output) as { pictures: object[] };
    expect(printed).toMatchObject({ failures: [], skipped: 0, leftOut: [], warnings: [] });
    expect(printed.pictures.map((picture) => Object.keys(picture).sort())).toEqual(
      Array(2).fill(["cell", "confidence", "file", "output", "phase", "size", "verdict"]),
    );
    expect(printed.pictures).toMatchObject([
      { file: large, output: join(to, "large.png"), verdict: "grid", size: [64, 64] },
      { file: join(pictures, "photo.png"), output: null, verdict: "none" },
    ]);
  });
});

test.each<[string, object, RegExp]>([
  ["more cells than pixels", { size: [321, 8] }, /320 x 320 pixels, too few for 321 x 8 cells/],
  ["a result that no picture may be", { scale: 1024 }, /65536 x 65536 pixels.*the limit is/],
])("%s is refused for that picture", async (_name, options, message) => {
  const to = out();
  const { failures } = await snapPictures({ ...quiet, inputs: [large], out: to, ...options });
  expect(failures).toEqual([{ name: large, reason: expect.stringMatching(message) }]);
});

describe("an invalid request", () => {
  test.each<[string, object, RegExp]>([
    ["two wishes", { cell: 4, size: [8, 8] }, /--cell and --size/],
    ["a cell of one pixel", { cell: 1 }, /--cell must be from 2/],
    ["no rows", { size: [8, 0] }, /--size must be/],
    ["a broken scale", { scale: 1.5 }, /--scale must be a whole number/],
    ["a divided sequence", { sequence: true, shard: { index: 1, count: 2, origin: "--shard" } }, /leave out --shard/],
    ["a strength without a dither", { ditherStrength: 0.5 }, /--dither-strength has no effect without --dither/],
    ["a dither of nothing", { dither: "bayer-4" }, /without a limit on colors there is no palette to mix/],
    ["a palette beside a number", { palette: "gameboy", colors: 8 }, /give a palette or a number of colors, not both/],
    ["a palette that is unknown", { palette: "pico-9" }, /There is no palette called "pico-9"/],
    ["a palette without an end", { palette: "shared", colors: "none" }, /--palette shared needs a number of colors/],
    ["no palette to save", { savePalette: "gpl" }, /--save-palette has no palette to write/],
    ["the standard output", { out: "-" }, /^--out -: results are written to files/],
    ["no picture", { inputs: [join(pictures, "none-*.png")] }, /none-/],
  ])("%s is refused in one sentence", async (_name, options, message) => {
    const error = await snapPictures({ ...quiet, inputs: [large], out: out(), ...options }).catch(
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(message);
  });
});
