// Cells get back the colours that they had.

import { describe, expect, test } from "vitest";
import { enlarge, kernels } from "../../../../bench/enlarge.ts";
import { oklabOf, squaredDistance } from "../../../../src/kernels/pixelart/oklab.ts";
import { evenCuts, trackedCuts } from "../../../../src/pixelart/grid/cells/cuts.ts";
import { cellsAt } from "../../../../src/pixelart/grid/cells/recover.ts";
import { shareColours } from "../../../../src/pixelart/grid/cells/shared-colours.ts";
import { findGrid } from "../../../../src/pixelart/grid/detect.ts";
import { artOf, jpegOf } from "../damaged-art.ts";

describe("cells", () => {
  test.each([2, 2.5, 3, 3.7, 5.33, 8, 16])("enlarged %f times come back as they were", async (factor) => {
    const art = await artOf("ruin", "jungle", "cave", "bridge");
    const image = enlarge(art, kernels.nearest, { factor: [factor, factor] });
    const cuts = { x: evenCuts(image.width / 64, 0, 64), y: evenCuts(image.height / 64, 0, 64) };
    expect(cellsAt(image, cuts).data).toEqual(art.data);
  });

  test("keep their alpha, and nothing hidden is seen", async () => {
    const art = await artOf("pagoda", "moon", "vines", "island");
    const data = art.data.map((value, i) => (i % 4 === 3 && Math.floor(i / 4) % 64 < 20 ? 0 : value));
    const image = enlarge({ ...art, data, hasAlpha: true }, kernels.nearest, { factor: [5, 5] });
    const cells = cellsAt(image, { x: evenCuts(5, 0, 64), y: evenCuts(5, 0, 64) });
    expect(cells.hasAlpha).toBe(true);
    expect(cells.data).toEqual(data);
  });

  test("compressed as JPEG come near, in colours that the picture has", async () => {
    const art = await artOf("airship", "beach", "castle-tower", "village-house");
    const image = await jpegOf(enlarge(art, kernels.nearest, { factor: [6, 6] }), 75);
    const cells = cellsAt(image, findGrid([image]).cuts);
    const [pixels, truth, there] = [cells, art, image].map(({ data }) => new Uint32Array(data.slice().buffer));
    const all = new Set(there);
    const far = (pixel: number, i: number) => Math.sqrt(squaredDistance(oklabOf(pixel), oklabOf(truth[i]))) / 2 ** 15;
    expect([...pixels].filter((pixel) => !all.has(pixel))).toEqual([]);
    expect([...pixels].filter((pixel, i) => far(pixel, i) < 0.05).length / pixels.length).toBeGreaterThan(0.97);
  });
});

describe("cuts", () => {
  test("follow edges that drift, and go on evenly where there are none", () => {
    const edges = [0, 6, 12, 19, 25, 32, 38, 43, 49, 55, 60];
    const profile = new Float64Array(59).fill(-0.3);
    for (const edge of edges.slice(1, -1)) if (edge !== 25) profile[edge - 1] = 3;
    const cuts = trackedCuts(profile, 1, 6, 60);
    expect(cuts.length).toBe(edges.length);
    cuts.forEach((cut, i) =>
      expect(Math.abs(cut - edges[i])).toBeLessThanOrEqual(i === 4 ? 1 : i === 0 || i === 10 ? 1 : 0),
    );
  });
});

describe("shared colours", () => {
  test("are those that most cells have, for shades that nobody tells apart", () => {
    const frame = (...colours: number[]) => ({
      width: colours.length,
      height: 1,
      hasAlpha: true,
      data: new Uint8ClampedArray(Uint32Array.from(colours).buffer),
    });
    const [red, almostRed, blue, hidden] = [0xff2020d0, 0xff2122d1, 0xffd02020, 0x00123456];
    const shared = shareColours([frame(red, red, blue, hidden), frame(almostRed, red, blue, 0x802122d1)]);
    expect(shared[0].data).toEqual(frame(red, red, blue, hidden).data);
    expect(shared[1].data).toEqual(frame(red, red, blue, 0x802020d0).data);
  });
});
