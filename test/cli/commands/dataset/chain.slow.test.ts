// The commands of docs/dataset.md, "The whole way", verbatim: a zip of mixed pictures and photos
// becomes a set, a network is trained on it, and its output becomes a set that the trainers'
// loaders read. Sizes and the network are smaller than the defaults.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExportRecord } from "../../../../src/dataset/export/record.ts";
import { crop } from "../../../../src/picture/preprocess.ts";
import { enlarge } from "../../../../src/pixelart/grid/cells/geometry.ts";
import { decodeImage, encodePng } from "../../../../src/platform/pictures/images.node.ts";
import { bundle } from "../../../bundle.ts";
import { artOf, photoOf } from "../../../pixelart/grid/damaged-art.ts";
import { python, pythonHas } from "../../../python.ts";

const cli = join(await bundle({ cli: "src/cli/main.ts" }), "cli.js");
const docs = readFileSync(fileURLToPath(new URL("../../../../docs/dataset.md", import.meta.url)), "utf8");
const [, commands] = /## The whole way[^]*?```sh\n([^]*?)```/.exec(docs)!;
const smaller: Readonly<Record<string, string>> = {
  prepare: "--size 64",
  train: "--netG resnet_6blocks --netD pixel --ngf 4 --ndf 4 --crop_size 64 --max_steps 3 --seed 1",
  export: "--size 512",
};

const folder = mkdtempSync(join(tmpdir(), "pixelcycle-chain-"));
afterAll(() => rmSync(folder, { recursive: true }));
const wordsIn = (line: string) => [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);

function run(line: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...wordsIn(line)], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(status, `${line}\n${stdout}${stderr}`).toBe(0);
  return stdout + stderr;
}

const lines = <Row>(name: string) =>
  readFileSync(join(folder, name), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);

const said = new Map<string, string>();
beforeAll(async () => {
  mkdirSync(join(folder, "photos"));
  const [art, cat] = [await artOf("ruin", "jungle", "cave", "bridge"), await photoOf("cat")];
  const png = (image: typeof art, cell = 1) => encodePng(enlarge(image, cell, cell * image.width, cell * image.height));
  writeFileSync(join(folder, "photos", "cat.png"), await png(crop(cat, 0, 0, 160, 140)));
  writeFileSync(join(folder, "photos", "ear.png"), await png(crop(cat, 60, 40, 128, 96)));
  const members = {
    "pack/three.png": await png(art, 3),
    "pack/three.json": new TextEncoder().encode('{"license": "CC0-1.0", "author": "Ann"}'),
    "pack/again.png": await png(art, 5),
    "pack/one.png": await png(await artOf("bridge", "cave", "jungle", "ruin")),
    "pack/photo.png": await png(crop(cat, 40, 40, 90, 90)),
    "pack/broken.png": new TextEncoder().encode("no picture"),
  };
  writeFileSync(join(folder, "mixed.zip"), zipSync(members));
  for (const line of commands.trim().split("\n")) {
    const words = line.replace("npx pixelcycle ", "");
    const [name] = /audit|prepare|train|convert|export/.exec(words)!;
    said.set(name, run(`${words} ${smaller[name] ?? ""}`));
  }
}, 240_000);

test("the audit and the set account for each picture of the zip", () => {
  const verdicts = Object.fromEntries(
    lines<{ file: string; verdict: string }>("audit.jsonl").map(({ file, verdict }) => [file, verdict]),
  );
  expect(verdicts).toMatchObject({
    "mixed.zip/pack/three.png": "real-pixel-art",
    "mixed.zip/pack/broken.png": "broken",
    "mixed.zip/pack/photo.png": "not-pixel-art",
  });
  const art = lines<{ file: string; source: string; licence?: string }>("data/manifest.jsonl").filter(({ file }) =>
    file.startsWith("trainB"),
  );
  expect(new Set(art.map(({ source }) => source)).size).toBe(2); // one of the two alike is dropped
  expect([...said.keys()]).toEqual(["audit", "prepare", "train", "convert", "export"]);
  expect(said.get("train")).not.toContain("not at cell 4");
});

test("the network's output becomes a set with whole cells", async () => {
  const records = lines<ExportRecord>("set/provenance.jsonl");
  expect(records.map(({ source }) => source)).toEqual(["cat.png", "ear.png"]);
  for (const { file, columns, rows, colors, caption } of records) {
    expect(caption).toBe(`pixel art, ${columns}x${rows}, ${colors} colors`);
    expect(await decodeImage(join(folder, "set", file))).toMatchObject({ hasAlpha: false });
  }
  expect(readdirSync(join(folder, "art"))).toEqual(["cat.png", "ear.png"]);
});

function loaded(script: string): unknown {
  const env = { ...process.env, HF_HUB_OFFLINE: "1", HF_HOME: join(folder, "hf") };
  const { status, stdout, stderr } = spawnSync(python, ["-c", script], { cwd: folder, encoding: "utf8", env });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

describe("loaded by", () => {
  const captions = () => lines<ExportRecord>("set/provenance.jsonl").map(({ caption }) => caption);

  test.skipIf(!pythonHas("datasets"))("datasets (skipped where Python lacks it)", () => {
    const script = `
import json
from datasets import load_dataset
print(json.dumps([row["text"] for row in load_dataset("imagefolder", data_dir="set", split="train")]))`;
    expect(loaded(script)).toEqual(captions());
  });

  test.skipIf(!pythonHas("webdataset"))("webdataset (skipped where Python lacks it)", () => {
    run(
      `dataset export art shards --for webdataset --size 512 --template "pixel art, {columns}x{rows}, {colors} colors"`,
    );
    const script = `
import json, webdataset
rows = webdataset.WebDataset(["shards/pixelart-000000.tar"], shardshuffle=False).decode("pil").to_tuple("png", "txt")
print(json.dumps([text for _, text in rows]))`;
    expect(loaded(script)).toEqual(captions());
  });
});
