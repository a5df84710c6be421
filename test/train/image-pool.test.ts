// The pool by its rule: what is shown, what is kept, and how often.

import { expect, test } from "vitest";
import { Random } from "../../src/data/random.ts";
import { ImagePool } from "../../src/train/image-pool.ts";

test("a pool of nothing lets everything through", () => {
  const pool = new ImagePool<number>(0, new Random(1));
  expect([1, 2, 3].map((image) => pool.query(image))).toEqual([1, 2, 3]);
  expect(pool.contents).toEqual([]);
});

test("a pool that fills shows what it is given, and keeps it", () => {
  const pool = new ImagePool<number>(3, new Random(1));
  expect([1, 2, 3].map((image) => pool.query(image))).toEqual([1, 2, 3]);
  expect(pool.contents).toEqual([1, 2, 3]);
});

test("a full pool shows the new image half of the time without keeping it, else an old one in exchange, each place alike", () => {
  const pool = new ImagePool<number>(50, new Random(2));
  const kept = new Set<number>();
  for (let i = 0; i < 50; i++) kept.add(pool.query(i));
  const exchanges = new Map<number, number>();
  let passed = 0;
  const queries = 20_000;
  for (let i = 50; i < 50 + queries; i++) {
    const before = [...pool.contents];
    const shown = pool.query(i);
    if (shown === i) {
      passed++;
      expect(pool.contents).toEqual(before);
    } else {
      const place = before.indexOf(shown);
      expect(pool.contents[place]).toBe(i);
      exchanges.set(place, (exchanges.get(place) ?? 0) + 1);
    }
  }
  expect(passed / queries).toBeGreaterThan(0.48);
  expect(passed / queries).toBeLessThan(0.52);
  expect(exchanges.size).toBe(50);
});

test("what was saved goes on as if nothing had happened", () => {
  const first = new ImagePool<number>(5, new Random(3));
  for (let i = 0; i < 40; i++) first.query(i);
  const random = new Random(3);
  const second = new ImagePool<number>(5, random);
  for (let i = 0; i < 40; i++) second.query(i);
  const third = new ImagePool<number>(5, new Random(random.state));
  third.restore(second.contents);
  for (let i = 40; i < 80; i++) expect(third.query(i)).toBe(first.query(i));
  expect(() => third.restore([1, 2, 3, 4, 5, 6])).toThrow(RangeError);
});
