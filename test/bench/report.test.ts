// The page of the bench, from made-up figures: its texts, the positions of its points, and that
// names cannot break out of it.

import { describe, expect, test } from "vitest";
import { exponentOf, growthOf, type Subject } from "../../bench/growth.ts";
import { chartSvg } from "../../bench/report/chart.ts";
import { reportPage } from "../../bench/report/page.ts";
import type { BenchReport } from "../../bench/report/report.ts";

const time = { variant: "tiled <8x1>", chosen: true, seconds: 0.5, compileSeconds: 0 };
const report: BenchReport = {
  date: "2026-11-29T12:00:00.000Z",
  versions: { pixelcycle: "1.2.3" },
  adapter: { name: "<b>GPU</b>", vendor: "v", architecture: "a", driver: "d", software: false },
  fast: false,
  load: 1,
  sizes: { side: 64, width: 32, batch: 1, blocks: 6 },
  peak: { flopsPerSecond: 8e9, bytesPerSecond: 1e9, arithmetic: "", memory: "" },
  layers: [
    { name: "3x3", count: 2, flops: 2e9, bytes: 1e9, times: [{ ...time, chosen: false, seconds: 9 }, time] },
    { name: "3x3, filter gradient", count: 2, flops: 16e9, bytes: 1e9, times: [{ ...time, seconds: 2 }] },
  ],
  growth: [],
};

test("the page places each layer under the roofline, in the variant that the engine chooses", () => {
  const page = reportPage(report);
  expect(page).not.toContain("<b>GPU");
  expect(page).toContain("&lt;b&gt;GPU&lt;/b&gt;");
  expect(page).toContain("3x3: 4.00 GFLOP/s, 50.0 % of peak (tiled &lt;8x1&gt;)");
  const circles = Array.from(page.matchAll(/<circle class="series-(\d)" cx="([\d.]+)" cy="([\d.]+)"/g), ([, ...all]) =>
    all.map(Number),
  );
  const [[, lowX, lowY], [series, highX, highY]] = circles;
  expect(series).toBe(2);
  expect(highX).toBeGreaterThan(lowX);
  expect(highY).toBeLessThan(lowY);
  // Both axes are logarithms: 8 is as far from 4 as the roof, and the second layer lies on it.
  const roof = /class="line" d="M[\d. ]+L[\d.]+ ([\d.]+)L/.exec(page)![1];
  expect(highY).toBeCloseTo(Number(roof), 1);
  expect(page).not.toContain("<h2>Growth");
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});

test("a chart without points is empty, and a single point has a position", () => {
  const text = String;
  expect(chartSvg({ title: "", points: [], lines: [], xText: text, yText: text })).toBe("");
  const svg = chartSvg({ title: "", points: [{ x: 3, y: 5, label: "<" }], lines: [], xText: text, yText: text });
  expect(svg).toContain("<title>&lt;</title>");
  expect(svg).not.toContain("NaN");
});

describe("growth", () => {
  const measured: number[] = [];
  const subject: Subject = {
    of: "step",
    cost: ({ side }) => ({ flops: side ** 2, bytes: 10 * side ** 2 }),
    seconds: ({ side }) => {
      measured.push(side);
      return Promise.resolve(side ** 2 / 1e4);
    },
  };
  const sizes = { side: 64, width: 8, batch: 1 };

  test("is timed while the estimate allows, planned beyond, and its power is found", async () => {
    const { points, timeExponent, memoryExponent } = await growthOf(subject, "side", sizes, { seconds: 7, bytes: 1e9 });
    expect(measured).toEqual([32, 64, 128, 256]);
    expect(points.map(({ value }) => value).at(-1)).toBe(2048);
    expect(points.map(({ seconds }) => seconds !== undefined)).toEqual([true, true, true, true, false, false, false]);
    expect(timeExponent).toBeCloseTo(2, 9);
    expect(memoryExponent).toBeCloseTo(2, 9);
    expect(
      reportPage({ ...report, growth: [{ of: "step", along: "side", points, timeExponent, memoryExponent }] }),
    ).toContain("grows with the power 2.00");
  });

  test("is not timed if memory would not suffice", async () => {
    const { points } = await growthOf(subject, "side", sizes, { seconds: 1e9, bytes: 10 * 64 ** 2 });
    expect(points.filter(({ seconds }) => seconds !== undefined).map(({ value }) => value)).toEqual([32, 64]);
  });

  test("has the power of its two largest timed points", () => {
    const points = [
      [1, 1],
      [2, 2],
      [4, 16],
      [8, undefined],
    ] as const;
    expect(exponentOf(points)).toBeCloseTo(3, 9);
  });

  test("has no power from a single point", () => {
    expect(
      exponentOf([
        [1, 2],
        [2, undefined],
      ]),
    ).toBeUndefined();
  });
});
