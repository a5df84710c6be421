// Counts distinct numbers.

import { expect, test } from "vitest";
import { countDistinct } from "../src/distinct.ts";
import { Random } from "../src/random.ts";

test("counts as many distinct numbers as a Set", () => {
  const random = new Random(4);
  for (const [length, most] of [
    [0, 1],
    [1, 2],
    [500, 3],
    [3000, 2 ** 32],
    [3000, 900],
  ]) {
    const values = Uint32Array.from({ length }, () => Math.floor(most * random.uniform()));
    expect(countDistinct(values)).toBe(new Set(values).size);
  }
  // Zero counts like any other number, and so do numbers that differ only in their upper bits.
  expect(countDistinct(Uint32Array.of(0, 0, 5, 0))).toBe(2);
  expect(countDistinct(Uint32Array.from({ length: 256 }, (_, i) => i << 24))).toBe(256);
});
