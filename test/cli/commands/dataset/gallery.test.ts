// The gallery of `pixelcycle dataset audit --html`: it does not depend on how the audit came about,
// and no name can inject code.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditSources } from "../../../../src/cli/commands/dataset/audit.ts";
import { picturesOf, type GalleryFile } from "../../../../src/gallery/data.ts";
import { encodePng } from "../../../../src/platform/pictures/images.node.ts";

const folder = mkdtempSync(join(tmpdir(), "pixelcycle-gallery-"));
afterAll(() => rmSync(folder, { recursive: true }));
const art = join(folder, "art");
const zip = join(folder, "kaggle.zip");
const hostile = `'"><img src=x onerror=alert(1)>\u2028.png`;

/** A few colours in blocks of pixels. */
function drawn(width: number, height: number, block: number, seed: number) {
  const colours = [0xff3020a0, 0xff20c040, 0xffe0e0e0, 0xff101010];
  const pixels = Uint32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [Math.floor((i % width) / block), Math.floor(i / width / block)];
    return colours[(x * x * 7 + y * (5 + seed) + x * y * 3) % 4];
  });
  return encodePng({ width, height, data: new Uint8ClampedArray(pixels.buffer), hasAlpha: false });
}

beforeAll(async () => {
  mkdirSync(art);
  writeFileSync(join(art, "a.png"), await drawn(24, 16, 1, 0));
  writeFileSync(join(art, hostile), await drawn(20, 20, 1, 1));
  writeFileSync(join(art, "broken.png"), "nothing");
  writeFileSync(zip, zipSync({ "set/large.png": await drawn(400, 40, 2, 2), "b.png": await drawn(16, 16, 1, 3) }));
});

let runs = 0;
async function audit(html: string, options: Partial<Parameters<typeof auditSources>[0]> = {}) {
  const csv = join(folder, `table-${runs++}.csv`);
  return auditSources({ quiet: true, sources: [art, zip], csv, html: join(folder, html), ...options });
}

function filesOf(html: string): Record<string, string> {
  const files = readdirSync(join(folder, html), { recursive: true, encoding: "utf8" });
  const paths = files.filter((path) => statSync(join(folder, html, path)).isFile()).sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, html, path), "base64")]));
}

function dataOf(html: string): GalleryFile {
  return JSON.parse(readFileSync(join(folder, html, "data.js"), "utf8").replace(/^globalThis.gallery = |;\n$/g, ""));
}

const part = (index: number) => ({ index, count: 2, origin: "" });

describe("a gallery", () => {
  beforeAll(async () => void (await audit("whole")));

  test("has all pictures, also those of archives, with previews of the readable ones", async () => {
    const pictures = picturesOf(dataOf("whole").columns);
    expect(pictures.map(({ file }) => file.slice(folder.length + 1))).toEqual([
      `art/${hostile}`,
      "art/a.png",
      "art/broken.png",
      "kaggle.zip/b.png",
      "kaggle.zip/set/large.png",
    ]);
    expect(pictures.map(({ source, isPacked }) => [source.slice(folder.length + 1), isPacked])).toEqual([
      ...[0, 1, 2].map(() => ["art", false]),
      ...[0, 1].map(() => ["kaggle.zip", true]),
    ]);
    const sizes = pictures.map(async ({ preview }) => {
      if (!preview) return undefined;
      const path = join(folder, "whole", ".previews", preview.slice(0, 2), preview);
      const large = existsSync(`${path}-large.webp`) ? await sharp(`${path}-large.webp`).metadata() : undefined;
      return { small: (await sharp(`${path}.webp`).metadata()).width, large: large?.width };
    });
    expect(await Promise.all(sizes)).toEqual([
      { small: 20 },
      { small: 24 },
      undefined,
      { small: 16 },
      { small: 192, large: 400 },
    ]);
  });

  test("is a page without any picture's name in it", () => {
    const page = readFileSync(join(folder, "whole", "index.html"), "utf8");
    expect(page).not.toContain("onerror");
    expect(page.match(/<\/script/g)).toHaveLength(2);
    expect(page).toMatch(/MIT License/);
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org|preactjs|opensource)/);
  });

  test("is the same after an interruption, and in parts", async () => {
    const csv = join(folder, "resumed.csv");
    await audit("resumed", { csv, signal: AbortSignal.abort() });
    expect(existsSync(join(folder, "resumed"))).toBe(false);
    await audit("resumed", { csv });
    expect(filesOf("resumed")).toEqual(filesOf("whole"));
    for (const index of [1, 2]) await audit("parts", { shard: part(index) });
    expect(picturesOf(dataOf("parts").columns)).toHaveLength(2);
    const previews = (html: string) => Object.keys(filesOf(html)).filter((path) => path.endsWith(".webp"));
    expect(previews("parts")).toEqual(previews("whole"));
    await audit("parts");
    expect(filesOf("parts")).toEqual(filesOf("whole"));
  });

  test("is made from a finished audit, keeps existing previews, and drops those of missing pictures", async () => {
    const csv = join(folder, "again.csv");
    await audit("again", { csv });
    const previews = join(folder, "again", ".previews");
    const [kept] = readdirSync(previews, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".webp"),
    );
    writeFileSync(join(previews, kept), "as it was");
    writeFileSync(join(previews, "00ff.webp"), "a stranger's");
    const gone = join(previews, "00", `${"0".repeat(24)}.webp`);
    mkdirSync(join(previews, "00"), { recursive: true });
    writeFileSync(gone, "of a picture that is gone");
    await audit("again", { csv });
    expect(readFileSync(join(previews, kept), "utf8")).toBe("as it was");
    expect(existsSync(join(previews, "00ff.webp"))).toBe(true);
    expect(existsSync(gone)).toBe(false);
  });

  test("does not replace a page that it did not write", async () => {
    mkdirSync(join(folder, "site"));
    writeFileSync(join(folder, "site", "index.html"), "<h1>Mine</h1>");
    await expect(audit("site")).rejects.toThrow(/that pixelcycle did not write; name another folder/);
    expect(readdirSync(join(folder, "site"))).toEqual(["index.html"]);
  });
});
