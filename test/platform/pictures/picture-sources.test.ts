// Lists the pictures of folders and archives as people have them: damaged, hostile, or of kinds
// that are not read. Nothing may be missing silently, and nothing of it ends the listing.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync, type Zippable } from "fflate";
import tar from "tar-stream";
import { describe, expect, test } from "vitest";
import { listSources, SourceReader } from "../../../src/platform/pictures/picture-sources.node.ts";
import { testFolder } from "../../folder.ts";

const folder = testFolder("sources");
const directoryEntry = Buffer.from("PK\u0001\u0002", "latin1");
const text = (words: string) => new TextEncoder().encode(words);

async function tarOf(members: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  const pack = tar.pack();
  for (const [name, bytes] of Object.entries(members)) pack.entry({ name }, Buffer.from(bytes));
  pack.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of pack) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

/** Names without their folder, and what is wrong with each; the bytes too if they can be read. */
async function listed(name: string, bytes: Uint8Array) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const { pictures, incomplete } = await listSources([path]);
  const reader = new SourceReader();
  const rows: [string, string][] = [];
  for (const picture of pictures) {
    const outcome = await reader.read(picture).then(
      (bytes) => new TextDecoder().decode(bytes.subarray(0, 20)),
      (error: unknown) => (error as Error).message,
    );
    rows.push([picture.file.slice(folder.length + 1), outcome]);
  }
  await reader.close();
  return { rows, incomplete: incomplete.map((name) => name.slice(folder.length + 1)) };
}

const unreadable = (reason: string) => expect.stringMatching(`^it cannot be read as an archive \\(${reason}.*\\)`);

describe("a zip", () => {
  const bytes = zipSync({
    "a.png": [text("A".repeat(300)), { level: 0 }],
    "b.png": [text("B".repeat(300)), { level: 0 }],
  });

  test("that is cut short anywhere is listed as one", async () => {
    for (const length of [1, 100, bytes.length >> 1, bytes.length - 22, bytes.length - 1]) {
      const { rows, incomplete } = await listed("short.zip", bytes.subarray(0, length));
      expect(rows, String(length)).toEqual([["short.zip", unreadable("")]]);
      expect(incomplete).toEqual(["short.zip"]);
    }
  });

  test("with a wrong checksum of one member yields the others", async () => {
    const changed = bytes.slice();
    changed[changed.indexOf(66)] ^= 1;
    expect(await listed("changed.zip", changed)).toEqual({
      rows: [
        ["changed.zip/a.png", "A".repeat(20)],
        ["changed.zip/b.png", "it is damaged in its archive: its checksum does not match."],
      ],
      incomplete: [],
    });
  });

  test("with a damaged directory yields the members before the damage", async () => {
    const changed = bytes.slice();
    changed[Buffer.from(changed).lastIndexOf(directoryEntry)] ^= 0xff;
    expect(await listed("directory.zip", changed)).toEqual({
      rows: [
        ["directory.zip", unreadable("invalid central directory")],
        ["directory.zip/a.png", "A".repeat(20)],
      ],
      incomplete: ["directory.zip"],
    });
  });

  test("whose members share their bytes is refused as a whole", async () => {
    const one = zipSync({ "a.png": [text("A".repeat(300)), { level: 0 }] });
    const start = Buffer.from(one).indexOf(directoryEntry);
    const [entry, end] = [one.subarray(start, one.length - 22), one.slice(one.length - 22)];
    const count = 4;
    const view = new DataView(end.buffer);
    for (const at of [8, 10]) view.setUint16(at, count, true);
    view.setUint32(12, count * entry.length, true);
    const bomb = Buffer.concat([one.subarray(0, start), ...Array<Uint8Array>(count).fill(entry), end]);
    expect((await listed("overlap.zip", bomb)).rows).toEqual([
      ["overlap.zip", "its members overlap, as in a zip bomb; get it from another source."],
    ]);
  });

  test("whose member holds more than it says is read no further", async () => {
    const packed = zipSync({ "a.png": text("A".repeat(5000)) });
    const view = new DataView(packed.buffer);
    const directory = Buffer.from(packed).indexOf(directoryEntry);
    for (const at of [22, directory + 24]) view.setUint32(at, 10, true);
    expect((await listed("more.zip", packed)).rows).toEqual([
      ["more.zip/a.png", expect.stringMatching(/^it is damaged in its archive \(too many bytes in the stream/)],
    ]);
  });

  test("with hostile names reads none of them from elsewhere", async () => {
    const names = [
      "../a.png",
      "/a.png",
      "C:\\a.png",
      "x/../../a.png",
      "..\\a.png",
      "\\\\host\\a.png",
      "fine\n\u202e.png",
    ];
    const members: Zippable = Object.fromEntries(names.map((name) => [name, text("A")]));
    const { rows, incomplete } = await listed("hostile.zip", zipSync(members));
    expect(Object.fromEntries(rows)).toEqual({
      "hostile.zip/../a.png": "its name leads out of the archive.",
      "hostile.zip//a.png": "its name is an absolute path.",
      "hostile.zip/C:/a.png": "its name is an absolute path.",
      "hostile.zip/x/../../a.png": "its name leads out of the archive.",
      "hostile.zip///host/a.png": "its name is an absolute path.",
      "hostile.zip/fine\n\u202e.png": "A",
    });
    expect(incomplete).toEqual([]);
  });
});

describe("a tar", () => {
  test("that is cut short yields the members before the cut", async () => {
    const bytes = await tarOf({ "a.png": text("A".repeat(600)), "b.png": text("B".repeat(600)), "c.png": text("C") });
    const whole = [["cut.tar/a.png", "A".repeat(20)] as const, ["cut.tar/b.png", "B".repeat(20)] as const];
    const isCut = ["cut.tar", unreadable("Unexpected end of data")] as const;
    const cutMember = ["cut.tar/b.png", "it is cut short in its archive."] as const;
    expect((await listed("cut.tar", bytes.subarray(0, 512 + 1024 + 512 + 1024 + 100))).rows).toEqual([isCut, ...whole]);
    expect((await listed("cut.tar", bytes.subarray(0, 512 + 1024 + 512 + 300))).rows).toEqual([
      isCut,
      whole[0],
      cutMember,
    ]);
    expect((await listed("cut.tar", bytes.subarray(0, 200))).rows).toEqual([isCut]);
    expect((await listed("cut.tar", bytes.subarray(0, 0))).rows).toEqual([
      ["cut.tar", "it is empty; download it again."],
    ]);
  });

  test("with a damaged header yields the members before it", async () => {
    const bytes = Buffer.from(await tarOf({ "a.png": text("A".repeat(600)), "b.png": text("B") }));
    bytes[1024 + 512 + 3] ^= 1;
    expect((await listed("header.tar", bytes)).rows).toEqual([
      ["header.tar", unreadable("Invalid tar header")],
      ["header.tar/a.png", "A".repeat(20)],
    ]);
  });
});

test("archives within archives and of other kinds are listed as unread", async () => {
  const inner = zipSync({ "a.png": text("A") });
  const { rows, incomplete } = await listed(
    "outer.zip",
    zipSync({ "inner.ZIP": inner, "b.png": text("B"), "c.tar.gz": inner }),
  );
  const nested = "it is an archive within an archive; unpack the outer one.";
  expect(rows).toEqual([
    ["outer.zip/b.png", "B"],
    ["outer.zip/c.tar.gz", nested],
    ["outer.zip/inner.ZIP", nested],
  ]);
  expect(incomplete).toEqual(["outer.zip/c.tar.gz", "outer.zip/inner.ZIP"]);
  for (const name of ["a.rar", "b.tar.xz", "c.tgz", "d.7z"])
    expect((await listed(name, inner)).rows).toEqual([
      [name, expect.stringMatching(/^archives of this kind are not read; /)],
    ]);
});

test.runIf(process.platform === "linux")(
  "files and folders whose names are not UTF-8 are listed as unread",
  async () => {
    const root = join(folder, "latin");
    mkdirSync(root);
    writeFileSync(join(root, "a.png"), "A");
    const latin = (name: string) => Buffer.concat([text(`${root}/`), Buffer.from(name, "latin1")]);
    writeFileSync(latin("caf\xe9.png"), "B");
    mkdirSync(latin("gr\xfcn"));
    const { pictures, incomplete } = await listSources([root]);
    const fault = "its name, or that of its folder, is not valid UTF-8; rename it";
    expect(pictures.map(({ file, fault }) => [file.slice(root.length + 1), fault])).toEqual([
      ["a.png", undefined],
      ["caf\ufffd.png", fault],
      ["gr\ufffdn", fault],
    ]);
    expect(incomplete).toEqual([join(root, "gr\ufffdn")]);
  },
);

test("a file that cannot be read has a reason without its path", async () => {
  const path = join(folder, "gone.png");
  writeFileSync(path, "A");
  const { pictures } = await listSources([path]);
  rmSync(path);
  const reader = new SourceReader();
  await expect(reader.read(pictures[0])).rejects.toThrow(/^there is no such file or folder\.$/);
  await reader.close();
});
