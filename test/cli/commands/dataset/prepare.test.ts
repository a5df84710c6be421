// `pixelcycle dataset prepare` from end to end: audited sources in a folder and in a zip become a
// set on one grid.

import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { zipSync } from "fflate";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { auditSources } from "../../../../src/cli/commands/dataset/audit.ts";
import { registerDataset } from "../../../../src/cli/commands/dataset/command.ts";
import { exportDataset } from "../../../../src/cli/commands/dataset/export/export.ts";
import { defaultExportOptions } from "../../../../src/cli/commands/dataset/export/options.ts";
import { remake } from "../../../../src/cli/commands/dataset/prepare/make.ts";
import type { PrepareOptions } from "../../../../src/cli/commands/dataset/prepare/options.ts";
import { prepareDataset } from "../../../../src/cli/commands/dataset/prepare/prepare.ts";
import type { ExportRecord } from "../../../../src/dataset/export/record.ts";
import { ownCells } from "../../../../src/dataset/grid/own-cells.ts";
import type { DroppedRow, ManifestRow } from "../../../../src/dataset/prepare/manifest.ts";
import { naiveArt, naiveTransformation } from "../../../../src/dataset/prepare/naive.ts";
import type { Part } from "../../../../src/dataset/prepare/tiles.ts";
import { UserError } from "../../../../src/errors.ts";
import type { Image } from "../../../../src/picture/image.ts";
import { crop } from "../../../../src/picture/preprocess.ts";
import { enlarge } from "../../../../src/pixelart/grid/cells/geometry.ts";
import { decodeImage, encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { listSources, SourceReader } from "../../../../src/platform/pictures/picture-sources.node.ts";
import { testFolder } from "../../../folder.ts";
import { artOf, photoOf } from "../../../pixelart/grid/damaged-art.ts";

const folder = testFolder("prepare");
const [photos, art, csv] = [join(folder, "photos"), join(folder, "art"), join(folder, "audit.csv")];

let outputs = 0;
const newOut = () => join(folder, `out-${outputs++}`);
const enlarged = (image: Image, cell: number) => enlarge(image, cell, image.width * cell, image.height * cell);

beforeAll(async () => {
  mkdirSync(photos);
  mkdirSync(art);
  const [first, second] = [
    await artOf("ruin", "jungle", "cave", "bridge"),
    await artOf("bridge", "cave", "jungle", "ruin"),
  ];
  const cat = await photoOf("cat");
  writeFileSync(join(photos, "cat.png"), await encodePng(crop(cat, 0, 0, 160, 140)));
  writeFileSync(join(photos, "ear.png"), await encodePng(crop(cat, 60, 40, 130, 190)));
  writeFileSync(join(photos, "small.png"), await encodePng(crop(cat, 0, 0, 40, 40)));
  writeFileSync(join(art, "three.png"), await encodePng(enlarged(first, 3)));
  writeFileSync(join(art, "again.png"), await encodePng(enlarged(first, 5)));
  writeFileSync(join(art, "photo.png"), await encodePng(crop(cat, 40, 40, 90, 90)));
  const naive = naiveTransformation({ width: 288, height: 192 }, 3, 48);
  writeFileSync(join(art, "naive.png"), await encodePng(naiveArt(await photoOf("harbour"), naive)));
  writeFileSync(join(art, "more.zip"), zipSync({ "deep/one.png": await encodePng(second) }));
  await auditSources({ sources: [photos, art], csv, quiet: true });
});

function run(out: string, options: Partial<PrepareOptions> = {}) {
  return prepareDataset({
    ...{ photos: [photos], art: [art], out, cell: 4, size: 128, fit: "spread", quiet: true, val: 0, seed: 1 },
    ...{ background: [255, 255, 255], verdicts: ["real-pixel-art", "rescaled-pixel-art"] },
    audit: join(folder, "audit.jsonl"),
    ...options,
  });
}

const lines = <Row>(path: string) =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
const manifestOf = (out: string) => lines<ManifestRow>(join(out, "manifest.jsonl"));
const droppedOf = (out: string) => lines<DroppedRow>(join(out, "dropped.jsonl"));

function filesIn(out: string): Map<string, string> {
  const names = readdirSync(out, { recursive: true }) as string[];
  const files = names.filter((name) => statSync(join(out, name)).isFile()).sort();
  return new Map(files.map((name) => [name, readFileSync(join(out, name)).toString("base64")]));
}

describe("a prepared set", () => {
  test("has art on one grid that begins in the corner, and says what was dropped and why", async () => {
    const out = newOut();
    const summary = await run(out);
    // Each 64 x 64 cells: four squares of 32 x 32 cells.
    expect(summary).toMatchObject({ written: { trainA: 2, trainB: 8 }, failures: [] });
    for (const name of readdirSync(join(out, "trainB"))) {
      const picture = await decodeImage(join(out, "trainB", name));
      expect(picture).toMatchObject({ width: 128, height: 128, hasAlpha: false });
      const { cell, phase } = ownCells(picture, 4);
      expect({ cell, phase }).toEqual({ cell: 4, phase: [0, 0] });
    }
    const reasons = new Map(droppedOf(out).map(({ source, reason }) => [source.split("/").at(-1), reason]));
    expect([...reasons.keys()].sort()).toEqual(["naive.png", "photo.png", "small.png", "three.png"]);
    expect(reasons.get("naive.png")).toContain("naive-conversion");
    expect(reasons.get("three.png")).toContain("again.png");
    expect(reasons.get("small.png")).toContain("less than the 128 of a training picture: give a smaller --size.");
  });

  test("has photos in a mix of scales, none enlarged", async () => {
    const out = newOut();
    await run(out);
    for (const { file, transformation } of manifestOf(out).filter(({ file }) => file.startsWith("trainA"))) {
      const { width, height } = await decodeImage(join(out, file));
      expect(transformation).toEqual({ kind: "photo", resized: [width, height] });
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(128);
      expect(Math.max(width, height)).toBeLessThanOrEqual(190);
    }
  });

  test.each([false, true])(
    "can be made again from its manifest, byte for byte; colors matched: %s",
    async (matchColors) => {
      const out = newOut();
      await run(out, { matchColors });
      const { pictures } = await listSources([photos, art]);
      const reader = new SourceReader();
      const read = (source: string) => reader.read(pictures.find(({ file }) => file === source)!);
      const rows = manifestOf(out);
      expect(rows).toHaveLength(10);
      for (const row of rows) {
        const made = Buffer.from(await remake(row, read));
        expect(made.equals(readFileSync(join(out, row.file))), row.file).toBe(true);
        expect(row.colorsOf !== undefined).toBe(matchColors && row.transformation.kind === "art");
      }
      await reader.close();
    },
  );

  test("holds out groups as a whole", async () => {
    const choices = join(folder, "keep-all.json");
    const twins = lines<{ file: string }>(join(folder, "audit.jsonl")).filter(({ file }) => /three|again/.test(file));
    writeFileSync(choices, JSON.stringify({ keep: twins.map(({ file }) => file), drop: [] }));
    const used = new Set<string>();
    for (const seed of [1, 2, 3, 4]) {
      const out = newOut();
      await run(out, { val: 0.5, seed, choices });
      const ofTwins = manifestOf(out).filter(({ source }) => twins.some(({ file }) => file === source));
      expect(ofTwins).toHaveLength(8);
      const folders = new Set(ofTwins.map(({ file }) => file.slice(0, file.indexOf("/"))));
      expect(folders.size).toBe(1);
      folders.forEach((folder) => used.add(folder));
    }
    expect([...used].sort()).toEqual(["trainB", "valB"]);
  });

  test("leaves a similar picture out only for one that it has taken", async () => {
    const sourcesOf = async (options: Partial<PrepareOptions>) => {
      const out = newOut();
      await run(out, options);
      const taken = manifestOf(out).filter(({ file }) => file.startsWith("trainB"));
      return [...new Set(taken.map(({ source }) => source.split("/").at(-1)))].sort();
    };
    const [first, second] = ["again.png", "three.png"].map((name) => join(art, name)); // the audit names the first
    expect(await sourcesOf({})).toEqual(["again.png", "one.png"]);
    expect(await sourcesOf({ art: [second] })).toEqual(["three.png"]);
    const choices = join(folder, "not-the-first.json");
    writeFileSync(choices, JSON.stringify({ keep: [], drop: [first] }));
    expect(await sourcesOf({ choices })).toEqual(["one.png", "three.png"]);
  });

  test("accepts manual choices, and at most the requested number from one source", async () => {
    const out = newOut();
    const choices = join(folder, "choices.json");
    const named = (name: string) =>
      lines<{ file: string }>(join(folder, "audit.jsonl")).find(({ file }) => file.endsWith(name))!.file;
    writeFileSync(choices, JSON.stringify({ keep: [named("three.png")], drop: [named("one.png")] }));
    await run(out, { choices, balance: 1 });
    expect(droppedOf(out)).toContainEqual(expect.objectContaining({ reason: "dropped by hand" }));
    expect(droppedOf(out)).toContainEqual(expect.objectContaining({ reason: "its source already has 1 pictures" }));
    expect(manifestOf(out).filter(({ cell }) => cell === 4)).toHaveLength(4);
  });
});

describe("an output folder", () => {
  const all = join(folder, "all");
  const prepared = (out: string, sides: { photos?: string; art?: string } = {}) => {
    const { photos = all, art = all } = sides;
    return run(out, { photos: [photos], art: [art], audit: undefined });
  };

  beforeAll(() => {
    for (const [from, to] of [
      [photos, "photos"],
      [art, "art"],
    ] as const)
      cpSync(join(from, from === photos ? "cat.png" : "again.png"), join(all, to, "picture.png"), { recursive: true });
  });

  test("that is a source is refused, and the source stays as it was", async () => {
    const sides = { photos: join(all, "photos"), art: join(all, "art") };
    for (const source of Object.values(sides)) {
      await expect(prepared(source, sides)).rejects.toThrow(
        `The output folder ${source} is the source ${source} itself`,
      );
      expect(readdirSync(source)).toEqual(["picture.png"]);
    }
  });

  test("within a source is no source, in the first run and the next", async () => {
    const out = join(all, "set");
    const { written } = await prepared(out);
    expect(await prepared(out)).toMatchObject({ written, failures: [] });
    await expect(prepared(out, { art: join(out, "trainB") })).rejects.toThrow("lies in the set to be written");
    expect(new Set(manifestOf(out).map(({ source }) => source))).toEqual(
      new Set([join(all, "art", "picture.png"), join(all, "photos", "picture.png")]),
    );
  });

  test("may hold its sources beside the set", async () => {
    const summary = await prepared(all, { photos: join(all, "photos"), art: join(all, "art") });
    expect(summary).toMatchObject({ written: { trainA: 1, trainB: 4 }, failures: [] });
  });
});

describe("tiles", () => {
  const large = join(folder, "large");
  const tiled = (out: string, options: Partial<PrepareOptions> = {}) =>
    run(out, { photos: [join(photos, "ear.png")], art: [large], audit: undefined, size: 64, fit: "tiles", ...options });
  let cells: Image;

  beforeAll(async () => {
    mkdirSync(large);
    cells = await artOf("ruin", "jungle", "cave", "bridge");
    // The first tile, of 16 x 16 cells, has a single color.
    for (let y = 0; y < 16; y++) for (let x = 0; x < 16; x++) cells.data.copyWithin(4 * (64 * y + x), 0, 4);
    writeFileSync(join(large, "five.png"), await encodePng(enlarged(cells, 5)));
    writeFileSync(join(large, "odd.png"), await encodePng(enlarged(crop(cells, 0, 0, 63, 52), 3)));
  });

  test("show every cell and pixel at its own scale, once, or name the part that is left out", async () => {
    const out = newOut();
    expect(await tiled(out)).toMatchObject({ written: { trainA: 4, trainB: 15 + 11 }, dropped: 0, failures: [] });
    const leftOut = droppedOf(out);
    const areas = new Map<string, number>();
    for (const { source, crop: part } of [
      ...manifestOf(out).map(({ source, transformation }) => ({ source, ...(transformation as { crop: Part }) })),
      ...(leftOut as { source: string; crop: Part }[]),
    ])
      areas.set(source, (areas.get(source) ?? 0) + part[2] * part[3]);
    expect([...areas.values()].sort((a, b) => a - b)).toEqual([63 * 52, 64 * 64, 130 * 190]);
    expect(leftOut.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([
        "it has a single color",
        "only 16 x 4 cells of a tile are left at the border",
        "only 2 x 64 pixels of a tile are left at the border",
      ]),
    );
    for (const { file, source, transformation } of manifestOf(out)) {
      const [left, top, width, height] = (transformation as { crop: Part }).crop;
      const picture = await decodeImage(join(out, file));
      const isPhoto = source.endsWith("ear.png");
      const from = isPhoto ? await decodeImage(join(photos, "ear.png")) : cells;
      const whole = crop(from, left, top, width, height);
      const shown = crop(picture, 0, 0, isPhoto ? width : 4 * width, isPhoto ? height : 4 * height);
      expect(shown.data, file).toEqual((isPhoto ? whole : enlarged(whole, 4)).data);
    }
  });

  test("can be made again from the manifest, byte for byte", async () => {
    const out = newOut();
    await tiled(out, { photos: [photos], matchColors: true });
    const { pictures } = await listSources([photos, large]);
    const reader = new SourceReader();
    const read = (source: string) => reader.read(pictures.find(({ file }) => file === source)!);
    for (const row of manifestOf(out)) {
      const made = Buffer.from(await remake(row, read));
      expect(made.equals(readFileSync(join(out, row.file))), row.file).toBe(true);
    }
    await reader.close();
  });

  test("of one picture are held out together, and take the place of spread squares", async () => {
    const [out, fresh] = [newOut(), newOut()];
    const heldOut = { val: 0.5, seed: 3 };
    await tiled(out, { ...heldOut, fit: "spread" });
    for (const folder of [out, fresh]) await tiled(folder, heldOut);
    expect(filesIn(out)).toEqual(filesIn(fresh));
    const foldersOf = new Map<string, Set<string>>();
    for (const { source, file } of manifestOf(out))
      foldersOf.set(source, (foldersOf.get(source) ?? new Set()).add(file.slice(0, file.indexOf("/"))));
    expect([...foldersOf.values()].map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(new Set([...foldersOf.values()].flatMap((folders) => [...folders])).size).toBeGreaterThan(1);
  });
});

describe("facts beside pictures", () => {
  const tiny = join(folder, "diffusion");
  const csv = (licence: string) => `file_name,licence,author,url\nown.png,${licence},Ann,https://x.org/own\n`;
  const prepared = (out: string, options: Partial<PrepareOptions> = {}) =>
    run(out, { photos: [join(photos, "cat.png")], art: [tiny], audit: undefined, cell: 4, ...options });

  beforeAll(async () => {
    mkdirSync(tiny);
    const png = await encodePng(crop(await artOf("ruin", "jungle", "cave", "bridge"), 0, 0, 32, 32));
    for (const name of ["aaaa-1", "aaaa-2", "bbbb-3", "own"]) writeFileSync(join(tiny, `${name}.png`), png);
    writeFileSync(join(tiny, "part-000001.json"), '{"aaaa-1.png": {"p": "a ruin"}}');
    writeFileSync(join(tiny, "metadata.csv"), csv("CC0-1.0"));
    cpSync(new URL("../../../dataset/sources/metadata.parquet", import.meta.url), join(tiny, "metadata.parquet"));
  });

  test("are in the manifest, and in exports from it", async () => {
    const [out, set] = [newOut(), newOut()];
    await prepared(out);
    const own = { licence: "CC0-1.0", author: "Ann", origin: "https://x.org/own" };
    const of = (name: string) => manifestOf(out).find(({ source }) => source.endsWith(name));
    expect(of("own.png")).toMatchObject(own);
    expect(of("aaaa-1.png")).toMatchObject({ text: "a ruin" });
    const options = { ...defaultExportOptions, quiet: true, size: 256, cell: 8, trainer: "kohya" } as const;
    await exportDataset({ ...options, input: join(out, "trainB"), out: set });
    const records = lines<ExportRecord>(join(set, "provenance.jsonl"));
    expect(records).toContainEqual(expect.objectContaining(own));
    expect(records.map(({ caption }) => caption)).toContain("a ruin, pixel art");
    expect(readFileSync(join(set, "README.md"), "utf8")).toContain("| CC0-1.0 | 1 |");
  });

  test("exclude pictures with a higher NSFW score, unless they are kept by hand", async () => {
    const [out, other, choices] = [newOut(), newOut(), join(folder, "keep-one.json")];
    await prepared(out, { maxNsfw: 0.5 });
    expect(droppedOf(out).map(({ source, reason }) => [source.split("/").at(-1), reason])).toEqual([
      ["aaaa-2.png", "its NSFW score is 2, above 0.5"],
      ["bbbb-3.png", "its NSFW score is 0.75, above 0.5"],
    ]);
    writeFileSync(choices, JSON.stringify({ keep: [join(tiny, "bbbb-3.png")], drop: [] }));
    await prepared(other, { maxNsfw: 0.5, choices });
    expect(droppedOf(other)).toHaveLength(1);
    const without = prepared(newOut(), { maxNsfw: 0.5, art: [art] });
    await expect(without).rejects.toThrow("--max-nsfw finds no picture with a score");
  });

  test("are updated when they change", async () => {
    const [out, fresh] = [newOut(), newOut()];
    await prepared(out);
    writeFileSync(join(tiny, "metadata.csv"), csv("CC-BY-4.0"));
    await prepared(out);
    await prepared(fresh);
    expect(filesIn(out)).toEqual(filesIn(fresh));
    expect(manifestOf(out)).toContainEqual(expect.objectContaining({ licence: "CC-BY-4.0" }));
  });
});

test("a set without photos, which train cannot use, is an error", async () => {
  const program = new Command();
  registerDataset(program);
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  const line = ["dataset", "prepare", join(photos, "small.png"), join(art, "again.png"), newOut()];
  try {
    await program.parseAsync([...line, "--cell", "4", "--size", "128"], { from: "user" });
    expect(process.exitCode).toBe(1);
    expect(said.mock.calls.flat()).toContain("trainA has no picture, so train cannot use the set.");
  } finally {
    process.exitCode = undefined;
    said.mockRestore();
  }
});

test("a picture that is kept by hand counts as art even without a grid", async () => {
  const [out, choices] = [newOut(), join(folder, "photo-too.json")];
  const { pictures } = await listSources([art]);
  const photo = pictures.find(({ file }) => file.endsWith("photo.png"))!;
  writeFileSync(choices, JSON.stringify({ keep: [photo.file], drop: [] }));
  await run(out, { choices });
  const rows = manifestOf(out).filter(({ source }) => source === photo.file);
  expect(rows).toHaveLength(4);
  const reader = new SourceReader();
  for (const row of rows) {
    expect(row.transformation).toMatchObject({ oneToOne: true });
    const made = Buffer.from(await remake(row, () => reader.read(photo)));
    expect(made.equals(readFileSync(join(out, row.file)))).toBe(true);
  }
  await reader.close();
});

describe("a repeated run", () => {
  test("continues after an interruption to the same bytes, and makes nothing twice", async () => {
    const [out, whole] = [newOut(), newOut()];
    await run(whole);
    expect(await run(out, { signal: AbortSignal.abort(new UserError("interrupted")) })).toMatchObject({
      stopped: "interrupted",
    });
    await run(out);
    const before = filesIn(out);
    expect(before).toEqual(filesIn(whole));
    const times = () => readdirSync(join(out, "trainB")).map((name) => statSync(join(out, "trainB", name)).mtimeMs);
    const written = times();
    await run(out);
    expect(filesIn(out)).toEqual(before);
    expect(times()).toEqual(written);
  });

  test("drops what its options no longer include", async () => {
    const [out, fresh] = [newOut(), newOut()];
    await run(out);
    await run(out, { size: 64, val: 0.5 });
    await run(fresh, { size: 64, val: 0.5 });
    expect(filesIn(out)).toEqual(filesIn(fresh));
  });

  test("with other sources equals a new run", async () => {
    const [out, fresh] = [newOut(), newOut()];
    const first = { photos: [join(photos, "cat.png")], art: [join(art, "three.png")] };
    await run(out, first);
    await run(out, { ...first, art: [join(art, "more.zip"), join(art, "three.png")] });
    await run(fresh, { ...first, art: [join(art, "more.zip"), join(art, "three.png")] });
    expect(filesIn(out)).toEqual(filesIn(fresh));
  });

  test("is refused in a folder with other pictures", async () => {
    const out = newOut();
    mkdirSync(join(out, "trainB"), { recursive: true });
    writeFileSync(join(out, "trainB", "000000-0.png"), "theirs");
    await expect(run(out)).rejects.toThrow("already exists, and train would read it with the set");
    expect(filesIn(out).size).toBe(1);
  });
});

test.each([
  [{ cell: 3 }, "--size must be a whole number of cells"],
  [{ cell: 0 }, "--cell must be a whole number of pixels"],
  [{ maxNsfw: 2 }, "--max-nsfw must be a score from 0 to 1"],
  [{ val: 1 }, "--val must be a share"],
  [{ audit: "nowhere.jsonl" }, "nowhere.jsonl: there is no such file"],
] as const)("refuses the options %o", async (options, message) => {
  await expect(run(newOut(), options)).rejects.toThrow(message);
});
