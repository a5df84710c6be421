// Grids are found in what is done to pixel art, and not where there are none.

import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { decoded, pictureOf } from "../../../bench/degradations.ts";
import { enlarge, kernels } from "../../../bench/enlarge.ts";
import { UserError } from "../../../src/errors.ts";
import type { Image } from "../../../src/picture/image.ts";
import { findGrid } from "../../../src/pixelart/grid/detect.ts";
import { Random } from "../../../src/random.ts";
import { artOf, blurred, jpegOf, photoOf, rearranged } from "./damaged-art.ts";

let airship: Image;
let ruin: Image;
let pagoda: Image;
beforeAll(async () => {
  airship = await artOf("airship", "beach", "castle-tower", "village-house");
  ruin = await artOf("ruin", "jungle", "cave", "bridge");
  pagoda = await artOf("pagoda", "moon", "vines", "island");
});

const square = (factor: number) => ({ factor: [factor, factor] as const });

function expectGrid(image: Image, cell: readonly number[], size: readonly number[]): ReturnType<typeof findGrid> {
  const found = findGrid([image]);
  expect(found.verdict).toBe("grid");
  expect(found.size).toEqual(size);
  found.cell.forEach((side, axis) => expect(Math.abs(side / cell[axis] - 1)).toBeLessThan(0.01));
  expect(found.confidence).toBeGreaterThan(0.5);
  return found;
}

describe("pixel art", () => {
  test.each([2, 3, 4, 5, 8, 13, 16])("enlarged %i times", (factor) => {
    for (const art of [airship, ruin, pagoda]) {
      const found = expectGrid(enlarge(art, kernels.nearest, square(factor)), [factor, factor], [64, 64]);
      expect(found).toMatchObject({ cell: [factor, factor], phase: [0, 0] });
      expect(found.confidence).toBeGreaterThan(0.8);
    }
  });

  test.each([2.5, 3.03, 3.7, 5.33, 5.97, 10.7])("enlarged %f times", (factor) => {
    for (const art of [airship, ruin])
      expectGrid(enlarge(art, kernels.nearest, square(factor)), [factor, factor], [64, 64]);
  });

  test("enlarged by nearly three keeps its fraction, since whole pixels do not contain the edges", () => {
    const { cell } = expectGrid(enlarge(airship, kernels.nearest, square(3.01)), [3.01, 3.01], [64, 64]);
    for (const side of cell) expect(side).not.toBe(3);
  });

  test("is not moved to whole pixels for the audit, whose networks were fitted without that", () => {
    const { cell } = findGrid([enlarge(airship, kernels.nearest, square(3))], { unchecked: true });
    for (const side of cell) expect(side).not.toBe(3);
    for (const side of cell) expect(side).toBeCloseTo(3, 1);
  });

  test("enlarged by other factors across and down", () => {
    const found = expectGrid(enlarge(airship, kernels.nearest, { factor: [6, 5.88] }), [6, 5.88], [64, 64]);
    expect(found.cell[0]).toBe(6);
    expectGrid(enlarge(ruin, kernels.nearest, { factor: [8, 4] }), [8, 4], [64, 64]);
  });

  test.each([
    [1, 0],
    [2, 5],
    [4, 3],
  ])("of which %i columns and %i rows were cut away has its phase", (left, top) => {
    const image = enlarge(pagoda, kernels.nearest, { factor: [6, 6], cut: [left, top] });
    const first = (cut: number) => (cut > 3 ? 6 : 0) - cut;
    const found = expectGrid(image, [6, 6], [left > 3 ? 63 : 64, top > 3 ? 63 : 64]);
    expect(found).toMatchObject({ cell: [6, 6], phase: [first(left), first(top)] });
  });

  test.each(["bilinear", "bicubic", "Lanczos"] as const)("enlarged by a %s kernel", (kernel) => {
    for (const factor of [4, 5.33])
      expectGrid(enlarge(airship, kernels[kernel], square(factor)), [factor, factor], [64, 64]);
  });

  test("enlarged by a sharp kernel to cells as wide as half a block of JPEG, or a whole one", async () => {
    const towers = await artOf("brick-towers", "bridge", "cactus", "castle-tower");
    const reef = await artOf("pagoda", "pyramid", "red-rock", "reef");
    for (const art of [towers, reef])
      for (const factor of [4, 8])
        expectGrid(enlarge(art, kernels.Lanczos, square(factor)), [factor, factor], [64, 64]);
  });

  test("enlarged without loss and then resized by a fraction keeps its cells", () => {
    for (const art of [airship, ruin, pagoda]) {
      const large = enlarge(art, kernels.nearest, square(4));
      for (const factor of [0.79, 1.33])
        expect(findGrid([enlarge(large, kernels.bicubic, square(factor))]).size).toEqual([64, 64]);
    }
  });

  test("enlarged to cells narrower than two pixels, which look like wider ones, or else none is reported", () => {
    let right = 0;
    for (const kernel of ["bilinear", "bicubic", "Lanczos"] as const)
      for (const art of [airship, ruin, pagoda])
        for (const factor of [1.25, 1.5, 1.75]) {
          const { verdict, size, confidence } = findGrid([enlarge(art, kernels[kernel], square(factor))]);
          if (verdict === "grid" && size.every((side) => side === 64)) right++;
          else expect(verdict === "none" || verdict === "native" || confidence < 0.9).toBe(true);
        }
    expect(right).toBeGreaterThan(10);
  });

  test.each(["bilinear", "bicubic", "Lanczos"] as const)("enlarged twice by a %s kernel", (kernel) => {
    for (const art of [airship, ruin, pagoda]) {
      const { cell } = expectGrid(enlarge(art, kernels[kernel], square(2)), [2, 2], [64, 64]);
      expect(cell).toEqual([2, 2]);
    }
  });

  test("enlarged by a fraction, blurred and compressed, so that the edges of JPEG's blocks are the sharpest", async () => {
    for (const art of [airship, ruin]) {
      const soft = await blurred(enlarge(art, kernels.bicubic, square(6.4)), 0.8);
      expectGrid(await jpegOf(soft, 85), [6.4, 6.4], [64, 64]);
    }
  });

  test("blurred, or compressed as JPEG", async () => {
    const large = enlarge(airship, kernels.nearest, square(6));
    expectGrid(await blurred(large, 1.2), [6, 6], [64, 64]);
    expectGrid(await jpegOf(large, 75), [6, 6], [64, 64]);
    expectGrid(await jpegOf(enlarge(ruin, kernels.nearest, square(5.33)), 75), [5.33, 5.33], [64, 64]);
    // The blocks of JPEG have eight pixels: a grid of its own.
    expectGrid(await jpegOf(enlarge(ruin, kernels.nearest, square(8)), 75), [8, 8], [64, 64]);
  });

  test("turned over and mirrored has the same grid", () => {
    const image = enlarge(ruin, kernels.nearest, { factor: [5.33, 7] });
    const { width, height } = image;
    const found = findGrid([image]);
    const turned = findGrid([rearranged(image, height, width, (x, y) => [y, x])]);
    expect([turned.cell[1], turned.cell[0]]).toEqual([...found.cell]);
    expect([turned.size[1], turned.size[0]]).toEqual([...found.size]);
    const mirrored = findGrid([rearranged(image, width, height, (x, y) => [width - 1 - x, y])]);
    expect(mirrored.size).toEqual(found.size);
    mirrored.cell.forEach((side, axis) => expect(side).toBeCloseTo(found.cell[axis], 2));
  });

  test("whose hidden pixels hold anything has the same grid", () => {
    const image = enlarge(pagoda, kernels.nearest, square(5));
    const hide = (level: (i: number) => number): Image => ({
      ...image,
      hasAlpha: true,
      data: image.data.map((value, i) => {
        const isHidden = Math.floor(i / 4) % image.width < 100;
        return !isHidden ? value : i % 4 === 3 ? 0 : level(i);
      }),
    });
    expect(findGrid([hide(() => 0)])).toEqual(findGrid([hide((i) => (i * 7919) % 256)]));
  });

  test("whose step drifts is followed", () => {
    const shift = (place: number) => 0.24 * Math.sin(place / 8);
    const found = findGrid([enlarge(ruin, kernels.nearest, { factor: [6, 6], shift })]);
    expect(found.verdict).toBe("grid");
    for (const side of found.size) expect(Math.abs(side - 64)).toBeLessThanOrEqual(1);
  });

  test("whose step drifts by a twentieth is not taken for a third of it", () => {
    const image = enlarge(ruin, kernels.nearest, { factor: [6, 6], shift: (place) => 0.4 * Math.sin(place / 8) });
    expect(findGrid([image])).toMatchObject({ verdict: "grid", size: [64, 64] });
  });

  test("whose step drifts has as many cells as its edges show, if these are exact", () => {
    const shift = (place: number) => 0.33 * (Math.sin(place / 8 + 4.5) - Math.sin(4.5));
    expect(findGrid([enlarge(airship, kernels.nearest, { factor: [8, 8], shift })]).size).toEqual([64, 64]);
  });

  test.each([-4, Math.PI - 4])(
    "whose last cells are nearly half a cell narrower or wider has no other number of them: %f",
    (turn) => {
      const shift = (place: number) => 0.31 * (Math.sin(place / 8 + turn) - Math.sin(turn));
      expect(Math.abs(shift(64))).toBeGreaterThan(0.46);
      const image = enlarge(ruin, kernels.nearest, { factor: [6, 6], shift });
      expect(findGrid([image])).toMatchObject({ verdict: "grid", size: [64, 64] });
    },
  );

  test("in frames has one grid, which each of them alone may not show", () => {
    const frames = [airship, ruin, pagoda].map((art) => enlarge(art, kernels.Lanczos, square(5)));
    expect(findGrid(frames).size).toEqual([64, 64]);
    expect(() => findGrid([frames[0], airship])).toThrow(RangeError);
    expect(() => findGrid([])).toThrow(RangeError);
  });
});

describe("no grid", () => {
  test.each(["cat", "colosseum", "harbour", "otter", "winter-peaks", "astronaut"])("in the photo %s", async (name) => {
    const found = findGrid([await photoOf(name)]);
    expect(found.verdict).toBe("none");
    expect(found.cell).toEqual([1, 1]);
  });

  test("in photos that were cropped after they were compressed", async () => {
    for (const name of ["cat", "otter"]) {
      const photo = await jpegOf(await photoOf(name), 60);
      const cropped = rearranged(photo, photo.width - 8, photo.height - 8, (x, y) => [x + 3, y + 5]);
      expect(findGrid([cropped]).verdict).toBe("none");
    }
  });

  test("in smoothly enlarged photos, unless its step is given or nothing is checked; but in those that repeat each pixel", async () => {
    for (const name of ["cat", "otter"]) {
      const photo = await photoOf(name);
      for (const [kernel, factor] of [
        ["bilinear", 2],
        ["bicubic", 3],
        ["Lanczos", 2],
      ] as const)
        expect(findGrid([enlarge(photo, kernels[kernel], square(factor))]).verdict).toBe("none");
      for (const wish of [{ cell: 2 }, { unchecked: true }])
        expect(findGrid([enlarge(photo, kernels.bicubic, square(2))], wish).verdict).toBe("grid");
      expect(findGrid([enlarge(photo, kernels.nearest, square(2))])).toMatchObject({ verdict: "grid", cell: [2, 2] });
    }
  });

  test("but the cells of a photo that was reduced to them, even after JPEG", async () => {
    for (const name of ["cat", "harbour", "otter"]) {
      const cells = enlarge(await photoOf(name), kernels.bilinear, square(1 / 4));
      const large = await jpegOf(enlarge(cells, kernels.nearest, square(5)), 75);
      expect(findGrid([large])).toMatchObject({ verdict: "grid", size: [cells.width, cells.height] });
    }
  });

  test("in photos after WebP", async () => {
    for (const name of ["cat", "harbour", "otter", "winter-peaks"]) {
      const photo = await decoded(
        sharp(
          await pictureOf(await photoOf(name))
            .removeAlpha()
            .webp({ quality: 75 })
            .toBuffer(),
        ),
      );
      expect(findGrid([photo]).verdict).toBe("none");
    }
  });

  test("but one pixel a cell in art at its own size", () => {
    for (const art of [airship, ruin, pagoda])
      expect(findGrid([art])).toMatchObject({ verdict: "native", cell: [1, 1], size: [64, 64] });
  });

  test("in noise, in one colour, and in a single pixel", () => {
    const filled = (width: number, height: number, level: (i: number) => number): Image => ({
      width,
      height,
      hasAlpha: false,
      data: Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => (i % 4 === 3 ? 255 : level(i))),
    });
    const random = new Random(3);
    expect(findGrid([filled(120, 90, () => random.below(256))]).verdict).toBe("none");
    expect(findGrid([filled(64, 64, () => 90)]).verdict).not.toBe("grid");
    expect(findGrid([filled(1, 1, () => 90)]).size).toEqual([1, 1]);
  });
});

describe("what is known", () => {
  test("of the step leaves its phase to be found", () => {
    const image = enlarge(pagoda, kernels.nearest, { factor: [6, 6], cut: [2, 0] });
    const { verdict, cell, size, phase } = findGrid([image], { cell: 6 });
    expect({ verdict, size }).toEqual({ verdict: "grid", size: [64, 64] });
    cell.forEach((side) => expect(side).toBeCloseTo(6, 6));
    expect(phase[0]).toBeCloseTo(-2, 0);
  });

  test("of columns and rows is taken, even in a photo", async () => {
    const photo = await photoOf("cat");
    const found = findGrid([photo], { size: [32, 24] });
    expect(found).toMatchObject({ verdict: "grid", size: [32, 24], phase: [0, 0] });
    expect(found.cuts.x[32]).toBeCloseTo(photo.width, 9);
  });

  test("of columns and rows cannot exceed the pixels", () => {
    expect(findGrid([airship], { size: [64, 64] }).cell).toEqual([1, 1]);
    expect(() => findGrid([airship], { size: [65, 64] })).toThrow(
      "the picture has 64 x 64 pixels, too few for 65 x 64 cells; give a size of at most one cell per pixel.",
    );
    expect(() => findGrid([airship], { size: [64, 100] })).toThrow(UserError);
  });
});
