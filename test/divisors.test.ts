import { expect, test } from "vitest";
import { greatestCommonDivisor, leastCommonMultiple } from "../src/divisors.ts";

test("divisors and multiples match a search by counting", () => {
  for (let a = 1; a <= 24; a++)
    for (let b = 1; b <= 24; b++) {
      const divides = (n: number) => a % n === 0 && b % n === 0;
      const divisor = Array.from({ length: a }, (_, i) => a - i).find(divides);
      const multiple = Array.from({ length: b }, (_, i) => (i + 1) * a).find((n) => n % b === 0);
      expect([a, b, greatestCommonDivisor(a, b), leastCommonMultiple(a, b)]).toEqual([a, b, divisor, multiple]);
    }
  expect(greatestCommonDivisor(0, 7)).toBe(7);
});
