import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { cacheFolder, cacheStorage } from "../../../src/platform/files/cache.node.ts";
import { testFolder } from "../../folder.ts";

test("caches are kept where the system keeps them", () => {
  expect(cacheFolder({}, "linux", "/home/a")).toBe(join("/home/a", ".cache", "pixelcycle"));
  expect(cacheFolder({}, "darwin", "/Users/a")).toBe(join("/Users/a", "Library", "Caches", "pixelcycle"));
  expect(cacheFolder({ LOCALAPPDATA: "/local" }, "win32", "/a")).toBe(join("/local", "pixelcycle"));
  for (const platform of ["linux", "darwin", "win32"] as const)
    expect(cacheFolder({ XDG_CACHE_HOME: "/caches" }, platform, "/a")).toBe(join("/caches", "pixelcycle"));
  expect(cacheFolder({ XDG_CACHE_HOME: "" }, "linux", "/a")).toBe(join("/a", ".cache", "pixelcycle"));
});

test("a cache that several write at once is never half of one, and leaves nothing else", async () => {
  const folder = join(testFolder("cache"), "not", "there");
  const one = cacheStorage(folder);
  expect(await one.read("a.json")).toBeNull();
  const texts = Array.from({ length: 12 }, (_, i) => `${i}`.repeat(20_000));
  const writes = texts.map((text) => cacheStorage(folder).write("a.json", text));
  for (let i = 0; i < 20; i++) {
    const bytes = await one.read("a.json");
    if (bytes) expect(texts).toContain(new TextDecoder().decode(bytes));
  }
  await Promise.all(writes);
  expect(texts).toContain(new TextDecoder().decode((await one.read("a.json"))!));
  expect(await readdir(folder)).toEqual(["a.json"]);
  await expect(cacheStorage(join(folder, "a.json")).write("b.json", "")).rejects.toThrow(UserError);
});
