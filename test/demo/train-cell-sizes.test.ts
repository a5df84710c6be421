// The pixel sizes that are found in a folder, and when a warning appears.

import { expect, test } from "vitest";
import type { OwnGrid } from "../../demo/parts/grid-api.ts";
import { CellSizes, commonSize, countsOf, mixedSentence, sampleSize } from "../../demo/train/start/cell-sizes.ts";
import { spread } from "../../src/spread.ts";

/** The name of a file determines the finding. */
function find({ name }: File): Promise<Pick<OwnGrid, "verdict" | "cell">> {
  if (name === "broken") return Promise.reject(new Error("no picture"));
  if (name === "photo") return Promise.resolve({ verdict: "none", cell: [1, 1] });
  if (name === "mixed") return Promise.resolve({ verdict: "mixed", cell: [2, 2] });
  if (name === "native") return Promise.resolve({ verdict: "native", cell: [1, 1] });
  return Promise.resolve({ verdict: "grid", cell: [Number(name), Number(name) + 0.2] });
}
const files = (...names: string[]) => names.map((name) => new File([], name));

test("each picture is counted by its cells, except unreadable ones", async () => {
  const cells = new CellSizes(find);
  await cells.check(files("4", "native", "photo", "4", "broken", "mixed"));
  expect(cells.total.value).toBe(5);
  expect(cells.isOver.value).toBe(true);
  expect(countsOf(cells.sizes.value)).toEqual([
    { size: 1, count: 1 },
    { size: 4, count: 2 },
    { size: "two", count: 1 },
    { size: "none", count: 1 },
  ]);
});

test("new files replace those that are still being checked", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const cells = new CellSizes(async (file) => {
    if (file.name === "3") await held;
    return find(file);
  });
  const first = cells.check(files("3", "3", "3"));
  await cells.check(files("8"));
  release();
  await first;
  expect(cells.sizes.value).toEqual([8]);
  expect(cells.total.value).toBe(1);
});

test("a sample is spread over a large folder", async () => {
  const cells = new CellSizes(find);
  await cells.check(files(...Array.from({ length: 4 * sampleSize }, (_, i) => (i < 2 * sampleSize ? "2" : "6"))));
  expect(countsOf(cells.sizes.value)).toEqual([
    { size: 2, count: sampleSize / 2 },
    { size: 6, count: sampleSize / 2 },
  ]);
  expect(spread([1, 2], 8)).toEqual([1, 2]);
});

test("a warning names the sizes, the most frequent first, and ignores photos and a few strays", () => {
  expect(mixedSentence([4, 1, 4, "none", "two"])).toBe(
    "Pixel sizes are mixed: 4 pictures with a grid, 2 with cells of 4 pixels, 1 with cells of 1 pixel and 1 with two sizes in one picture.",
  );
  expect(mixedSentence(["two"])).toContain("mixed");
  expect(mixedSentence([])).toBeUndefined();
  expect(mixedSentence(["none", "none"])).toBeUndefined();
  expect(mixedSentence([4, 4, 4, "none"])).toBeUndefined();
  const nine = Array.from({ length: 9 }, () => 4);
  expect(mixedSentence([...nine, 2])).toBeUndefined();
  expect(mixedSentence([...nine, 2, 2])).toContain("mixed");
  expect([commonSize([1, 1, 6, 6, 3]), commonSize([1, "none", "two"])]).toEqual([6, 4]);
});
