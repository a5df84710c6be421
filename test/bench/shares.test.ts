import { expect, test } from "vitest";
import { fallen, sharesOf } from "../../bench/check/shares.ts";
import type { Layer } from "../../bench/layers.ts";

test("a share belongs to the engine's variant and is relative to the last peak", () => {
  const peak = (flopsPerSecond: number) =>
    ({ kind: "peak", peak: { flopsPerSecond, bytesPerSecond: 1, arithmetic: "", memory: "" } }) as const;
  const layers = [
    { name: "a", flops: 10 },
    { name: "b", flops: 30 },
  ] as Layer[];
  const time = { variant: "", compileSeconds: 0 };
  const shares = sharesOf([
    { kind: "planned", layers },
    peak(5),
    {
      kind: "layer",
      index: 1,
      times: [
        { ...time, chosen: false, seconds: 1 },
        { ...time, chosen: true, seconds: 2 },
      ],
    },
    { kind: "layer", index: 0, times: [{ ...time, chosen: true, seconds: 4 }] },
    peak(20),
  ]);
  expect(shares).toEqual({ a: 0.125, b: 0.75 });
});

test("a fall by a fifth is reported, and so is a missing layer", () => {
  const before = { same: 0.5, little: 0.5, fifth: 0.5, gone: 0.5, gained: 0.5 };
  expect(fallen(before, { same: 0.5, little: 0.41, fifth: 0.4, gained: 0.9, new: 0.1 })).toEqual(["fifth", "gone"]);
});
