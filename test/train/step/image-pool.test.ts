// The pool by its rule: what is shown, what is kept, and how often.

import { expect, test } from "vitest";
import { streamOf } from "../../../src/train/batches/random-streams.ts";
import { decide } from "../../../src/train/step/image-pool.ts";

const decisions = (size: number, count: number) =>
  Array.from({ length: count }, (_, seen) => decide(size, seen, streamOf(7, "pool", seen)));

test("a pool of size 0 shows every image and stores none", () => {
  expect(decisions(0, 3)).toEqual(Array(3).fill({ slot: -1, showsStored: false }));
});

test("a pool that fills stores every image, slot by slot, and shows it", () => {
  expect(decisions(3, 3)).toEqual([0, 1, 2].map((slot) => ({ slot, showsStored: false })));
});

test("a full pool stores nothing half of the time, else shows the image that it replaces, uniformly over the slots", () => {
  const full = decisions(50, 20_050).slice(50);
  const passed = full.filter(({ slot }) => slot === -1);
  expect(passed.every(({ showsStored }) => !showsStored)).toBe(true);
  expect(passed.length / full.length).toBeGreaterThan(0.48);
  expect(passed.length / full.length).toBeLessThan(0.52);

  const exchanged = full.filter(({ slot }) => slot >= 0);
  expect(exchanged.every(({ showsStored }) => showsStored)).toBe(true);
  const counts = Array(50).fill(0);
  exchanged.forEach(({ slot }) => counts[slot]++);
  // 200 each on average, with a deviation of 14.
  expect(Math.min(...counts)).toBeGreaterThan(140);
  expect(Math.max(...counts)).toBeLessThan(260);
});
