import { expect, test } from "vitest";
import { Random } from "../src/random.ts";

test("the published sequence of xoshiro128** from the state 1, 2, 3, 4", () => {
  const random = new Random([1, 2, 3, 4]);
  const first = Array.from({ length: 6 }, () => random.bits());
  // Computed with Vigna's C code.
  expect(first).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492]);
});

test("a saved state continues the same sequence, through JSON too", () => {
  const random = new Random(42);
  for (let i = 0; i < 10; i++) random.bits();
  const copy = new Random(JSON.parse(JSON.stringify(random.state)));
  for (let i = 0; i < 100; i++) expect(copy.uniform()).toBe(random.uniform());
});

test("near seeds, negative ones and large ones give different sequences", () => {
  const seeds = [0, 1, 2, -1, -2, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1, -(2 ** 53 - 1)];
  expect(new Set(seeds.map((seed) => new Random(seed).state.join())).size).toBe(seeds.length);
  expect(() => new Random(0.5)).toThrow(RangeError);
  expect(() => new Random(NaN)).toThrow(RangeError);
  expect(() => new Random([0, 0, 0, 0])).toThrow(RangeError);
});

test("uniform numbers fill [0, 1) evenly", () => {
  const random = new Random(1);
  const bins = new Array(10).fill(0);
  for (let i = 0; i < 100_000; i++) bins[Math.floor(random.uniform() * 10)]++;
  // Five standard deviations of a binomial count around 10,000.
  for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(9000));
});

test("integers below a bound reach every value, evenly", () => {
  const random = new Random(2);
  for (const bound of [1, 2, 3, 7]) {
    const counts = new Array(bound).fill(0);
    for (let i = 0; i < 20_000; i++) counts[random.below(bound)]++;
    for (const count of counts) expect(Math.abs(count - 20_000 / bound)).toBeLessThan(5 * Math.sqrt(20_000 / bound));
  }
  expect(random.below(2 ** 32)).toBeLessThan(2 ** 32);
  for (const bound of [0, -1, 1.5, NaN, 2 ** 33]) expect(() => random.below(bound)).toThrow(RangeError);
});
