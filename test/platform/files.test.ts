import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { readFileBytes, writeFileAtomically } from "../../src/platform/files.node.ts";

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

test("whoever reads while it is written sees the old file or the new one, whole", async () => {
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

test("what fails is said by path and reason, and leaves nothing behind", async () => {
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

test.skipIf(process.getuid?.() === 0)("a folder without permission", async () => {
  await chmod(folder, 0o500);
  await expect(writeFileAtomically(join(folder, "a.png"), "x")).rejects.toThrow(/permission is denied/);
  await chmod(folder, 0o700);
});
