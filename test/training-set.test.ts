// The bundled training set: every picture is 64x64, all pixel art has one grid, and everything is
// credited.

import { readdirSync, readFileSync } from "node:fs";
import sharp from "sharp";
import { expect, test } from "vitest";

const folder = new URL("../samples/train/", import.meta.url);
const filesOf = (side: string) => readdirSync(new URL(side, folder)).map((file) => `${side}/${file}`);
const files = [...filesOf("trainA"), ...filesOf("trainB")];

function decode(file: string) {
  const bytes = readFileSync(new URL(file, folder));
  return sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
}

test("there are as many photos as pieces of pixel art, and exactly these are credited", () => {
  const credits = readFileSync(new URL("CREDITS.md", folder), "utf8");
  const credited = [...credits.matchAll(/^\| ([\w-]+\.(?:jpg|png)) /gm)].map(([, name]) => name);
  expect(credited.sort()).toEqual(files.map((file) => file.slice("trainA/".length)).sort());
  expect(filesOf("trainA").length).toBe(filesOf("trainB").length);
});

test.each(files)("%s is 64x64", async (file) => {
  const { width, height, channels } = (await decode(file)).info;
  expect([width, height, channels]).toEqual([64, 64, 3]);
});

test.each(filesOf("trainB"))("%s has cells of 2x2 from the corner on", async (file) => {
  const { data } = await decode(file);
  const at = (x: number, y: number) => data.readUIntBE(3 * (64 * y + x), 3);
  let edges = 0;
  for (let y = 0; y < 64; y++) {
    for (let x = 0; x < 64; x++) {
      expect(at(x, y)).toBe(at(x & ~1, y & ~1));
      // The cells are no larger than that: somewhere two pixels of the same cell of 4x4 differ.
      if (x % 4 === 2 && at(x, y) !== at(x - 1, y)) edges++;
    }
  }
  expect(edges).toBeGreaterThan(0);
});
