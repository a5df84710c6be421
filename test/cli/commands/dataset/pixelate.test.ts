// `pixelcycle dataset pixelate`: photos in a folder and in a zip become naive versions, with a
// manifest.

import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { zipSync } from "fflate";
import { beforeAll, describe, expect, test } from "vitest";
import { registerDataset } from "../../../../src/cli/commands/dataset/command.ts";
import { pixelateDataset, type PixelateOptions } from "../../../../src/cli/commands/dataset/pixelate/pixelate.ts";
import { remake } from "../../../../src/cli/commands/dataset/prepare/make.ts";
import { hashOf } from "../../../../src/cli/files/hash.ts";
import type { ManifestRow } from "../../../../src/dataset/prepare/manifest.ts";
import { UserError } from "../../../../src/errors.ts";
import type { Image } from "../../../../src/picture/image.ts";
import { crop } from "../../../../src/picture/preprocess.ts";
import { decodeImage, encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { testFolder } from "../../../folder.ts";
import { photoOf } from "../../../pixelart/grid/damaged-art.ts";

const folder = testFolder("pixelate");
const photos = join(folder, "photos");

let outputs = 0;
const newOut = () => join(folder, `out-${outputs++}`);
let cat: Image;

beforeAll(async () => {
  mkdirSync(photos);
  const whole = await photoOf("cat");
  cat = crop(whole, 0, 0, 96, 64);
  writeFileSync(join(photos, "cat.png"), await encodePng(cat));
  writeFileSync(join(photos, "odd.png"), await encodePng(crop(whole, 20, 30, 61, 47)));
  writeFileSync(join(photos, "zip.zip"), zipSync({ "deep/ear.png": await encodePng(crop(whole, 60, 40, 40, 50)) }));
});

const run = (out: string, options: Partial<PixelateOptions> = {}) =>
  pixelateDataset({ sources: [photos], out, cell: 4, quiet: true, ...options });

const manifestOf = (out: string) =>
  readFileSync(join(out, "manifest.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as ManifestRow);

function filesIn(path: string): Map<string, string> {
  return new Map(readdirSync(path).map((name) => [name, readFileSync(join(path, name)).toString("base64")]));
}

/** The mean of a channel over a cell. */
function levels({ width, data }: Image, cell: number, column: number, row: number, channel: number): number[] {
  return Array.from({ length: cell * cell }, (_, i) => {
    const [x, y] = [column * cell + (i % cell), row * cell + Math.floor(i / cell)];
    return data[4 * (y * width + x) + channel];
  });
}

describe("a naive version", () => {
  test.each([1, 4, 8])("has cells of one color, the mean of the pixels they cover: %i pixels", async (cell) => {
    const out = newOut();
    await run(out, { sources: [join(photos, "cat.png")], cell });
    const made = await decodeImage(join(out, "000000.png"));
    expect(made).toMatchObject({ width: 96, height: 64, hasAlpha: false });
    for (let row = 0; row < 64 / cell; row++)
      for (let column = 0; column < 96 / cell; column++)
        for (let channel = 0; channel < 3; channel++) {
          const [first, ...rest] = levels(made, cell, column, row, channel);
          expect(rest.every((level) => level === first)).toBe(true);
          const covered = levels(cat, cell, column, row, channel);
          const mean = covered.reduce((sum, level) => sum + level, 0) / covered.length;
          expect(Math.abs(first - mean)).toBeLessThanOrEqual(1); // rows and columns are rounded one after the other
        }
  });

  test("is as many cells wide as requested, whatever the photo's size", async () => {
    const out = newOut();
    await run(out, { columns: 30, cell: 3 });
    const sizes = await Promise.all(manifestOf(out).map(({ file }) => decodeImage(join(out, file))));
    expect(sizes.map(({ width, height }) => [width, height])).toEqual([
      [90, 60],
      [90, 69],
      [90, 114],
    ]);
  });

  test("is marked as naive, and can be made again from its line", async () => {
    const out = newOut();
    expect(await run(out)).toEqual({ written: 3, unreadTables: [], failures: [] });
    const rows = manifestOf(out);
    expect(rows.map(({ source }) => source.split("/").at(-1))).toEqual(["cat.png", "odd.png", "ear.png"]);
    expect(rows[0]).toMatchObject({
      ...{ file: "000000.png", verdict: "naive-conversion", cell: 4 },
      sha256: hashOf(readFileSync(join(photos, "cat.png"))),
      transformation: { kind: "naive", columns: 24, rows: 16, cell: 4 },
    });
    const read = (source: string) => Promise.resolve(readFileSync(join(photos, source.split("/").at(-1)!)));
    for (const row of rows.slice(0, 2))
      expect(Buffer.from(await remake(row, read)).equals(readFileSync(join(out, row.file)))).toBe(true);
  });

  test("leaves its source unchanged", async () => {
    const before = filesIn(photos);
    await run(newOut());
    expect(filesIn(photos)).toEqual(before);
  });
});

describe("a repeated run", () => {
  const times = (out: string) => readdirSync(out).map((name) => [name, statSync(join(out, name)).mtimeMs]);
  const pictureTimes = (out: string) => times(out).filter(([name]) => String(name).endsWith(".png"));

  test("continues after a kill to the same bytes, and makes nothing twice", async () => {
    const [out, whole] = [newOut(), newOut()];
    await run(whole);
    await run(out);
    const lines = readFileSync(join(out, "manifest.jsonl"), "utf8").split("\n");
    // The second picture has a line but is missing; the third's line is truncated, and its bytes
    // are from an earlier set.
    writeFileSync(join(out, "manifest.jsonl"), `${lines[0]}\n${lines[1]}\n${lines[2].slice(0, 40)}`);
    rmSync(join(out, "000001.png"));
    writeFileSync(join(out, "000002.png"), "another");
    utimesSync(join(out, "000000.png"), 1, 1);
    expect(await run(out)).toEqual({ written: 3, unreadTables: [], failures: [] });
    expect(filesIn(out)).toEqual(filesIn(whole));
    expect(statSync(join(out, "000000.png")).mtimeMs).toBe(1000);
    const before = pictureTimes(out);
    await run(out);
    expect(pictureTimes(out)).toEqual(before);
  });

  test("stops when interrupted, and keeps the manifest so far", async () => {
    const out = newOut();
    await run(out);
    const before = filesIn(out);
    const signal = AbortSignal.abort(new UserError("interrupted"));
    expect(await run(out, { signal })).toMatchObject({ stopped: "interrupted" });
    expect(filesIn(out)).toEqual(before);
  });

  test("with other options or sources equals a new run", async () => {
    const [out, fresh] = [newOut(), newOut()];
    const other = { sources: [join(photos, "odd.png")], columns: 10 };
    await run(out);
    await run(out, other);
    await run(fresh, other);
    expect(filesIn(out)).toEqual(filesIn(fresh));
  });
});

describe("a problem", () => {
  test("with a picture is reported, and the others are made", async () => {
    const [out, mixed] = [newOut(), join(folder, "mixed")];
    mkdirSync(mixed);
    writeFileSync(join(mixed, "broken.png"), readFileSync(join(photos, "cat.png")).subarray(0, 900));
    writeFileSync(join(mixed, "good.png"), readFileSync(join(photos, "cat.png")));
    writeFileSync(join(mixed, "small.png"), await encodePng(crop(cat, 0, 0, 10, 10)));
    const { written, failures } = await run(out, { sources: [mixed], columns: 20 });
    expect(written).toBe(1);
    expect(failures.map(({ name }) => name.split("/").at(-1))).toEqual(["broken.png", "small.png"]);
    expect(failures[1].reason).toBe("it has 10 x 10 pixels, too few for 20 x 20 cells: give fewer --columns.");
    expect(failures[0].reason).not.toContain("the picture:");
    expect(manifestOf(out).map(({ file }) => file)).toEqual(["000001.png"]);
  });

  test("with the folder is reported before anything is written", async () => {
    const [theirs, set] = [newOut(), newOut()];
    mkdirSync(theirs);
    writeFileSync(join(theirs, "000000.png"), "theirs");
    await expect(run(theirs)).rejects.toThrow("000000.png already exists");
    expect(filesIn(theirs).size).toBe(1);
    mkdirSync(set);
    writeFileSync(join(set, "manifest.jsonl"), '{"file":"trainA/000000.png","transformation":{"kind":"photo"}}\n');
    await expect(run(set)).rejects.toThrow("belongs to another set");
    await expect(run(photos)).rejects.toThrow(`The output folder ${photos} is the source ${photos} itself`);
    const sources = [join(photos, "cat.png")];
    await expect(run(photos, { sources })).rejects.toThrow("lies in the output folder");
  });

  test("an output folder within a source is no source, in the first run and the next", async () => {
    const [all, more] = [join(folder, "all"), join(folder, "all", "more")];
    mkdirSync(more, { recursive: true });
    writeFileSync(join(more, "cat.png"), await encodePng(cat));
    symlinkSync(all, join(folder, "linked"));
    for (const source of [all, join(folder, "linked"), join(all, "**/*.png"), join(folder, "*", "*", "cat.png")])
      for (let i = 0; i < 2; i++)
        expect(await run(join(all, "naive"), { sources: [source] })).toMatchObject({ written: 1 });
  });

  test.each([
    [{ cell: 0 }, "--cell must be a whole number of pixels from 1 to 64, not 0."],
    [{ columns: 0 }, "--columns must be a whole number of cells"],
    [{ sources: ["nowhere"] }, "nowhere: there is no such file"],
  ])("with options is reported: %o", async (options, message) => {
    await expect(run(newOut(), options)).rejects.toThrow(message);
  });

  test("with the command line is reported: no output folder", async () => {
    const program = new Command();
    registerDataset(program);
    const line = ["dataset", "pixelate", photos, "--cell", "4"];
    await expect(program.parseAsync(line, { from: "user" })).rejects.toThrow("the folder to write to last; only");
  });
});
