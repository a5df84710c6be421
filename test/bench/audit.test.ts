// The audit bench: naive conversions, labels, scores, and the fit.

import { describe, expect, test } from "vitest";
import { exampleOf, fit, type Example } from "../../bench/audit/fit.ts";
import { fromArt, fromPhoto, type Labelled } from "../../bench/audit/labelled.ts";
import { naiveCells } from "../../bench/audit/naive.ts";
import { sampleOf } from "../../bench/audit/sample.ts";
import { macroF1, scoreOf, type Judgement } from "../../bench/audit/tables.ts";
import { coloursIn } from "../../src/dataset/audit/cells.ts";
import { meanProbabilities } from "../../src/dataset/audit/network.ts";
import { inputsOf, kinds } from "../../src/dataset/audit/odds.ts";
import { resize } from "../../src/picture/resize.ts";
import { builtInPalette } from "../../src/pixelart/palettes/built-in.ts";
import { artOf, photoOf } from "../pixelart/grid/damaged-art.ts";

const photo = await photoOf("cat");

/** The mean level of a picture, alpha included. */
const meanOf = ({ data }: { data: Uint8ClampedArray }) => data.reduce((sum, level) => sum + level, 0) / data.length;

describe("a naive conversion", () => {
  test("has as many colours as it was given", () => {
    for (const by of ["median cut", "k-means"] as const) {
      const cells = naiveCells(photo, 48, { shrink: "box", palette: { by, colours: 12 } }, 1);
      expect(cells.width).toBe(48);
      expect(coloursIn(cells), by).toBeGreaterThan(9);
      expect(coloursIn(cells), by).toBeLessThanOrEqual(12);
    }
    expect(naiveCells(photo, 48, { shrink: "box" }, 1)).toEqual(resize(photo, 48, 32, "box"));
  });

  test("in a built-in palette has no other colour", () => {
    const known = new Set(builtInPalette("pico-8")!.colours.map(([r, g, b]) => (r << 16) | (g << 8) | b));
    const { data } = naiveCells(photo, 40, { shrink: "box", palette: { named: "pico-8" }, dither: "Bayer 4" }, 1);
    for (let i = 0; i < data.length; i += 4)
      expect(known).toContain((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
  });

  test("keeps the mean of a photo where it is dithered by diffusion", () => {
    const two = { shrink: "box", palette: { named: "1-bit" } } as const;
    const plain = naiveCells(photo, 96, { shrink: "box" }, 1);
    const off = (recipe: Parameters<typeof naiveCells>[2]) =>
      Math.abs(meanOf(naiveCells(photo, 96, recipe, 1)) - meanOf(plain));
    expect(off({ ...two, dither: "Floyd-Steinberg" })).toBeLessThan(off(two) / 2);
  });

  test("uses each threshold of Bayer's matrix once", () => {
    const grey = { width: 8, height: 8, hasAlpha: false, data: new Uint8ClampedArray(256).fill(128) };
    const { data } = naiveCells(grey, 8, { shrink: "box", palette: { named: "1-bit" }, dither: "Bayer 8" }, 1);
    expect(data.filter((level, i) => i % 4 === 0 && level === 255)).toHaveLength(32);
  });
});

describe("labelled pictures", () => {
  test("are the same in every run, and their known cells match the picture", async () => {
    const art = await artOf("ruin", "jungle", "cave", "bridge");
    const small = resize(photo, 60, 40, "box");
    const made = async () => {
      const pictures: Labelled[] = [];
      for await (const one of fromArt({ image: art, source: "a", turn: 0 }, art)) pictures.push(one);
      for await (const one of fromPhoto({ image: small, source: "b", turn: 1 })) pictures.push(one);
      return pictures;
    };
    const pictures = await made();
    const bytesOf = (all: readonly Labelled[]) => Buffer.concat(all.map(({ image }) => Buffer.from(image.data)));
    expect(bytesOf(await made()).equals(bytesOf(pictures))).toBe(true);
    expect(new Set(pictures.map(({ truth }) => truth))).toEqual(new Set(kinds));
    for (const { image, cells, row } of pictures)
      if (cells)
        expect(
          Buffer.from(resize(image, cells.width, cells.height, "nearest").data).equals(Buffer.from(cells.data)),
          row,
        ).toBe(true);
    const sample = sampleOf(pictures[0], "a");
    expect(exampleOf(sample)).toEqual({ inputs: inputsOf(sample.evidence), truth: kinds.indexOf("real") });
  });
});

test("scores match their definitions", () => {
  const one = { confidence: 1, row: "", side: 1, milliseconds: 1 };
  const judgements: Judgement[] = [
    { truth: "real-pixel-art", verdict: "real-pixel-art", ...one },
    { truth: "real-pixel-art", verdict: "real-pixel-art", ...one },
    { truth: "real-pixel-art", verdict: "naive-conversion", ...one },
    { truth: "naive-conversion", verdict: "real-pixel-art", ...one },
    { truth: "naive-conversion", verdict: "real-pixel-art", ...one },
  ];
  expect(scoreOf(judgements, "real-pixel-art")).toMatchObject({ precision: 0.5, recall: 2 / 3 });
  expect(scoreOf(judgements, "real-pixel-art").f1).toBeCloseTo(4 / 7, 12);
  expect(scoreOf(judgements, "naive-conversion")).toEqual({ precision: 0, recall: 0, f1: 0 });
  expect(macroF1(judgements)).toBeCloseTo(4 / 7 / 5, 12);
});

test("the fit learns what no sum of inputs decides, and is the same in every run", () => {
  const examples: Example[] = Array.from({ length: 80 }, (_, i) => {
    const [x, y] = [i % 2, (i >> 1) % 2];
    return { inputs: [x, 0.1 * (i % 7), y], truth: x === y ? 0 : 2 };
  });
  const weights = fit(examples, 3, (truth) => truth, 2);
  for (const { inputs, truth } of examples) expect(meanProbabilities(weights, inputs)[truth]).toBeGreaterThan(0.8);
  expect(fit(examples, 3, (truth) => truth, 2)).toEqual(weights);
});
