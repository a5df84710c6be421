// From the evidence and the odds to a verdict with its reason, one row per path.

import { describe, expect, test } from "vitest";
import type { Evidence } from "../../../src/dataset/audit/evidence.ts";
import { kinds, oddsOf, type Kind, type Odds } from "../../../src/dataset/audit/odds.ts";
import { twofoldTraitsOf, type TwofoldTraits } from "../../../src/dataset/audit/traits/traits.ts";
import { verdictOn } from "../../../src/dataset/audit/verdict.ts";

const odds = (known: Partial<Odds>): Odds => ({
  ...(Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>),
  ...known,
});
const most = (kind: Kind) => odds({ [kind]: 0.9, mixed: kind === "mixed" ? 0.9 : 0.1 });

/** 24 x 24 cells, of which nine in ten have a colour of their own. */
const data = new Uint8ClampedArray(4 * 24 * 24).fill(255);
for (let i = 0; i < 576; i++) data.set([(i % 519) & 255, (i % 519) >> 8, 90], 4 * i);
const traits: TwofoldTraits = twofoldTraitsOf({ width: 24, height: 24, data, hasAlpha: false });

const evidence: Evidence = {
  grid: { verdict: "grid", cell: [4, 4], size: [24, 24], confidence: 0.9 },
  ...{ intact: 1, squareness: 0.95, hasBlocks: false, colors: 24, cells: traits, pixels: traits, antialiasing: 0 },
};
const seen = (verdict: Evidence["grid"]["verdict"], cell = verdict === "grid" || verdict === "mixed" ? 4 : 1) => ({
  grid: { ...evidence.grid, verdict, cell: [cell, cell] as const },
});

test.each<[Partial<Evidence>, Odds, string, string]>([
  [{}, most("real"), "real-pixel-art", "cells of 4 x 4 pixels, each a single color"],
  [{ colors: 1 }, most("real"), "real-pixel-art", "a single color"],
  [seen("native"), most("real"), "real-pixel-art", "already at one pixel per cell"],
  [seen("none"), most("real"), "real-pixel-art", "no visible grid, but drawn at one pixel per cell"],
  [{ intact: 0.9 }, most("rescaled"), "rescaled-pixel-art", "cells of 4 x 4 pixels, whose colors vary inside a cell"],
  [seen("grid", 4.3), most("rescaled"), "rescaled-pixel-art", "cells of 4.3 x 4.3 pixels, not a whole number"],
  [
    seen("none"),
    most("rescaled"),
    "rescaled-pixel-art",
    "drawn, but a resize or compression has hidden the pixel grid",
  ],
  [seen("mixed"), most("mixed"), "mixed-pixel-sizes", "two pixel sizes; the finer is 4 x 4 pixels"],
  [{}, most("mixed"), "mixed-pixel-sizes", "two pixel sizes; cells of 4 x 4 pixels in one part"],
  [seen("native"), most("mixed"), "mixed-pixel-sizes", "two pixel sizes; one pixel per cell in one part"],
  [{}, most("shrunk"), "naive-conversion", "cells of 4 x 4 pixels; 9 colors per 10 cells, as in a shrunk photo"],
  [{}, most("palette"), "naive-conversion", "cells of 4 x 4 pixels; 24 colors with the shading of a shrunk photo"],
  [seen("native"), most("dithered"), "naive-conversion", "one pixel per cell; dithered in 24 colors, like a photo"],
  [seen("none"), most("photo"), "not-pixel-art", "no pixel grid found"],
  [seen("native"), most("photo"), "not-pixel-art", "no pixel grid; 9 colors per 10 cells, as in a shrunk photo"],
  [
    {},
    most("photo"),
    "not-pixel-art",
    "cells of 4 x 4 pixels without squares, as after smooth enlargement or in a JPEG",
  ],
])("%#: with the most likely kind, %j is %s", (known, given, verdict, reason) => {
  expect(verdictOn({ ...evidence, ...known }, given)).toEqual({ verdict, reason, confidence: expect.closeTo(0.9, 9) });
});

test("naive conversions count together, whatever their colors", () => {
  const { verdict, confidence } = verdictOn(evidence, odds({ real: 0.4, shrunk: 0.2, palette: 0.21, dithered: 0.19 }));
  expect([verdict, confidence]).toEqual(["naive-conversion", expect.closeTo(0.6, 9)]);
});

describe("the odds", () => {
  const few: TwofoldTraits = {
    exact: { ...traits.exact, visible: 399 },
    near: { ...traits.near, visible: 399 },
  };
  const possible = (known: Partial<Evidence>) => {
    const found = oddsOf({ ...evidence, ...known });
    expect(kinds.reduce((sum, kind) => sum + found[kind], 0)).toBeCloseTo(1, 12);
    return kinds.filter((kind) => found[kind] > 0);
  };

  test("of real and rescaled art follow what the words mean", () => {
    expect(possible({})).not.toContain("rescaled");
    expect(possible({ intact: 0.9 })).not.toContain("real");
    expect(possible(seen("grid", 4.3))).not.toContain("real");
    expect(possible(seen("none"))).toEqual([...kinds]);
  });

  test("of naive conversions are zero with too few cells", () => {
    expect(possible({ cells: few })).toEqual(["real", "photo"]);
    expect(possible({ cells: few, pixels: few })).toEqual(["real"]);
    expect(possible({ ...seen("native"), cells: few, pixels: few })).toEqual(["real"]);
    expect(possible({ ...seen("mixed"), intact: 0.9, cells: few, pixels: few })).toEqual(["rescaled", "mixed"]);
  });
});
