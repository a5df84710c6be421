// The fast transform has the power of the direct one, and folds show where a profile repeats.

import { expect, test } from "vitest";
import { Folding } from "../../../../src/pixelart/grid/signal/fold.ts";
import { powersOfSize } from "../../../../src/pixelart/grid/signal/spectrum.ts";
import { Random } from "../../../../src/random.ts";

test("power is that of the direct transform, of any length up to the size", () => {
  const random = new Random(5);
  for (const [length, size] of [
    [64, 64],
    [37, 64],
    [1, 8],
    [200, 256],
  ] as const) {
    const profile = Float64Array.from({ length }, () => random.uniform());
    const mean = profile.reduce((sum, value) => sum + value / length, 0);
    const powerOf = powersOfSize(size);
    powerOf(Float64Array.from({ length: size }, () => random.uniform()));
    const power = powerOf(profile);
    expect(power).toHaveLength(size / 2 + 1);
    for (let k = 0; k <= size / 2; k++) {
      let [re, im] = [0, 0];
      profile.forEach((value, i) => {
        re += (value - mean) * Math.cos((2 * Math.PI * k * i) / size);
        im += (value - mean) * Math.sin((2 * Math.PI * k * i) / size);
      });
      expect(power[k]).toBeCloseTo(re ** 2 + im ** 2, 9);
    }
  }
});

test.each([2, 3.7, 8, 21.3])(
  "a profile with a peak every %f pixels is explained by that step, and its parts are",
  (step) => {
    const [start, first] = [1.5, 0.8];
    const isLine = (place: number) =>
      Math.abs((place - first) / step - Math.round((place - first) / step)) * step <= 0.5;
    const profile = Float64Array.from({ length: 400 }, (_, i) => (isLine(start + i) ? 1 : 0));
    const folding = new Folding(step);
    for (const [from, to] of [
      [0, 400],
      [90, 310],
      [0, 400],
    ] as const) {
      const { share, place } = folding.at(profile, start, from, to);
      expect(share).toBeGreaterThan(0.7);
      const apart = Math.abs(place - first);
      expect(Math.min(apart, step - apart)).toBeLessThan(0.6);
    }
    expect(new Folding(1.31 * step).at(profile, start).share).toBeLessThan(0.3);
    expect(folding.at(new Float64Array(400).fill(3), start)).toEqual({ share: 0, place: 0 });
  },
);
