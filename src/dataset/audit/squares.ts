// Measures whether cells are visible as squares. After nearest-neighbour enlargement, steps lie
// between cells, whatever was done later. After smooth enlargement of a photo they are everywhere.

import type { Image } from "../../picture/image.ts";
import type { Cuts } from "../../pixelart/grid/cells/recover.ts";

/**
 * The steps between cells, divided by the sum of those between and inside cells: 1/2 without
 * squares, near 1 if nothing changes inside.
 */
export function squarenessOf({ width, height, data }: Image, cuts: Cuts): number {
  const lights = Float64Array.from({ length: width * height }, (_, i) => {
    return 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
  });
  const [columns, rows] = [placesOf(cuts.x, width), placesOf(cuts.y, height)];
  // Sums and counts: inside cells, and between them.
  const [sums, counts] = [new Float64Array(2), new Float64Array(2)];
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      if (x > 0) add(columns[x], Math.abs(lights[at] - lights[at - 1]));
      if (y > 0) add(rows[y], Math.abs(lights[at] - lights[at - width]));
    }
  function add(place: number, step: number) {
    sums[place] += step;
    counts[place]++;
  }
  const [inside, between] = [sums[0] / Math.max(1, counts[0]), sums[1] / Math.max(1, counts[1])];
  return inside + between === 0 ? 1 : between / (inside + between);
}

/** 1 where a cell begins, otherwise 0. */
function placesOf(cuts: readonly number[], pixels: number): Uint8Array {
  const places = new Uint8Array(pixels + 1);
  for (const cut of cuts) places[Math.min(Math.max(Math.round(cut), 0), pixels)] = 1;
  return places;
}
