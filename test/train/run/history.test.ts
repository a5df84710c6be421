import { describe, expect, test } from "vitest";
import { LossHistory } from "../../../src/train/run/history.ts";
import { lossNames, type Metrics } from "../../../src/train/step/metrics.ts";

const metricsAt = (step: number, loss: number) =>
  ({ step, ...Object.fromEntries(lossNames.map((name) => [name, loss])) }) as unknown as Metrics;

describe("the history of losses", () => {
  test("keeps every step while they are few", () => {
    const history = new LossHistory(8);
    for (let step = 1; step <= 8; step++) history.add(metricsAt(step, step / 3));
    const { step, losses } = history.columns();
    expect(step).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(losses.idt_B).toEqual([0.3333, 0.6667, 1, 1.333, 1.667, 2, 2.333, 2.667]);
  });

  test.each([9, 16, 17, 100, 1023, 1024, 1025])("holds the means of %i steps in few buckets", (count) => {
    const history = new LossHistory(8);
    for (let step = 1; step <= count; step++) history.add(metricsAt(step, step));
    const { step, losses } = history.columns();
    expect(step.length).toBeLessThanOrEqual(8);
    expect(step.length).toBeGreaterThan(4);
    expect(step.at(-1)).toBe(count);
    let first = 1;
    step.forEach((last, bucket) => {
      expect(losses.D_A[bucket]).toBeCloseTo((first + last) / 2, 0);
      first = last + 1;
    });
  });

  test("skips values that are not finite, and is null where there are no others", () => {
    const history = new LossHistory(2);
    for (const [step, loss] of [NaN, 1, Infinity, NaN, 3].entries()) history.add(metricsAt(step, loss));
    expect(history.columns().losses.D_A).toEqual([1, 3]);
    const nothing = new LossHistory(2);
    nothing.add(metricsAt(1, NaN));
    expect(nothing.columns().losses.G_B).toEqual([null]);
  });

  test("has cell losses if a run has them, from when it does", () => {
    const history = new LossHistory(4);
    history.add(metricsAt(1, 1));
    expect(Object.keys(history.columns().losses)).toEqual([...lossNames]);
    for (let step = 2; step <= 8; step++) history.add({ ...metricsAt(step, 1), cell: step, checker: NaN });
    const { losses } = history.columns();
    expect(Object.keys(losses)).toEqual([...lossNames, "cell", "checker"]);
    expect(losses).toMatchObject({ cell: [2, 3.5, 5.5, 7.5], checker: [null, null, null, null] });
  });

  test("of a long run is small", () => {
    const history = new LossHistory();
    for (let step = 1; step <= 100_000; step++) history.add(metricsAt(step, Math.PI * Math.sin(step)));
    expect(JSON.stringify(history.columns()).length).toBeLessThan(250_000);
  });
});
