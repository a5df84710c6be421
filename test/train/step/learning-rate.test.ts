// The policies against what PyTorch's schedulers give, as the reference documents them.

import { describe, expect, test } from "vitest";
import { learningRateFactor, Plateau } from "../../../src/train/step/learning-rate.ts";

const options = { epochs: 100, decayEpochs: 100, stepEpochs: 50 };

describe("learning rate", () => {
  test("linear is 1 up to epoch 100, 100/101 in epoch 101, and 1/101 in epoch 200", () => {
    const factor = (epoch: number) => learningRateFactor(epoch, { ...options, policy: "linear" });
    expect([1, 100].map(factor)).toEqual([1, 1]);
    expect(factor(101)).toBeCloseTo(100 / 101, 14);
    expect(factor(200)).toBeCloseTo(1 / 101, 14);
  });

  test("step falls to a tenth at epochs 51 and 101", () => {
    const factor = (epoch: number) => learningRateFactor(epoch, { ...options, policy: "step" });
    expect([1, 50].map(factor)).toEqual([1, 1]);
    expect(factor(51)).toBeCloseTo(0.1, 14);
    expect(factor(101)).toBeCloseTo(0.01, 14);
  });

  test("cosine is at a half after half the epochs, at 0 after all of them, and rises again", () => {
    const factor = (epoch: number) => learningRateFactor(epoch, { ...options, policy: "cosine" });
    expect(factor(1)).toBe(1);
    expect(factor(51)).toBeCloseTo(0.5, 14);
    expect(factor(101)).toBeCloseTo(0, 14);
    expect(factor(151)).toBeCloseTo(0.5, 14);
  });

  test("plateau with a metric that never moves falls in epoch 8, and then every 6", () => {
    const plateau = new Plateau();
    const falls: number[] = [];
    for (let epoch = 1, before = 1; epoch <= 30; epoch++) {
      if (plateau.factor !== before) falls.push(epoch);
      before = plateau.factor;
      plateau.endEpoch(0);
    }
    expect(falls).toEqual([8, 14, 20, 26]);
    expect(plateau.factor).toBeCloseTo(0.2 ** 4, 14);
  });

  test("plateau waits while the metric falls by more than a hundredth, and continues from a saved state", () => {
    const plateau = new Plateau();
    for (let epoch = 0; epoch < 50; epoch++) plateau.endEpoch(0.98 ** epoch);
    expect(plateau.factor).toBe(1);
    for (let epoch = 0; epoch < 5; epoch++) plateau.endEpoch(0.98 ** 49);
    const resumed = new Plateau(plateau.save());
    resumed.endEpoch(1);
    expect([plateau.factor, resumed.factor]).toEqual([1, 0.2]);
  });
});
