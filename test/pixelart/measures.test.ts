// The measures of pixel art, on pictures whose figures can be computed by hand, and CIELAB on
// colours with published values.

import { describe, expect, test } from "vitest";
import type { Image } from "../../src/picture/image.ts";
import { enlarge } from "../../src/pixelart/grid/cells/geometry.ts";
import { cellsOf, colourDistance, structureOf } from "../../src/pixelart/measures.ts";

const [black, white, red, clear] = [0xff000000, 0xffffffff, 0xff0000ff, 0x00ff00ff];

function cells(rows: readonly (readonly number[])[]): Image {
  const data = new Uint8ClampedArray(Uint32Array.from(rows.flat()).buffer);
  return { width: rows[0].length, height: rows.length, data, hasAlpha: true };
}

describe("structure", () => {
  test("counts equal neighbours, the size of steps, outlines and stray cells", () => {
    const { flat, edge, strong, single, colors } = structureOf(
      cells([
        [white, white, white],
        [white, black, white],
        [white, white, white],
      ]),
    );
    // Of 12 neighbours 4 are steps, from black to white: 1 in OKLab's lightness. The one cell
    // inside is stray.
    expect(flat).toBeCloseTo(8 / 12);
    expect(edge).toBeCloseTo(1, 3);
    expect([strong, single, colors]).toEqual([1, 1, 2]);
  });

  test("does not count small steps as outlines", () => {
    const { edge, strong } = structureOf(cells([[0xff808080, 0xff888888, 0xff808080]]));
    expect(edge).toBeGreaterThan(0.01);
    expect(edge).toBeLessThan(0.05);
    expect(strong).toBe(0);
  });

  test("ignores transparent cells and steps to them", () => {
    const bare = structureOf(cells([[black, black]]));
    expect(structureOf(cells([[clear, black, black, clear]]))).toEqual({ ...bare, single: 0 });
    expect(structureOf(cells([[clear, clear]]))).toEqual({ flat: 0, edge: 0, strong: 0, single: 0, colors: 0 });
  });
});

describe("the colour distance", () => {
  test("is CIELAB's: black to white is 100, red to black is red's length", () => {
    expect(colourDistance(cells([[black]]), cells([[white]]))).toBeCloseTo(100, 1);
    // Lindbloom's values for sRGB red under D65: L 53.24, a 80.09, b 67.20.
    expect(colourDistance(cells([[red]]), cells([[black]]))).toBeCloseTo(Math.hypot(53.24, 80.09, 67.2), 0);
    expect(colourDistance(cells([[red, white]]), cells([[red, white]]))).toBe(0);
  });

  test("is measured to the mean of the source's pixels in the cell, weighted by alpha", () => {
    const source = cells([
      [0xff404040, 0xff808080, red, red],
      [0xff808080, 0xffc0c0c0, red, clear],
    ]);
    expect(colourDistance(cells([[0xff808080, red]]), source)).toBeCloseTo(0, 5);
  });
});

test("cells are recovered from an enlarged and cropped picture", () => {
  const small = cells([
    [black, white, red],
    [red, black, white],
  ]);
  expect(cellsOf(enlarge(small, 5, 13, 9), 5).data).toEqual(small.data);
});
