// Pictures of two pixel sizes are told from plain ones.

import { describe, expect, test } from "vitest";
import { enlarge, kernels } from "../../../../bench/enlarge.ts";
import { composed, type Composite } from "../../../../bench/grid-methods/composites.ts";
import { blankImage, pixelsOf, type Image } from "../../../../src/picture/image.ts";
import { mixedSizes } from "../../../../src/pixelart/grid/content/mixed.ts";
import { findGrid } from "../../../../src/pixelart/grid/detect.ts";
import { Random } from "../../../../src/random.ts";
import { artOf, blurred, jpegOf, photoOf } from "../damaged-art.ts";

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
    ["figure", 4, 6],
    ["half", 5.33, 8],
    ["half", 4, 6.4],
  ])("are told, and the finer of them: %s, enlarged %f times, on art enlarged %f times", async (what, above, below) => {
    const image = await composed(ruin, airship, { name: "", what, above, below }, 7);
    const step = Math.min(above, below);
    const { verdict, cell } = findGrid([image!]);
    expect(verdict).toBe("mixed");
    for (const side of cell) expect(Math.abs(side / step - 1)).toBeLessThan(0.001);
  });

  test("are told in a JPEG", async () => {
    for (const jpeg of [90, 75]) {
      const image = await composed(ruin, airship, { name: "", what: "half", above: 4, below: 8, jpeg }, 7);
      expect(findGrid([image!])).toMatchObject({ verdict: "mixed", cell: [4, 4] });
    }
  });
});

test("a fraction is tried from 2.4 pixels on, since a narrower lattice contains most borders by chance", async () => {
  const find = async (above: number) => {
    const image = await composed(ruin, airship, { name: "", what: "half", above, below: 8 }, 7);
    return mixedSizes(image!, true, [above]);
  };
  expect(await find(2.2)).toBeUndefined();
  expect(await find(2.6)).toMatchObject({ coarse: { step: 8 }, fine: { step: 2.6 } });
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
    const photo = await photoOf("cat");
    for (const image of [await jpegOf(large, 75), await blurred(large, 1), photo, await jpegOf(photo, 40)])
      expect(findGrid([image]).verdict).not.toBe("mixed");
  });

  test("is not two where cells of six pixels and JPEG's blocks of eight together look like cells of two", async () => {
    for (const [seed, contrast, quality] of [
      [1, 40, 50],
      [2, 255, 40],
    ] as const) {
      const random = new Random(seed);
      const art = blankImage(64, 64);
      for (let i = 0; i < art.data.length; i += 4) art.data.fill(40 + random.below(contrast), i, i + 3);
      const image = await jpegOf(enlarge(art, kernels.nearest, { factor: [6, 6] }), quality);
      expect(mixedSizes(image, false)).toMatchObject({ fine: { step: 2 } });
      expect(findGrid([image])).toMatchObject({ verdict: "grid", size: [64, 64] });
    }
  });

  test("is not two where the step drifts", () => {
    for (const art of [ruin, airship]) {
      const shift = (place: number) => 0.24 * Math.sin(place / 8);
      expect(findGrid([enlarge(art, kernels.nearest, { factor: [6, 6], shift })]).verdict).toBe("grid");
    }
  });

  test("is not two beside what is smooth, where all neighbours differ: those are no cells of one pixel", async () => {
    const large = enlarge(ruin, kernels.nearest, { factor: [4, 4] });
    for (const smooth of [await photoOf("harbour"), enlarge(airship, kernels.bicubic, { factor: [5, 5] })])
      expect(findGrid([beside(large, smooth, 320)]).cell[0]).toBeGreaterThan(3.9);
  });

  test("is not two where a smooth filter enlarged it twice", () => {
    for (const kernel of [kernels.bilinear, kernels.bicubic, kernels.Lanczos])
      for (const art of [ruin, airship])
        expect(findGrid([enlarge(art, kernel, { factor: [2, 2] })]).verdict).not.toBe("mixed");
  });
});

/** Two pictures, tiled, in the left and the right half of a square. */
function beside(left: Image, right: Image, side: number): Image {
  const [from, both] = [[left, right].map(pixelsOf), blankImage(side, side)];
  const pixels = new Uint32Array(both.data.buffer);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const half = x < side / 2 ? 0 : 1;
      const { width, height } = [left, right][half];
      pixels[y * side + x] = from[half][(y % height) * width + ((x % (side / 2)) % width)];
    }
  return both;
}
