// `pixelcycle dataset export` from end to end.

import {
  cpSync,
  createReadStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { extract } from "tar-stream";
import { beforeAll, describe, expect, test } from "vitest";
import { exportDataset } from "../../../../src/cli/commands/dataset/export/export.ts";
import { defaultExportOptions, type ExportOptions } from "../../../../src/cli/commands/dataset/export/options.ts";
import { trainers, type Trainer } from "../../../../src/dataset/export/loading.ts";
import { faultIn } from "../../../../src/dataset/export/proof.ts";
import { UserError } from "../../../../src/errors.ts";
import type { Image } from "../../../../src/picture/image.ts";
import { crop } from "../../../../src/picture/preprocess.ts";
import { enlarge } from "../../../../src/pixelart/grid/cells/geometry.ts";
import { decodeImage, encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { testFolder } from "../../../folder.ts";
import { artOf, photoOf } from "../../../pixelart/grid/damaged-art.ts";
import { buildCommandLine } from "../../command-line.ts";

const folder = testFolder("export");
const input = join(folder, "art");

let outputs = 0;
const newOut = () => join(folder, `out-${outputs++}`);
const enlarged = (image: Image, cell: number) => enlarge(image, cell, image.width * cell, image.height * cell);

beforeAll(async () => {
  const art = await artOf("ruin", "jungle", "cave", "bridge");
  mkdirSync(join(input, "castles"), { recursive: true });
  writeFileSync(join(input, "a.png"), await encodePng(art));
  writeFileSync(join(input, "a.txt"), "four places\nsecond line");
  writeFileSync(join(input, "castles", "grey.keep.png"), await encodePng(enlarged(art, 4)));
  writeFileSync(join(input, "photo.png"), await encodePng(crop(await photoOf("cat"), 40, 40, 90, 90)));
  writeFileSync(join(input, "broken.png"), "no picture");
});

function run(out: string, trainer: Trainer, options: Partial<ExportOptions> = {}) {
  return exportDataset({ ...defaultExportOptions, quiet: true, input, out, trainer, size: 512, ...options });
}

/** Path and bytes of every file. */
function filesIn(out: string): Map<string, string> {
  const names = readdirSync(out, { recursive: true }) as string[];
  const files = names.filter((name) => statSync(join(out, name)).isFile()).sort();
  return new Map(files.map((name) => [name, readFileSync(join(out, name)).toString("base64")]));
}

const lines = (path: string) =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);

describe("a set", () => {
  test.each(trainers.filter((trainer) => trainer !== "webdataset"))(
    "%s: contains each picture at a training size with its caption; pictures that are not pixel art are refused by name",
    async (trainer) => {
      const out = newOut();
      const summary = await run(out, trainer);
      expect(summary).toMatchObject({ exported: 2, cell: 8, warnings: [] });
      expect(summary.failures.map(({ name }) => name)).toEqual(["broken.png", "photo.png"]);
      const [sub, hasTable] =
        trainer === "imagefolder" || trainer === "diffusers" ? ["train", true] : ["images", false];
      const names = ["000000000.png", "000000002.png"];
      for (const name of names) {
        const picture = await decodeImage(join(out, sub, name));
        expect(picture).toMatchObject({ width: 512, height: 512, hasAlpha: false });
        expect(faultIn(trainer, picture, 8, 512)).toBeUndefined();
      }
      const captions = ["four places, pixel art", "pixel art"];
      if (hasTable) {
        const rows = names.map((file_name, i) => ({ file_name, text: captions[i] }));
        expect(lines(join(out, sub, "metadata.jsonl"))).toEqual(rows);
        expect(readdirSync(join(out, sub)).sort()).toEqual([...names, "metadata.jsonl"]);
      } else {
        const texts = names.map((name) => readFileSync(join(out, sub, name.replace("png", "txt")), "utf8"));
        expect(texts).toEqual(captions);
        expect(readdirSync(join(out, sub))).toHaveLength(4);
      }
      expect(lines(join(out, "provenance.jsonl"))).toMatchObject([
        { source: "a.png", grid: { cell: 1, phase: [0, 0] }, columns: 64, rows: 64, subjectFrom: "sidecar" },
        { source: "castles/grey.keep.png", grid: { cell: 4, phase: [0, 0] }, columns: 64, rows: 64 },
      ]);
      expect(lines(join(out, "refused.jsonl"))).toMatchObject([{ source: "broken.png" }, { source: "photo.png" }]);
      expect(readFileSync(join(out, summary.config!), "utf8")).toContain(out);
      expect(readFileSync(join(out, "README.md"), "utf8")).toContain("| unknown | 2 |");
    },
  );

  test("webdataset: is in shards whose samples are contiguous and have one key without a dot", async () => {
    const out = newOut();
    expect(await run(out, "webdataset")).toMatchObject({ exported: 2 });
    expect(readdirSync(out).sort()).toEqual(
      ["README.md", "load.py", "pixelart-000000.tar", "provenance.jsonl", "refused.jsonl"].sort(),
    );
    const entries = createReadStream(join(out, "pixelart-000000.tar")).pipe(extract());
    const names: string[] = [];
    for await (const entry of entries) {
      names.push(entry.header.name);
      if (entry.header.name.endsWith(".json")) {
        expect(JSON.parse(await text(entry))).toMatchObject({ licence: "", columns: 64, rows: 64, cell: 8 });
      } else entry.resume();
    }
    const kinds = ["png", "txt", "json"];
    expect(names).toEqual(["000000000", "000000002"].flatMap((key) => kinds.map((kind) => `${key}.${kind}`)));
  });

  test("has its source's cells, enlarged by a whole number", async () => {
    const out = newOut();
    await run(out, "kohya");
    const expected = Buffer.from(enlarged(await decodeImage(join(input, "a.png")), 8).data);
    for (const name of ["000000000.png", "000000002.png"])
      expect(expected.equals(Buffer.from((await decodeImage(join(out, "images", name))).data))).toBe(true);
  });

  test("may have small cells, with a warning", async () => {
    const summary = await run(newOut(), "kohya", { cell: 4 });
    expect(summary.warnings).toEqual([expect.stringContaining("Cells of 4 pixels do not fill whole latents")]);
  });
});

describe("facts beside pictures", () => {
  test("tables give captions, licences and the grid; templates use them", async () => {
    const from = join(folder, "tabled");
    cpSync(input, from, { recursive: true });
    rmSync(join(from, "a.txt"));
    writeFileSync(
      join(from, "metadata.csv"),
      'file_name,caption,license\na.png,"ruins, ""old""",CC0-1.0\ncastles/grey.keep.png,,CC-BY-4.0\n',
    );
    const out = newOut();
    const template = "{subject}, {columns}x{rows}, {trigger}";
    await run(out, "kohya", { input: from, template, trigger: "gm", captions: ["table", "folder"] });
    const records = lines(join(out, "provenance.jsonl"));
    expect(records).toMatchObject([
      { caption: 'ruins, "old", 64x64, gm', licence: "CC0-1.0", subjectFrom: "table" },
      { caption: "castles, 64x64, gm", licence: "CC-BY-4.0", subjectFrom: "folder" },
    ]);
    expect(readFileSync(join(out, "README.md"), "utf8")).toContain("| CC0-1.0 | 1 |");
  });

  test("DiffusionDB's prompts become captions", async () => {
    const from = join(folder, "prompts");
    mkdirSync(from);
    cpSync(join(input, "a.png"), join(from, "a.png"));
    writeFileSync(join(from, "part-000001.json"), '{"a.png": {"p": "a ruin,\\nhighly {detailed}", "se": 1}}');
    const out = newOut();
    await run(out, "kohya", { input: from });
    expect(readFileSync(join(out, "images", "000000000.txt"), "utf8")).toBe("a ruin, highly (detailed), pixel art");
  });

  test("the manifest above a folder gives the cell size of its pictures", async () => {
    const from = join(folder, "prepared");
    mkdirSync(join(from, "trainB"), { recursive: true });
    const art = await decodeImage(join(input, "a.png"));
    writeFileSync(join(from, "trainB", "a.png"), await encodePng(enlarged(art, 8)));
    writeFileSync(join(from, "manifest.jsonl"), '{"file":"trainB/a.png","cell":4,"verdict":"real-pixel-art"}\n');
    const out = newOut();
    await run(out, "kohya", { input: join(from, "trainB"), fit: "crop" });
    expect(lines(join(out, "provenance.jsonl"))).toMatchObject([{ grid: { cell: 4 }, verdict: "real-pixel-art" }]);
  });

  test("a missing caption is refused, since trainers fail on empty ones", async () => {
    const summary = await run(newOut(), "kohya", { template: "{subject}", captions: ["sidecar"] });
    expect(summary.failures).toContainEqual({
      name: "castles/grey.keep.png",
      reason: expect.stringContaining("it has no caption") as string,
    });
  });
});

describe("a repeated export", () => {
  test.each(["kohya", "imagefolder", "webdataset"] as const)(
    "%s: makes nothing twice, and has the same bytes",
    async (trainer) => {
      const out = newOut();
      await run(out, trainer);
      const before = filesIn(out);
      const pictures = [...before.keys()].filter((name) => /png$|tar$/.test(name));
      const times = () => pictures.map((name) => statSync(join(out, name)).mtimeMs);
      const written = times();
      expect((await run(out, trainer)).reused).toBe(4);
      expect(filesIn(out)).toEqual(before);
      expect(times()).toEqual(written);
    },
  );

  test.each(["kohya", "webdataset"] as const)("%s: with other pictures has only those", async (trainer) => {
    const from = join(folder, `changing-${trainer}`);
    cpSync(input, from, { recursive: true });
    const [out, fresh] = [newOut(), newOut()];
    await run(out, trainer, { input: from });
    rmSync(join(from, "a.png"));
    rmSync(join(from, "photo.png"));
    writeFileSync(join(from, "castles", "grey.keep.txt"), "a keep");
    await run(out, trainer, { input: from });
    await run(fresh, trainer, { input: from, path: out });
    expect(alike(filesIn(out))).toEqual(alike(filesIn(fresh)));
  });

  test.each(["kohya", "webdataset"] as const)(
    "%s: drops a picture that is gone, even the last one",
    async (trainer) => {
      const from = join(folder, `shrinking-${trainer}`);
      cpSync(input, from, { recursive: true });
      const [out, fresh] = [newOut(), newOut()];
      await run(out, trainer, { input: from });
      rmSync(join(from, "castles"), { recursive: true });
      await run(out, trainer, { input: from });
      await run(fresh, trainer, { input: from, path: out });
      expect(alike(filesIn(out))).toEqual(alike(filesIn(fresh)));
    },
  );

  test.each(["kohya", "webdataset"] as const)(
    "%s: continues after an interruption to the same bytes",
    async (trainer) => {
      const [out, whole] = [newOut(), newOut()];
      await run(whole, trainer, { path: "/set" });
      const signal = AbortSignal.abort(new UserError("interrupted"));
      const cut = await run(out, trainer, { path: "/set", cell: 8, signal });
      expect(cut).toMatchObject({ exported: 0, stopped: "interrupted" });
      await run(out, trainer, { path: "/set" });
      expect(alike(filesIn(out))).toEqual(alike(filesIn(whole)));
    },
  );

  test("continues after a kill, from a journal with a torn last line", async () => {
    const [out, whole] = [newOut(), newOut()];
    await run(whole, "kohya", { path: "/set" });
    cpSync(whole, out, { recursive: true });
    const [first, second] = readFileSync(join(whole, "provenance.jsonl"), "utf8").split("\n");
    writeFileSync(join(out, "export-journal.jsonl"), `${first}\n${second.slice(0, 40)}`);
    for (const name of ["provenance.jsonl", "refused.jsonl", "README.md", "kohya.toml", "images/000000002.png"])
      rmSync(join(out, name));
    writeFileSync(join(out, "images", ".000000002.png.0-1.tmp"), "half");
    expect((await run(out, "kohya", { path: "/set" })).reused).toBe(1);
    expect(alike(filesIn(out))).toEqual(alike(filesIn(whole)));
  });
});

/** All but the card, which has the folder's name. */
function alike(files: Map<string, string>): [string, string][] {
  return [...files].filter(([name]) => name !== "README.md");
}

describe("an export is refused", () => {
  test("into a folder with other pictures", async () => {
    const out = newOut();
    mkdirSync(join(out, "images"), { recursive: true });
    cpSync(join(input, "a.png"), join(out, "images", "000000000.png"));
    await expect(run(out, "kohya")).rejects.toThrow("already exists, and a trainer would read it with the set");
    expect(filesIn(out).size).toBe(1);
  });

  test("over another trainer's set, over its source, and without pictures", async () => {
    const out = newOut();
    await run(out, "kohya");
    await expect(run(out, "onetrainer")).rejects.toThrow("holds a set for kohya");
    await expect(run(input, "kohya")).rejects.toThrow("cannot be exported into itself");
    mkdirSync(join(folder, "empty"));
    await expect(run(newOut(), "kohya", { input: join(folder, "empty") })).rejects.toThrow(
      "no picture in it can be read",
    );
    await expect(run(newOut(), "kohya", { input: join(folder, "nowhere") })).rejects.toThrow("there is no such file");
    await expect(run(newOut(), "kohya", { input: join(input, "a.png") })).rejects.toThrow(
      "a.png is a file, not a folder; unpack an archive",
    );
  });

  test.each([
    [{ size: 1000 }, "--size must be a multiple of 64"],
    [{ cell: 0 }, "--cell must be a whole number of pixels"],
    [{ cell: 24 }, "No size that kohya trains on at `size` 512 holds only whole cells of 24 pixels"],
    [{ template: "{who}" }, "`template` has {who}"],
    [{ trigger: "gmstyle" }, "--trigger gmstyle would be in no caption: add {trigger} to --template"],
    [{ table: "a.csv", captions: ["name"] }, "--table is given, but --captions does not use it"],
    [{ table: "nowhere.csv" }, "nowhere.csv: there is no such file"],
  ] as const)("with the options %o", async (options, message) => {
    const out = newOut();
    await expect(run(out, "kohya", options)).rejects.toThrow(message);
    expect(() => readdirSync(out)).toThrow();
  });
});

const commandLine = await buildCommandLine();

test("the command reports what it did, and exits with 1 if pictures were refused", async () => {
  const out = newOut();
  const words = ["dataset", "export", input, out, "--for", "kohya", "--size", "512", "--background", "#102030"];
  const { code, output } = await commandLine(words).ended;
  expect(output).toContain("2 exported, with cells of 8 pixels, 2 refused");
  expect(output).toContain("  photo.png: it has no grid; if each pixel is a cell, give --grid 1.");
  expect(output).toContain("the trainer's configuration is kohya.toml.");
  expect(code).toBe(1);

  const [photos, none] = [newOut(), newOut()];
  mkdirSync(photos, { recursive: true });
  cpSync(join(input, "photo.png"), join(photos, "photo.png"));
  const { output: nothing } = await commandLine(["dataset", "export", photos, none, "--for", "kohya"]).ended;
  expect(nothing).toContain(`No picture was exported, so ${none} holds no set for a trainer.`);
  expect(nothing).not.toContain("See ");
});
