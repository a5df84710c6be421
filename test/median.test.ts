// Medians by selection are those by sorting.

import { expect, test } from "vitest";
import { selectMedian } from "../src/median.ts";
import { Random } from "../src/random.ts";

test("selection finds the upper median, whatever the order and however many values are equal", () => {
  const random = new Random(1);
  for (let length = 1; length < 60; length++)
    for (const different of [1, 2, 5, 1000]) {
      const values = Float64Array.from({ length }, () => random.below(different) - 3.5);
      for (const order of [values, values.slice().sort(), values.slice().sort().reverse()])
        expect(selectMedian(order.slice())).toBe(values.slice().sort()[length >> 1]);
    }
  expect(selectMedian(new Float64Array(0))).toBe(0);
});
