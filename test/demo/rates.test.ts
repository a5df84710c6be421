// Predicts the time of a step from earlier steps.

import { expect, test } from "vitest";
import { rateFor, withRate } from "../../demo/train/start/rates.ts";

test("nothing is predicted without a measurement", () => {
  expect(rateFor({}, 1e9)).toBeUndefined();
});

test("a nearer rate replaces that of a much smaller step", () => {
  const small = withRate({}, 1.2e8, 1);
  expect(rateFor(small, 2e12)).toBe(1.2e8);
  const both = withRate(small, 6e9, 2);
  expect(rateFor(both, 2e12)).toBe(3e9);
  expect(rateFor(both, 9e9)).toBe(3e9);
  expect(rateFor(both, 1.5e8)).toBe(1.2e8);
});

test("the last rate of a size counts", () => {
  expect(rateFor(withRate(withRate({}, 1e9, 1), 1.1e9, 0.5), 1e9)).toBe(2.2e9);
});
