import * as nodeFiles from "node:fs/promises";
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { folderStorage, type FileFunctions } from "../../../src/platform/training/storage.node.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pixelcycle-storage-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const text = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);

/**
 * Node's functions, which record each call in `calls`. A call for which `fails` is true throws a
 * system error.
 */
function failing(fails: (call: string) => boolean, code = "ENOSPC"): { files: FileFunctions; calls: string[] } {
  const calls: string[] = [];
  const call = (what: string) => {
    calls.push(what);
    if (fails(what)) throw Object.assign(new Error(`${code}: no`), { code });
  };
  const handleOf = (handle: nodeFiles.FileHandle, name: string) =>
    new Proxy(handle, {
      get(target, property) {
        const value = Reflect.get(target, property);
        if (typeof value !== "function") return value;
        return (...values: unknown[]) => {
          if (property !== "close") call(`${String(property)} ${name}`);
          return value.apply(target, values);
        };
      },
    });
  const nameOf = (path: unknown) => String(path).slice(folder.length + 1) || ".";
  const files = {
    ...nodeFiles,
    async open(path: string, flags: string) {
      call(`open ${nameOf(path)}`);
      return handleOf(await nodeFiles.open(path, flags), nameOf(path));
    },
    async rename(from: string, to: string) {
      call(`rename ${nameOf(from)} ${nameOf(to)}`);
      await nodeFiles.rename(from, to);
    },
  } as unknown as FileFunctions;
  return { files, calls };
}

test("files are written, read, added to, renamed, removed and listed", async () => {
  const storage = folderStorage(join(folder, "run"));
  expect(await storage.list()).toEqual([]);
  expect(await storage.read("a")).toBeNull();
  await storage.write("web/images/a.png", new Uint8Array([1, 2]));
  await storage.write("web/images/a.png", new Uint8Array([3]));
  await storage.append("log/x.txt", "one\n");
  await storage.append("log/x.txt", new Uint8Array([0x32]));
  await storage.rename("log/x.txt", "y.txt");
  expect([...(await storage.read("web/images/a.png"))!]).toEqual([3]);
  expect(text(await storage.read("y.txt"))).toBe("one\n2");
  expect(await storage.list()).toEqual(["web/images/a.png", "y.txt"]);
  await storage.remove("y.txt");
  await storage.remove("y.txt");
  expect(await storage.list()).toEqual(["web/images/a.png"]);
});

test("calls that nobody awaits still happen in order, despite failures", async () => {
  const storage = folderStorage(folder);
  const all = await Promise.allSettled([
    ...Array.from({ length: 20 }, (_, index) => storage.write("a", `${index}`)),
    storage.rename("none", "b"),
    storage.append("a", "!"),
    storage.read("a").then((bytes) => expect(text(bytes)).toBe("19!")),
  ]);
  expect(all.filter(({ status }) => status === "rejected")).toHaveLength(1);
  expect(text(await storage.read("a"))).toBe("19!");
});

test("an incomplete file of a killed run is not listed and not in the way", async () => {
  const storage = folderStorage(folder);
  await writeFile(join(folder, ".state.tmp"), "half");
  expect(await storage.list()).toEqual([]);
  await storage.write("state", "whole");
  expect(await readdir(folder)).toEqual(["state"]);
});

test.skipIf(process.platform === "win32")(
  "the bytes are flushed before the name, and the name after them",
  async () => {
    const { files, calls } = failing(() => false);
    const storage = folderStorage(folder, files);
    await storage.write("state", "x");
    expect(calls).toEqual([
      ...["open .state.tmp", "writeFile .state.tmp", "sync .state.tmp"],
      ...["rename .state.tmp state", "open .", "sync ."],
    ]);
    calls.length = 0;
    await storage.append("log", "x");
    expect(calls).toEqual(["open log", "stat log", "writeFile log", "datasync log", "open .", "sync ."]);
    calls.length = 0;
    await storage.append("log", "y");
    expect(calls).toEqual(["open log", "stat log", "writeFile log", "datasync log"]);
    calls.length = 0;
    await storage.write("web/images/a.png", "x");
    expect(calls.slice(0, 4)).toEqual(["open web", "sync web", "open .", "sync ."]);
  },
);

test("nothing is written through links in the folder", async () => {
  const outside = join(folder, "outside");
  await writeFile(outside, "theirs");
  const storage = folderStorage(join(folder, "run"));
  await mkdir(join(folder, "run"));
  for (const name of [".state.tmp", "state", "log"]) await symlink(outside, join(folder, "run", name));
  await storage.write("state", "ours");
  expect(await storage.read("state")).toEqual(Buffer.from("ours"));
  await expect(storage.append("log", "ours")).rejects.toThrow(
    /log: it is a link.* remove it, or name another place to write to\.$/,
  );
  expect(await readFile(outside, "utf8")).toBe("theirs");
});

describe("a full disk", () => {
  test.each(["open .state.tmp", "writeFile .state.tmp", "sync .state.tmp", "rename .state.tmp state"])(
    "at `%s` is reported, and the old file stays complete",
    async (step) => {
      await folderStorage(folder).write("state", "old");
      const { files, calls } = failing((call) => call === step);
      const failed = folderStorage(folder, files).write("state", "new");
      await expect(failed).rejects.toThrow(UserError);
      await expect(failed).rejects.toThrow(/state: the disk is full\. Free some space .* intact/);
      await expect(failed).rejects.toMatchObject({ code: "ENOSPC" });
      expect(calls.at(-1)).toBe(step);
      expect(await readFile(join(folder, "state"), "utf8")).toBe("old");
      expect(await readdir(folder)).toEqual(["state"]);
    },
  );

  test("during an append leaves no part of it", async () => {
    await folderStorage(folder).append("log", "old\n");
    const { files } = failing((call) => call === "datasync log");
    await expect(folderStorage(folder, files).append("log", "new\n")).rejects.toThrow(/log: the disk is full/);
    expect(await readFile(join(folder, "log"), "utf8")).toBe("old\n");
  });

  test.skipIf(process.platform !== "linux")("that the system itself reports is recognised", async () => {
    await folderStorage(folder).write("state", "old");
    const files = { ...nodeFiles, open: () => nodeFiles.open("/dev/full", "w") } as unknown as FileFunctions;
    await expect(folderStorage(folder, files).write("state", "new")).rejects.toThrow(/state: the disk is full/);
    expect(await readFile(join(folder, "state"), "utf8")).toBe("old");
    await expect(folderStorage(folder, files).append("log", "new")).rejects.toThrow(/log: the disk is full/);
  });
});

test.skipIf(process.platform === "win32")(
  "a file system that cannot flush folders is accepted, a failing disk is not",
  async () => {
    const unable = failing((call) => call === "sync .", "EINVAL");
    await folderStorage(folder, unable.files).write("state", "x");
    const broken = failing((call) => call === "sync .", "EIO");
    await expect(folderStorage(folder, broken.files).write("state", "x")).rejects.toThrow(UserError);
  },
);

test("other failures name the file too", async () => {
  await writeFile(join(folder, "file"), "");
  const storage = folderStorage(folder);
  await expect(storage.write("file/a", "x")).rejects.toThrow(/a: .*(file|exist)/);
  await expect(storage.rename("none", "a")).rejects.toThrow(/none: no file or folder/);
  await storage.write("web/a", "x");
  await expect(storage.read("web")).rejects.toThrow(/web: it is a folder/);
});
