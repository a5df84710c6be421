// Typed arrays that are compared as memory give the same result as vitest's own comparison.

import { expect, test } from "vitest";

test("typed arrays are equal if their type, length and every number are", () => {
  const numbers = Float32Array.of(1, NaN, -0);
  expect({ numbers: numbers.slice() }).toEqual({ numbers });
  expect(new Float32Array([0, 1, NaN, -0]).subarray(1)).toEqual(numbers);
  expect(Float32Array.of(1, NaN, 0)).not.toEqual(numbers);
  expect(Float32Array.of(1, NaN)).not.toEqual(numbers);
  expect(new Uint32Array(numbers.buffer)).not.toEqual(numbers);
  expect(new Uint8ClampedArray(4)).not.toEqual(new Uint8Array(4));
  expect(() => expect(Uint8Array.of(1, 2)).toEqual(Uint8Array.of(1, 3))).toThrow(/deeply equal/);
});
