// `pixelcycle convert` from end to end, with a network small enough to be quick.

import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { convertPictures } from "../../../../src/cli/commands/convert/convert.ts";
import { abortReason } from "../../../../src/cli/terminal/ending.ts";
import { UserError } from "../../../../src/errors.ts";
import { writeSafetensors } from "../../../../src/formats/tensors/safetensors.ts";
import { decodeImage, encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { Random } from "../../../../src/random.ts";
import { testFolder } from "../../../folder.ts";
import { inOneDict, randomPicture, randomWeights, smallResnet } from "../../../networks.ts";

const folder = testFolder("convert");
const weights = join(folder, "small.safetensors");
const photos = join(folder, "photos");

beforeAll(async () => {
  writeFileSync(weights, writeSafetensors(randomWeights(smallResnet)));
  mkdirSync(join(photos, "deep"), { recursive: true });
  const png = await encodePng(randomPicture(22, 17));
  writeFileSync(join(photos, "a.png"), png);
  writeFileSync(join(photos, "a.jpg"), await sharp(png).jpeg().toBuffer());
  writeFileSync(join(photos, "deep", "b.png"), png);
  writeFileSync(join(photos, "notes.txt"), "no picture");
});

let outputs = 0;
const out = () => join(folder, `out-${outputs++}`);
const quiet = { weights, quiet: true } as const;

describe("a folder", () => {
  test("is mirrored, with one PNG per picture, as large as its source and snapped to cells", async () => {
    const to = out();
    const summary = await convertPictures({ ...quiet, inputs: [photos], out: to });
    expect(summary.failures).toEqual([]);
    expect(readdirSync(to, { recursive: true }).sort()).toEqual([
      "a.jpg.png",
      "a.png.png",
      "deep",
      join("deep", "b.png"),
    ]);
    const { width, height, data } = await decodeImage(join(to, "deep", "b.png"));
    expect([width, height]).toEqual([22, 17]);
    const pixels = new Uint32Array(data.buffer);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) expect(pixels[y * width + x]).toBe(pixels[(y - (y % 4)) * width + x - (x % 4)]);
    }
  });

  test("with a bad picture reports it by name and converts the others", async () => {
    const bad = join(folder, "bad");
    mkdirSync(bad);
    writeFileSync(join(bad, "broken.png"), readFileSync(join(photos, "a.png")).subarray(0, 300));
    writeFileSync(join(bad, "empty.jpg"), "");
    writeFileSync(join(bad, "fine.png"), readFileSync(join(photos, "a.png")));
    writeFileSync(join(bad, "tiny.png"), await encodePng(randomPicture(3, 3)));
    const to = out();
    const summary = await convertPictures({ ...quiet, inputs: [bad], out: to });
    expect(readdirSync(to)).toEqual(["fine.png"]);
    expect(summary.failures.map(({ name }) => name.slice(bad.length + 1))).toEqual([
      "broken.png",
      "empty.jpg",
      "tiny.png",
    ]);
    expect(summary.failures[2].reason).toMatch(/too few/);
  });

  test("continues where an earlier run ended", async () => {
    const to = out();
    await convertPictures({ ...quiet, inputs: [join(photos, "deep")], out: to });
    const before = statSync(join(to, "b.png")).mtimeMs;
    const summary = await convertPictures({ ...quiet, inputs: [join(photos, "deep")], out: to, skipExisting: true });
    expect(summary).toMatchObject({ skipped: 1, pictures: [] });
    expect(statSync(join(to, "b.png")).mtimeMs).toBe(before);
  });

  test("in shards gives the same set of files", async () => {
    const to = out();
    for (const index of [1, 2]) {
      const shard = { index, count: 2, origin: "--shard" };
      await convertPictures({ ...quiet, inputs: [photos], out: to, shard });
    }
    expect(readdirSync(to, { recursive: true }).filter((name) => String(name).endsWith(".png"))).toHaveLength(3);
  });

  test("that is interrupted leaves nothing incomplete and reports no failure", async () => {
    const many = join(folder, "many");
    mkdirSync(many);
    for (let i = 0; i < 30; i++) writeFileSync(join(many, `${i}.png`), readFileSync(join(photos, "a.png")));
    const to = out();
    const controller = new AbortController();
    const summary = await convertPictures({
      ...quiet,
      inputs: [many],
      out: to,
      signal: controller.signal,
      onPicture: () => controller.abort(abortReason),
    });
    expect(summary.stopped).toBe("interrupted");
    expect(summary.failures).toEqual([]);
    expect(summary.pictures.length).toBeLessThan(30);
    for (const { output } of summary.pictures) await decodeImage(output);
    expect(readdirSync(to, { recursive: true }).filter((name) => String(name).endsWith(".png"))).toHaveLength(
      summary.pictures.length,
    );
  });
});

describe("a picture", () => {
  test("with alpha keeps it, on the grid and raw", async () => {
    const picture = randomPicture(22, 17);
    for (let i = 0; i < 22 * 17; i++) picture.data[4 * i + 3] = i % 22 < 12 ? 0 : 255;
    const source = join(folder, "alpha.png");
    writeFileSync(source, await encodePng({ ...picture, hasAlpha: true }));
    for (const raw of [false, true]) {
      const to = out();
      await convertPictures({ ...quiet, inputs: [source], out: to, raw });
      const result = await decodeImage(join(to, "alpha.png"));
      expect(result.hasAlpha).toBe(true);
      expect([result.width, result.height]).toEqual(raw ? [24, 20] : [22, 17]);
      for (let x = 0; x < result.width; x++) expect(result.data[4 * x + 3]).toBe(x < 12 ? 0 : 255);
    }
  });

  test("does not depend on its hidden colours, except raw, as in the reference", async () => {
    const random = new Random(8);
    const picture = randomPicture(26, 19);
    for (let i = 3; i < picture.data.length; i += 4) picture.data[i] = [0, 0, 90, 255][random.below(4)];
    const results = new Map<string, Set<string>>();
    for (let version = 0; version < 2; version++) {
      for (let i = 0; i < picture.data.length; i += 4) {
        if (picture.data[i + 3] === 0)
          for (let channel = 0; channel < 3; channel++) picture.data[i + channel] = random.below(256);
      }
      const source = join(folder, "hidden.png");
      writeFileSync(source, await encodePng({ ...picture, hasAlpha: true }));
      for (const [name, options] of Object.entries({
        plain: {},
        smaller: { maxSize: 13 },
        colors: { colors: 4, scale: 1 },
        scaled: { preprocess: { mode: "resize_and_crop", loadSize: 24, cropSize: 20 } },
        raw: { raw: true },
      })) {
        const to = join(out(), "art.png");
        await convertPictures({ ...quiet, inputs: [source], out: to, ...options });
        results.set(name, (results.get(name) ?? new Set()).add(readFileSync(to).toString("base64")));
      }
    }
    expect([...results].map(([name, { size }]) => [name, size])).toEqual([
      ["plain", 1],
      ["smaller", 1],
      ["colors", 1],
      ["scaled", 1],
      ["raw", 2],
    ]);
  });

  test("with a warning is converted; unsupported ones are named", async () => {
    const pictures = join(folder, "faults");
    cpSync(fileURLToPath(new URL("../../../picture/fixtures/faults", import.meta.url)), pictures, { recursive: true });
    writeFileSync(join(pictures, "IMG_0001.HEIC"), "");
    const { warnings, leftOut, failures } = await convertPictures({
      ...quiet,
      inputs: [pictures],
      out: out(),
      maxSize: 16,
    });
    expect(failures).toEqual([]);
    expect(warnings).toEqual([
      { name: join(pictures, "flipped_bits.jpg"), reason: expect.stringContaining("damaged") },
      { name: join(pictures, "missing_eoi.jpg"), reason: expect.stringContaining("its end is missing") },
    ]);
    expect(leftOut).toEqual([{ name: "IMG_0001.HEIC", kind: "HEIC" }]);
  });

  test("has one pixel per cell at scale 1, at most the requested colors, and a size within --max-size", async () => {
    const to = out();
    const options = { ...quiet, inputs: [join(photos, "a.png")], out: to, cell: 2, scale: 1, colors: 5, maxSize: 11 };
    const { pictures } = await convertPictures(options);
    expect(pictures[0]).toMatchObject({ width: 6, height: 5 });
    expect(pictures[0].palette!.length).toBeLessThanOrEqual(5);
    const { data } = await decodeImage(join(to, "a.png"));
    expect(new Set(new Uint32Array(data.buffer)).size).toBeLessThanOrEqual(5);
  });

  test("in half precision differs by few steps", async () => {
    const [full, half] = [out(), out()];
    const inputs = [join(photos, "a.png")];
    await convertPictures({ ...quiet, inputs, raw: true, out: full });
    await convertPictures({ ...quiet, inputs, raw: true, out: half, precision: "half" });
    const [a, b] = [await decodeImage(join(full, "a.png")), await decodeImage(join(half, "a.png"))];
    const steps = a.data.map((byte, i) => Math.abs(byte - b.data[i]));
    expect(Math.max(...steps)).toBeGreaterThan(0);
    expect(Math.max(...steps)).toBeLessThan(6);
  });

  test("is preprocessed as in the reference, the same in every run with one seed", async () => {
    const preprocess = { mode: "resize_and_crop", loadSize: 40, cropSize: 32 };
    const results: Uint8Array[] = [];
    for (const seed of [3, 3, 4]) {
      const to = out();
      await convertPictures({ ...quiet, inputs: [join(photos, "a.png")], out: to, raw: true, preprocess, seed });
      results.push(readFileSync(join(to, "a.png")));
    }
    expect(await sharp(results[0]).metadata()).toMatchObject({ width: 32, height: 32 });
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).not.toEqual(results[0]);
  });
});

describe("an invalid request", () => {
  const refuse = (options: object) => convertPictures({ ...quiet, inputs: [photos], out: out(), ...options });
  test.each<[string, object, RegExp]>([
    ["no picture", { inputs: [join(photos, "none-*.png")] }, /none-/],
    ["no such weights", { weights: "missing.pth" }, /missing\.pth: there is no such file/],
    ["no such model", { weights: "nothing" }, /pixelart-4/],
    ["weights that are none", { weights: join(photos, "a.png") }, /a\.png/],
    ["a cell of nothing", { cell: 0 }, /cell/i],
    ["one color", { colors: 1 }, /colors/],
    ["too much cleaning", { clean: 1.5 }, /cleaning must be a number from 0 to 1, not 1.5/],
    ["raw and clean", { raw: true, clean: 0.5 }, /--clean/],
    ["a file as the folder", { out: join(photos, "notes.txt") }, /notes\.txt is a file; name a folder/],
    ["a file above the folder", { out: join(photos, "notes.txt", "art") }, /art: a part of its path is a file/],
    ["raw on a grid", { raw: true, cell: 4 }, /--raw/],
    ["a size of nothing", { maxSize: 0 }, /--max-size/],
    ["no such adapter", { adapter: "voodoo 2" }, /No WebGPU adapter is called "voodoo 2"/],
  ])("%s is refused in one sentence", async (_name, options, message) => {
    const error = await refuse(options).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(message);
  });
});

test("a size that the network does not accept is refused with the options that help", async () => {
  const channels = { inputChannels: 3, outputChannels: 3 } as const;
  const unet = { kind: "unet", ...channels, ngf: 2, downs: 5, norm: "batch", dropout: null } as const;
  const path = join(folder, "unet.safetensors");
  writeFileSync(path, writeSafetensors(randomWeights(unet)));
  const { failures } = await convertPictures({ ...quiet, weights: path, inputs: [join(photos, "deep")], out: out() });
  expect(failures.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(
      /takes only multiples of 32\. .* --preprocess resize_and_crop --load-size 32 --crop-size 32 does so\.$/,
    ),
  ]);
});

test("--key selects a network of a file with several, and skipped tensors are reported", async () => {
  const all = join(folder, "all.safetensors");
  const [G_A, G_B] = [randomWeights(smallResnet), randomWeights(smallResnet, 0.3)];
  writeFileSync(all, writeSafetensors(inOneDict({ G_A, G_B })));
  const inputs = [join(photos, "deep")];
  const told: string[] = [];
  const log = vi.spyOn(console, "error").mockImplementation((line: string) => void told.push(line));
  const [one, other, alone] = [out(), out(), out()];
  try {
    await convertPictures({ weights: all, key: "G_A", inputs, out: one });
    await convertPictures({ weights: all, key: "G_B", inputs, out: other, quiet: true });
    await convertPictures({ ...quiet, inputs, out: alone });
  } finally {
    log.mockRestore();
  }
  expect(told.filter((line) => /skipped: /.test(line))).toEqual(["skipped: prefix G_A.; network G_B"]);
  const [a, b, c] = [one, other, alone].map((to) => readFileSync(join(to, "b.png")));
  expect(a.equals(c)).toBe(true);
  expect(a.equals(b)).toBe(false);
  await expect(convertPictures({ ...quiet, weights: all, inputs, out: one })).rejects.toThrow(
    /several networks: G_A, G_B/,
  );
});
