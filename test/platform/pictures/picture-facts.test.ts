// Facts beside pictures, in folders and archives, reach the listing: tables, DiffusionDB's lists
// and scores, and files about one picture.

import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";
import tar from "tar-stream";
import { afterAll, expect, test } from "vitest";
import type { PictureFacts } from "../../../src/dataset/sources/facts.ts";
import { listSources, SourceReader } from "../../../src/platform/pictures/picture-sources.node.ts";

const root = mkdtempSync(join(tmpdir(), "pixelcycle-facts-"));
afterAll(() => rmSync(root, { recursive: true }));
const parquet = fileURLToPath(new URL("../../dataset/sources/metadata.parquet", import.meta.url));

let folders = 0;
/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = join(root, `${folders++}`);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** The facts about each picture of a source, by its path below `folder`. */
async function factsOf(folder: string, ...sources: string[]) {
  const { pictures, unreadTables } = await listSources(sources.length > 0 ? sources : [folder]);
  const reader = new SourceReader();
  const facts: Record<string, PictureFacts | undefined> = {};
  for (const picture of pictures) facts[picture.file.slice(folder.length + 1)] = await reader.about(picture);
  await reader.close();
  return { facts, unreadTables, stamps: pictures.map(({ stamp }) => stamp) };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const jsonl =
  '{"file_name": "deep/b.png", "text": "b", "license": "CC-BY-4.0", "author": "Ann", "url": "https://x.org/b"}\n';
const csv = 'file_name,caption,licence,source\na.png,"an ""a""",CC0-1.0,\n./deep/b.png,,,gallery\n';

test("of an image folder's tables, the inner one takes precedence", async () => {
  const { facts, unreadTables } = await factsOf(
    folderWith({
      "a.png": "",
      "c.png": "",
      "deep/b.png": "",
      "metadata.csv": csv,
      "metadata.jsonl": jsonl,
      "deep/metadata.jsonl": '{"file_name": "b.png", "text": "inner"}\n',
    }),
  );
  expect(facts).toEqual({
    "a.png": { text: 'an "a"', licence: "CC0-1.0" },
    "c.png": undefined,
    "deep/b.png": { text: "inner", licence: "CC-BY-4.0", author: "Ann", origin: "gallery" },
  });
  expect(unreadTables).toEqual([]);
});

test("a file with the picture's name takes precedence over tables", async () => {
  const { facts } = await factsOf(
    folderWith({
      "a.png": "",
      "a.json": '{"license": "MIT", "prompt": "from json", "frames": {}}',
      "a.txt": "\nfrom a caption\nsecond line",
      "b.jpg": "",
      "b.jpg.json": '{"url": "https://x.org/b", "artist": "Bo"}',
      "c.png": "",
      "c.json": "[1, 2",
      "metadata.csv": csv,
    }),
  );
  expect(facts).toEqual({
    "a.png": { text: "from a caption", licence: "MIT" },
    "b.jpg": { origin: "https://x.org/b", author: "Bo" },
    "c.png": {},
  });
});

const part = '{"aaaa-1.png": {"p": "a ruin", "se": 1, "c": 7, "st": 50, "sa": "k_lms"}, "aaaa-2.png": {"p": "a cave"}}';

test("DiffusionDB's parts are read from folders and zips, with the scores of its table", async () => {
  const folder = folderWith({
    "part-000001/aaaa-1.png": "",
    "part-000001/aaaa-2.png": "",
    "part-000001/part-000001.json": part,
    "part-000002.zip": zipSync({
      "bbbb-3.png": bytes("3"),
      "cccc-4.png": bytes("4"),
      "part-000002.json": bytes('{"bbbb-3.png": {"p": "a bridge"}}'),
    }),
  });
  copyFileSync(parquet, join(folder, "metadata.parquet"));
  const { facts, unreadTables } = await factsOf(folder);
  expect(facts).toEqual({
    "part-000001/aaaa-1.png": { text: "a ruin", nsfw: expect.closeTo(0.1, 6) },
    "part-000001/aaaa-2.png": { text: "a cave", nsfw: 2 },
    "part-000002.zip/bbbb-3.png": { text: "a bridge", nsfw: 0.75 },
    "part-000002.zip/cccc-4.png": {},
  });
  expect(unreadTables).toEqual([]);
  // Also beside an archive that is named directly.
  const zip = await factsOf(folder, join(folder, "part-000002.zip"));
  expect(zip.facts["part-000002.zip/bbbb-3.png"]).toEqual({ text: "a bridge", nsfw: 0.75 });
});

test("zips and tars may contain tables, and members about one picture", async () => {
  const pack = tar.pack();
  pack.entry({ name: "000001.png" }, "1");
  pack.entry({ name: "000001.txt" }, "a ruin");
  pack.entry({ name: "000001.json" }, '{"license": "CC0-1.0"}');
  pack.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of pack) parts.push(part as Uint8Array);
  const { facts } = await factsOf(
    folderWith({
      "shard.tar": Buffer.concat(parts),
      "set.zip": zipSync({
        "set/train/x.png": bytes("x"),
        "set/metadata.jsonl": bytes('{"file":"train/x.png","text":"x"}'),
      }),
    }),
  );
  expect(facts).toEqual({
    "shard.tar/000001.png": { text: "a ruin", licence: "CC0-1.0" },
    "set.zip/set/train/x.png": { text: "x" },
  });
});

test("an unreadable table is reported, and links are not followed", async () => {
  const folder = folderWith({
    "a.png": "",
    "metadata.jsonl": "{}\nno json\n",
    "metadata.parquet": "PAR1",
    "b/b.png": "",
  });
  const outside = folderWith({ "secret.json": '{"text": "secret"}', "metadata.csv": "file_name,text\nb.png,secret\n" });
  symlinkSync(join(outside, "secret.json"), join(folder, "a.json"));
  symlinkSync(join(outside, "metadata.csv"), join(folder, "b", "metadata.csv"));
  const { facts, unreadTables } = await factsOf(folder);
  expect(facts).toEqual({ "a.png": undefined, "b/b.png": undefined });
  expect(unreadTables).toEqual([
    `${join(folder, "metadata.jsonl")}: line 2 is not a JSON object; tables must be CSV (.csv) or JSON lines. Its contents were ignored.`,
    expect.stringMatching(/metadata\.parquet: .*\. Its contents were ignored\.$/),
  ]);
});

test("facts change the stamp, so that a journal is not continued", async () => {
  const folder = folderWith({ "a.png": "", "metadata.csv": csv, "a.txt": "one" });
  const { stamps } = await factsOf(folder);
  expect((await factsOf(folder)).stamps).toEqual(stamps);
  writeFileSync(join(folder, "metadata.csv"), csv.replace("CC0-1.0", "CC-BY-4.0"));
  const changed = (await factsOf(folder)).stamps;
  expect(changed).not.toEqual(stamps);
  utimesSync(join(folder, "a.txt"), 1, 1);
  expect((await factsOf(folder)).stamps).not.toEqual(changed);
});
