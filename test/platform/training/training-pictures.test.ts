// The folders of a dataset: which files are listed, in which order, and the errors if something is
// missing.

import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { compareCodePoints } from "../../../src/formats/pictures/picture-file.ts";
import { patiently, PictureFolders } from "../../../src/platform/training/training-pictures.node.ts";
import { Random } from "../../../src/random.ts";
import { Dataset } from "../../../src/train/batches/dataset.ts";
import { defaultTrainingOptions } from "../../../src/train/options/options.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "pixelcycle-dataset-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, content: string | Uint8Array = ""): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

function picture(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: "teal" } })
    .png()
    .toBuffer();
}

function noiseOf(width: number, height: number): Buffer {
  const random = new Random(1);
  return Buffer.from(Array.from({ length: 3 * width * height }, () => random.bits() & 255));
}

function namesOf(folders: PictureFolders, side: "A" | "B"): string[] {
  return Array.from({ length: folders.count(side) }, (_, i) => folders.name(side, i).slice(root.length + 1));
}

describe("listing", () => {
  test("lists pictures recursively, in Python's order of whole paths", async () => {
    await write("trainB/b.png");
    // sorted() of these paths in Python: "-" is less than "/", capitals before small letters, emoji
    // after all of the basic plane.
    const sorted = ["B.PNG", "a-b/1.jpeg", "a.webp", "a/1.png", "a/b/2.tiff", "b.Jpg", "é.bmp", "\ufb01.png", "😀.png"];
    for (const name of [...sorted].reverse()) await write(`trainA/${name}`);
    for (const name of ["notes.txt", "Thumbs.db", ".hidden.png", "._a.png", ".cache/x.png", "png"])
      await write(`trainA/${name}`);
    await mkdir(join(root, "trainA/folder.png"));
    const folders = await PictureFolders.open(root);
    expect(namesOf(folders, "A")).toEqual(sorted.map((name) => `trainA/${name}`));
    expect(namesOf(folders, "B")).toEqual(["trainB/b.png"]);
  });

  test("follows links to files and folders, lists broken ones, and ends loops", async () => {
    await write("trainA/a.png");
    await write("elsewhere/c.png");
    await write("trainB/b.png");
    await symlink(join(root, "elsewhere/c.png"), join(root, "trainA/link.png"));
    await symlink(join(root, "nowhere.png"), join(root, "trainA/lost.png"));
    await symlink(join(root, "elsewhere"), join(root, "trainA/sub"));
    await symlink(join(root, "trainA"), join(root, "trainA/loop.png"));
    await symlink(".", join(root, "elsewhere/again"));
    const folders = await PictureFolders.open(root);
    expect(namesOf(folders, "A")).toEqual(["trainA/a.png", "trainA/link.png", "trainA/lost.png", "trainA/sub/c.png"]);
    await expect(folders.size("A", 2)).rejects.toThrow("lost.png: there is no such file or folder.");
    await expect(folders.load("A", 2)).rejects.toThrow("lost.png: there is no such file or folder.");
  });

  test("names unsupported pictures, and accepts those without an extension", async () => {
    await write("trainA/IMG_1.HEIC");
    await write("trainA/deep/x.nef");
    await write("trainA/untold", await picture(2, 2));
    await write("trainA/Makefile", "all:");
    await write("trainA/more.ZIP");
    await write("trainB/old.tar.gz");
    await write("trainA/notes.txt");
    await write("trainB/b.png");
    await write("trainB/phone", "\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    const folders = await PictureFolders.open(root);
    expect(namesOf(folders, "A")).toEqual(["trainA/untold"]);
    expect(folders.leftOut).toEqual([
      "2 HEIC files left out: IMG_1.HEIC, phone; convert them to JPEG or PNG first.",
      "1 NEF file left out: deep/x.nef; convert it to JPEG or PNG first.",
      "2 archives left out: more.ZIP, old.tar.gz; unpack them first.",
    ]);
  });

  test("accepts another phase, and the first of the list up to a maximum", async () => {
    for (const name of ["c", "a", "b"]) await write(`valA/${name}.png`);
    await write("valB/x.png");
    const folders = await PictureFolders.open(root, "val", 2);
    expect([namesOf(folders, "A"), namesOf(folders, "B")]).toEqual([["valA/a.png", "valA/b.png"], ["valB/x.png"]]);
  });

  test("code points are compared as Python compares them, for any strings", () => {
    const random = new Random(1);
    const points = [0x2d, 0x2f, 0x41, 0x61, 0xe9, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x1f600, 0x10ffff];
    const strings = Array.from({ length: 300 }, () =>
      String.fromCodePoint(...Array.from({ length: random.below(5) }, () => points[random.below(points.length)])),
    );
    const byPoints = (a: string, b: string) => {
      const [x, y] = [a, b].map((text) => Array.from(text, (letter) => letter.codePointAt(0)!));
      const at = x.findIndex((point, i) => point !== y[i]);
      return at < 0 ? x.length - y.length : at >= y.length ? 1 : x[at] - y[at];
    };
    for (const a of strings) {
      for (const b of strings) expect(Math.sign(compareCodePoints(a, b))).toBe(Math.sign(byPoints(a, b)));
    }
  });
});

describe("missing parts are reported", () => {
  const open = () => PictureFolders.open(join(root, "data"));

  test.each([
    [
      "no folder at all",
      [],
      /^`dataroot` .*data: there is no such .* belong in .*trainA, those of the other in .*trainB\./,
    ],
    ["nothing in it", ["data/"], /trainA: there is no such .*; .*data contains nothing at all\.$/],
    ["one side", ["data/trainA/a.png", "data/x.txt"], /trainB: there is no such .* contains trainA, x\.txt\.$/],
    ["the sides themselves", ["data/a.png", "data/b.png"], /trainA: there is no such .* contains a\.png, b\.png\.$/],
    ["a file", ["data"], /^`dataroot` .*data: a part of its path is a file/],
    ["a file for a side", ["data/trainA", "data/trainB/b.png"], /trainA is a file, not a folder\./],
    [
      "an empty side",
      ["data/trainA/a.png", "data/trainB/"],
      /trainB contains no readable picture, only nothing at all; pictures end/,
    ],
    [
      "no picture",
      ["data/trainA/a.png", ...[..."abcdefghij"].map((name) => `data/trainB/${name}.heic`)],
      /trainB contains no readable picture, only a\.heic, .*h\.heic and 2 more; 10 HEIC files left out: a\.heic, .* and 5 more; convert them to JPEG or PNG first\.$/,
    ],
  ])("%s", async (_, paths, message) => {
    for (const path of paths) {
      if (path.endsWith("/")) await mkdir(join(root, path), { recursive: true });
      else await write(path);
    }
    await expect(open()).rejects.toThrow(message);
    await expect(open()).rejects.toThrow(UserError);
  });
});

describe("pictures", () => {
  test("are measured by their beginning, or by the whole if the beginning does not suffice", async () => {
    const noise = noiseOf(300, 200);
    const raw = sharp(noise, { raw: { width: 300, height: 200, channels: 3 } });
    const files = {
      "a.png": await raw.clone().png().toBuffer(),
      "b.jpg": await raw.clone().jpeg({ quality: 100 }).withMetadata({ orientation: 6 }).toBuffer(),
      "c.webp": await raw.clone().webp({ lossless: true }).toBuffer(),
      "d.tiff": await raw.clone().tiff({ compression: "none" }).toBuffer(),
      "e.ppm": Buffer.concat([Buffer.from("P6 300 200 255\n"), noise]),
    };
    for (const [name, bytes] of Object.entries(files)) {
      expect(bytes.length, name).toBeGreaterThan(65536);
      await write(`trainA/${name}`, bytes);
    }
    await write("trainB/b.png", await picture(5, 4));
    const folders = await PictureFolders.open(root);
    for (const index of Object.keys(files).keys()) {
      const { width, height } = await folders.load("A", index);
      expect(await folders.size("A", index)).toEqual({ width, height });
      expect([width, height]).toEqual(index === 1 ? [200, 300] : [300, 200]);
    }
  });

  test("train as they are on the disk, except broken ones", async () => {
    const whole = await sharp(await picture(64, 64))
      .jpeg()
      .toBuffer();
    for (let i = 0; i < 12; i++)
      await write(`trainA/${i}.jpg`, i === 3 ? whole.subarray(0, whole.length - 200) : whole);
    await write("trainB/b.png", await picture(64, 64));
    const warnings: string[] = [];
    const options = { ...defaultTrainingOptions, loadSize: 48, cropSize: 32, serialBatches: true };
    const dataset = await Dataset.open(await PictureFolders.open(root), options, {
      onWarning: (sentence) => warnings.push(sentence),
    });
    const shown: string[] = [];
    for (let number = 0; number < 12; number++) {
      const { realA, realB, namesA } = await dataset.batch(1, number);
      expect([realA[0].width, realA[0].height, realB[0].data.length]).toEqual([32, 32, 4 * 32 * 32]);
      shown.push(...namesA);
    }
    // Sorted as text, 3.jpg is sixth, and 4.jpg follows it.
    expect(shown[5]).toBe(shown[6]);
    expect(warnings).toContainEqual(
      expect.stringMatching(/trainA.3\.jpg: it is a damaged or incomplete JPEG .* The next picture is used instead\.$/),
    );
    expect(warnings.length).toBe(2);
  });
});

describe("a temporary problem", () => {
  const failing = (times: number, code: string) => {
    let calls = 0;
    return async () => {
      if (calls++ < times) throw Object.assign(new UserError("x: trouble."), { code });
      return calls;
    };
  };

  test("is waited out; permanent and other problems are reported", async () => {
    expect(await patiently(failing(2, "EIO"), [1, 1, 1])).toBe(3);
    expect(await patiently(failing(3, "EMFILE"), [1, 1, 1])).toBe(4);
    await expect(patiently(failing(4, "ESTALE"), [1, 1, 1])).rejects.toThrow("x: trouble.");
    await expect(patiently(failing(1, "ENOENT"), [1, 1, 1])).rejects.toThrow("x: trouble.");
  });
});
