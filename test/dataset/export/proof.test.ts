// The verification can fail: for sizes that a trainer resamples, crops that shift the cells, and
// pictures whose cells are not whole.

import { describe, expect, test } from "vitest";
import { isLeftAlone } from "../../../src/dataset/export/buckets.ts";
import { trainers } from "../../../src/dataset/export/loading.ts";
import { faultIn } from "../../../src/dataset/export/proof.ts";
import { blankImage, type Image } from "../../../src/picture/image.ts";
import { enlarge } from "../../../src/pixelart/grid/cells/geometry.ts";

/** No two neighbouring cells are alike. */
function cells(columns: number, rows: number): Image {
  const image = blankImage(columns, rows);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      image.data.set([(37 * x) & 255, (91 * y) & 255, (x * y) & 255], 4 * (y * columns + x));
  return image;
}

function art(width: number, height: number, cell: number): Image {
  return enlarge(cells(Math.ceil(width / cell), Math.ceil(height / cell)), cell, width, height);
}

describe("the proof", () => {
  test.each(trainers)("%s: accepts the trainer's own size", (trainer) => {
    expect(faultIn(trainer, art(1024, 1024, 16), 16, 1024)).toBeUndefined();
  });

  test.each([
    [
      "kohya",
      1000,
      1000,
      "kohya resizes it from 1000 x 1000 to 1024 x 1024 pixels (nearest), so its cells are no longer whole",
    ],
    [
      "ai-toolkit",
      1000,
      1000,
      "ai-toolkit resizes it from 1000 x 1000 to 1024 x 1024 pixels (bicubic), so its cells are no longer whole",
    ],
    ["ai-toolkit", 1040, 1040, "ai-toolkit resizes it from 1040 x 1040 to 1024 x 1024 pixels (bicubic)"],
    ["simpletuner", 1088, 896, "simpletuner resizes it from 1088 x 896 to"],
    ["onetrainer", 1088, 960, "onetrainer resizes it from 1088 x 960 to"],
    ["diffusers", 1000, 1000, "diffusers resizes it from 1000 x 1000 to 1024 x 1024 pixels (nearest)"],
  ] as const)("%s, %d x %d: names the damage", (trainer, width, height, fault) => {
    expect(isLeftAlone(trainer, { width, height }, 1024)).toBe(false);
    expect(faultIn(trainer, art(width, height, 8), 8, 1024)).toContain(fault);
  });

  test("an enlargement by a whole number keeps cells, and so does a crop by whole cells", () => {
    expect(faultIn("kohya", art(512, 512, 8), 8, 1024)).toBeUndefined();
    expect(faultIn("diffusers", art(1088, 1024, 32), 32, 1024)).toBeUndefined();
    expect(faultIn("diffusers", art(1088, 1024, 64), 64, 1024)).toContain("crops 32 from the left and 0 from the top");
    // OneTrainer enlarges smoothly, so the same picture loses its cells there.
    expect(faultIn("onetrainer", art(512, 512, 8), 8, 1024)).toContain(
      "onetrainer resizes it from 512 x 512 to 1024 x 1024 pixels (bilinear), and the cell in column 0, row 0 is not of one color",
    );
  });

  test("detects one pixel of another color", () => {
    const picture = art(1024, 1024, 16);
    picture.data[4 * (1023 * 1024 + 1022)] ^= 1;
    expect(faultIn("imagefolder", picture, 16, 1024)).toContain("the cell in column 63, row 63 is not of one color");
  });

  test("detects a phase other than 0", () => {
    const whole = art(1040, 1024, 16);
    const shifted = blankImage(1024, 1024);
    for (let y = 0; y < 1024; y++)
      shifted.data.set(whole.data.subarray(4 * (1040 * y + 4), 4 * (1040 * y + 1028)), 4096 * y);
    expect(faultIn("kohya", shifted, 16, 1024)).toContain("the cell in column 0, row 0 is not of one color");
  });
});
