// Whether the losses of a training match PyTorch's (bench/curves/curves.mjs). PyTorch's own seeds
// pass; trainings with deliberate mistakes, which look fine at a glance, do not. Our own curves
// must pass too, where they are published.

import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { lossNames, readCurves, unlike, type Run } from "../../bench/curves/curves.mjs";

const published = new URL("../../docs/curves/", import.meta.url);
const mistaken = new URL("curves/", import.meta.url);
const runsOf = (folder: URL, file: string): Run[] => readCurves(new URL(file, folder)).runs.map(({ losses }) => losses);

const theirs = runsOf(published, "pytorch.json");

test.each(theirs.map((_, seed) => seed))("PyTorch's seed %i is like its others", (seed) => {
  const others = theirs.filter((_, i) => i !== seed);
  expect(unlike(others, theirs[seed])).toEqual([]);
});

test.each([
  ["learning-rate.json", "ten times the learning rate", ["D_A", "D_B"]],
  ["labels.json", "discriminators that take fakes for real", ["D_A", "G_A", "D_B", "G_B"]],
  ["identity.json", "an identity loss that nobody minimises", ["idt_B"]],
])("%s, %s, is noticed", (file, _, losses) => {
  for (const run of runsOf(mistaken, file)) expect(unlike(theirs, run)).toEqual(losses);
});

test.each(lossNames)("half or twice %s is noticed, and nothing else", (loss) => {
  for (const factor of [0.5, 2]) {
    const run = { ...theirs[0], [loss]: theirs[0][loss].map((value) => factor * value) };
    expect(unlike(theirs, run)).toEqual([loss]);
  }
});

test("a loss that is not finite does not match", () => {
  const run = { ...theirs[0], G_A: theirs[0].G_A.map((value, step) => (step === 200 ? NaN : value)) };
  expect(unlike(theirs, run)).toEqual(["G_A"]);
});

test("a run that ends early cannot be compared", () => {
  const run = { ...theirs[0], idt_B: theirs[0].idt_B.slice(0, 299) };
  expect(() => unlike(theirs, run)).toThrow("idt_B ends before step 300");
});

test.runIf(existsSync(new URL("pixelcycle.json", published)))("our published curves are like PyTorch's", () => {
  const runs = runsOf(published, "pixelcycle.json");
  expect(runs.length).toBeGreaterThan(0);
  for (const run of runs) expect(unlike(theirs, run)).toEqual([]);
});
