// Half precision on the CPU, bit by bit.

import { expect, it } from "vitest";
import { float16ToNumber, float32ToFloat16, numberToFloat16, unitRoundoff } from "../src/float16.ts";

const everyBits = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

it("narrows what it widened to the same bits, NaN to NaN", () => {
  for (const bits of everyBits) {
    const value = float16ToNumber(bits);
    if (Number.isNaN(value)) expect(float16ToNumber(numberToFloat16(value))).toBeNaN();
    else if (numberToFloat16(value) !== bits) expect.fail(`${bits} became ${numberToFloat16(value)}`);
  }
});

it("rounds to the nearest, ties to even, between any two neighbours", () => {
  for (let low = 0; low < 0x7bff; low++) {
    const [a, b] = [float16ToNumber(low), float16ToNumber(low + 1)];
    const middle = (a + b) / 2;
    const even = low % 2 === 0 ? low : low + 1;
    const gap = b - a;
    const rounded = [middle - gap / 1e6, middle, middle + gap / 1e6].map(numberToFloat16);
    if (rounded.join() !== [low, even, low + 1].join()) expect.fail(`between ${a} and ${b}: ${rounded}`);
    if (numberToFloat16(-middle) !== (even | 0x8000)) expect.fail(`between ${-a} and ${-b}`);
  }
});

it.each([
  [65504, 0x7bff],
  [65519.99, 0x7bff],
  [65520, 0x7c00],
  [-Infinity, 0xfc00],
  [-0, 0x8000],
  [2 ** -25, 0],
  [2 ** -25 * 1.0001, 1],
  [5e-324, 0],
])("narrows %d", (value, bits) => expect(numberToFloat16(value)).toBe(bits));

it("narrows many float32 numbers as it does each, at both sides of every middle and end", () => {
  const numbers = new Float32Array(
    [...everyBits].flatMap((bits) => {
      const value = float16ToNumber(bits);
      const middle = value + Math.abs(value) * unitRoundoff;
      return [value, middle, middle * (1 + 2 ** -20), middle * (1 - 2 ** -20), value * 1e-6];
    }),
  );
  expect(float32ToFloat16(numbers)).toEqual(Uint16Array.from(numbers, numberToFloat16));
});
