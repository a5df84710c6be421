import * as nodeFiles from "node:fs/promises";
import { chmod, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import {
  appendToFile,
  makeFolders,
  readFileBytes,
  requireWritable,
  writeFileAtomically,
} from "../../../src/platform/files/files.node.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pixelcycle-files-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a file is written with its folders, replaces an older one, and leaves nothing beside it", async () => {
  const path = join(folder, "a/b/c.bin");
  await writeFileAtomically(path, new Uint8Array([1, 2, 3]));
  expect(Array.from(await readFileBytes(path))).toEqual([1, 2, 3]);
  await writeFileAtomically(path, "text");
  expect(await readFile(path, "utf8")).toBe("text");
  expect(await readdir(join(folder, "a/b"))).toEqual(["c.bin"]);
});

test("a reader during a write sees the complete old or new file", async () => {
  const path = join(folder, "a.bin");
  const versions = [1, 2, 3, 4].map((value) => new Uint8Array(1_000_000).fill(value));
  await writeFileAtomically(path, versions[0]);
  let writing = true;
  const written = Promise.all(versions.map((version) => writeFileAtomically(path, version))).finally(
    () => (writing = false),
  );
  while (writing) {
    const bytes = await readFileBytes(path);
    expect(bytes.length).toBe(1_000_000);
    expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
  }
  await written;
});

test("a failure is reported with path and reason, and leaves nothing behind", async () => {
  await writeFile(join(folder, "file"), "");
  await expect(writeFileAtomically(join(folder, "file/a.png"), "x")).rejects.toThrow(/a\.png: .*(file|exist)/);
  await expect(writeFileAtomically(folder, "x")).rejects.toThrow(UserError);
  await expect(readFileBytes(join(folder, "none"))).rejects.toThrow(/none: there is no such file or folder\./);
  expect(await readdir(folder)).toEqual(["file"]);
  expect(
    (await readdir(join(folder, ".."))).filter(
      (name) => name.includes(folder.split("/").at(-1)!) && name.endsWith(".tmp"),
    ),
  ).toEqual([]);
  const error = await writeFileAtomically(folder, "x").catch((error: unknown) => error);
  expect((error as { code?: string }).code).toBeDefined();
});

test.each(["漢".repeat(83), "я".repeat(125), "😀".repeat(62), "a".repeat(251)])(
  "names of up to 255 bytes are written: %s",
  async (stem) => {
    const path = join(folder, `${stem}.png`);
    await writeFileAtomically(path, "x");
    expect(await readdir(folder)).toEqual([`${stem}.png`]);
  },
);

/**
 * Node's functions on a system where creating anything fails with `code`; a recursive mkdir then
 * fails with ENOENT, as in Node.
 */
function refusing(code: string): typeof nodeFiles {
  const refuse = async (_path: string, options?: { recursive?: boolean } | string) => {
    const told = typeof options === "object" && options.recursive ? "ENOENT" : code;
    throw Object.assign(new Error(`${told}: no`), { code: told });
  };
  const mkdir = (path: string, options?: { recursive?: boolean }) =>
    nodeFiles.stat(path).then(
      () => Promise.reject(Object.assign(new Error("EEXIST: there"), { code: "EEXIST" })),
      () =>
        nodeFiles.stat(join(path, "..")).then(
          () => refuse(path, options),
          () =>
            Promise.reject(Object.assign(new Error("ENOENT: none"), { code: options?.recursive ? code : "ENOENT" })),
        ),
    );
  return { ...nodeFiles, mkdir, open: refuse } as unknown as typeof nodeFiles;
}

test("folders are made with their parents, and may exist already", async () => {
  const deep = join(folder, "a/b/c");
  expect(await makeFolders(deep)).toEqual([join(folder, "a"), join(folder, "a/b"), deep]);
  expect(await makeFolders(deep)).toEqual([]);
  const made = await Promise.all(Array.from({ length: 8 }, () => makeFolders(join(folder, "x/y/z"))));
  expect(made.flat().sort()).toEqual([join(folder, "x"), join(folder, "x/y"), join(folder, "x/y/z")]);
});

test("a link is replaced by a file, and nothing is appended through it", async () => {
  const [outside, link] = [join(folder, "outside"), join(folder, "link")];
  await writeFile(outside, "theirs");
  await symlink(outside, link);
  await expect(appendToFile(link, "ours")).rejects.toThrow(
    /link: it is a link.*\. Nothing is written through links: remove it, or name another place to write to\.$/,
  );
  await writeFileAtomically(link, "ours");
  await appendToFile(link, ", too");
  expect(await readFile(link, "utf8")).toBe("ours, too");
  expect(await readFile(outside, "utf8")).toBe("theirs");
});

test.each([
  ["EROFS", "the file system is read-only. Name another place"],
  ["ENOSPC", "the disk is full. Free some space there, or name another place"],
  ["EDQUOT", "the disk quota is used up. Free some space there, or name another place"],
  ["EACCES", "permission is denied. Name another place"],
  ["ENOENT", "no file or folder can be made there. Name another place"], // as in /proc
])("a folder that cannot be made gives %s, and so does the check before the work", async (code, words) => {
  await expect(makeFolders(join(folder, "a/b"), refusing(code))).rejects.toMatchObject({ code });
  for (const path of [folder, join(folder, "a/b")]) {
    const error = await requireWritable(path, refusing(code)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code, message: `${path}: ${words} to write to.` });
  }
});

test("a file in the way of a folder is reported before and while it is made; a writable folder stays unchanged", async () => {
  await writeFile(join(folder, "file"), "");
  for (const path of [join(folder, "file"), join(folder, "file/b")]) {
    await expect(requireWritable(path)).rejects.toThrow(
      "a part of its path is a file, not a folder. Name another place to write to.",
    );
    await expect(writeFileAtomically(join(path, "c.png"), "x")).rejects.toThrow("is a file, not a folder.");
  }
  await requireWritable(join(folder, "new/er"));
  await requireWritable(folder);
  expect(await readdir(folder)).toEqual(["file"]);
});

test.skipIf(process.getuid?.() === 0)("a folder without permission is reported", async () => {
  await chmod(folder, 0o500);
  await expect(writeFileAtomically(join(folder, "a.png"), "x")).rejects.toThrow(/permission is denied/);
  await chmod(folder, 0o700);
});
