// The grid that the frames of an animation share: no frame decides alone.

import { expect, test } from "vitest";
import { enlarge, kernels } from "../../../bench/enlarge.ts";
import { composed } from "../../../bench/grid-methods/composites.ts";
import { blankImage, type Image } from "../../../src/picture/image.ts";
import { crop } from "../../../src/picture/preprocess.ts";
import { findGrid } from "../../../src/pixelart/grid/detect.ts";
import { artOf, rearranged } from "./damaged-art.ts";

const ruin = await artOf("ruin", "jungle", "cave", "bridge");
const airship = await artOf("airship", "beach", "castle-tower", "village-house");
const large = (art: Image, factor: number) => enlarge(art, kernels.nearest, { factor: [factor, factor] });

/** One colour, as the first frames of a fade have. */
function flat({ width, height }: Image): Image {
  const image = blankImage(width, height);
  return { ...image, data: image.data.fill(255) };
}

/** The art moves on by so many pixels, and comes back on the other side. */
function moved(image: Image, by: number): Image {
  return rearranged(image, image.width, image.height, (x, y) => [(x + by) % image.width, y]);
}

test("a clip that begins or ends with one colour has the grid of its other frames", () => {
  const small = crop(ruin, 0, 0, 40, 32);
  const art = [0, 1, 2].map((step) => large(moved(small, step), 5));
  for (const frames of [
    [flat(art[0]), ...art],
    [...art, flat(art[0])],
    [flat(art[0]), flat(art[0]), flat(art[0]), art[0]],
  ]) {
    const found = findGrid(frames);
    expect(found).toMatchObject({ verdict: "grid", size: [40, 32] });
    expect(found.confidence).toBeGreaterThan(0.9);
  }
});

test("where the frame of one colour stands changes nothing", () => {
  const enlarged = enlarge(crop(ruin, 0, 0, 40, 32), kernels.Lanczos, { factor: [6.4, 6.4] });
  const first = findGrid([flat(enlarged), enlarged]);
  expect(first).toMatchObject({ verdict: "grid", size: [40, 32] });
  expect(first).toEqual(findGrid([enlarged, flat(enlarged)]));
});

test("art at its own size is that, though its first frame is one colour", () => {
  const frames = [flat(ruin), ruin, moved(ruin, 1)];
  expect(findGrid(frames).verdict).toBe("native");
});

test("a figure of finer pixels that comes later makes two sizes, and a single frame of six does not", async () => {
  const withFigure = (await composed(ruin, airship, { name: "", what: "figure", above: 4, below: 8 }, 7))!;
  const plain = crop(large(ruin, 8), 0, 0, withFigure.width, withFigure.height);
  const one = [plain, plain, plain, plain, withFigure, plain];
  expect(findGrid(one)).toMatchObject({ verdict: "grid", size: [48, 48] });
  const three = [plain, plain, plain, withFigure, withFigure, withFigure];
  expect(findGrid(three)).toMatchObject({ verdict: "mixed", cell: [4, 4] });
});
