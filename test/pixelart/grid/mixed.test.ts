// Pictures of two pixel sizes are told from plain ones.

import { describe, expect, test } from "vitest";
import { enlarge, kernels } from "../../../bench/enlarge.ts";
import { composed, type Composite } from "../../../bench/grid-methods/composites.ts";
import { findGrid } from "../../../src/pixelart/grid/detect.ts";
import { artOf, blurred, jpegOf, photoOf } from "./damaged-art.ts";

const ruin = await artOf("ruin", "jungle", "cave", "bridge");
const airship = await artOf("airship", "beach", "castle-tower", "village-house");

describe("two sizes", () => {
  test.each<[Composite["what"], number, number]>([
    ["figure", 4, 8],
    ["figure", 2, 4],
    ["figure", 3, 6],
    ["half", 8, 4],
    ["figure", 1, 4],
    ["digits", 1, 4],
    ["digits", 2, 6],
    ["half", 1, 3],
    ["half", 4, 8],
  ])("are told, and the finer of them: %s, enlarged %i times, on art enlarged %i times", async (what, above, below) => {
    const image = await composed(ruin, airship, { name: "", what, above, below }, 7);
    const step = Math.min(above, below);
    expect(findGrid([image!])).toMatchObject({ verdict: "mixed", cell: [step, step] });
  });
});

describe("one size", () => {
  test.each([1, 2, 3, 4, 5.33, 6.4, 8])("is not two: art enlarged %f times", (factor) => {
    for (const art of [ruin, airship]) {
      const { verdict } = findGrid([enlarge(art, kernels.nearest, { factor: [factor, factor] })]);
      expect(verdict).toBe(factor === 1 ? "native" : "grid");
    }
  });

  test("is not two where it was damaged, nor in a photo", async () => {
    const large = enlarge(airship, kernels.nearest, { factor: [8, 8] });
    for (const image of [await jpegOf(large, 75), await blurred(large, 1), await photoOf("cat")])
      expect(findGrid([image]).verdict).not.toBe("mixed");
  });
});
