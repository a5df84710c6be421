// Methods for choosing a cell's colour, to compare ours with. Each follows its published
// description and takes the pixels of one cell.

import { reach, voteOf } from "../src/kernels/pixelart/cell-votes.ts";
import { oklabOf } from "../src/kernels/pixelart/oklab.ts";

/** From the pixels of a square cell, row by row and all opaque, to its colour. */
export type CellMethod = (pixels: readonly number[], side: number) => number;

/** The box filter of every image library, of sRGB's levels. */
const mean: CellMethod = (pixels) => meanOf(pixels.map(levelsOf));

/**
 * K-Centroid (Astropulse): two clusters by k-means, and the centre of the larger. Its colour may
 * not occur in any pixel.
 */
const kCentroid: CellMethod = (pixels) => {
  const points = pixels.map(levelsOf);
  const farthest = (from: readonly number[]) =>
    points.reduce((far, point) => (squared(point, from) > squared(far, from) ? point : far));
  let centres = [farthest(levelsOf(meanOf(points)))];
  centres.push(farthest(centres[0]));
  let clusters: number[][][] = [];
  for (let round = 0; round < 8; round++) {
    clusters = [[], []];
    for (const point of points) clusters[squared(point, centres[0]) <= squared(point, centres[1]) ? 0 : 1].push(point);
    centres = centres.map((centre, k) => (clusters[k].length > 0 ? levelsOf(meanOf(clusters[k])) : centre));
  }
  return meanOf(clusters[clusters[0].length >= clusters[1].length ? 0 : 1]);
};

/** PixelRefiner's: the pixel with the smallest total distance to the others, in OKLab. */
const medoid: CellMethod = (pixels) => {
  const labs = pixels.map((pixel) => oklabOf(pixel));
  const far = labs.map((lab) => labs.reduce((sum, other) => sum + Math.sqrt(squared(lab, other)), 0));
  return pixels[far.indexOf(Math.min(...far))];
};

/** Our former method: the densest cluster of pixels, wherever in the cell they are. */
const density: CellMethod = (pixels) => {
  const points = pixels.map(levelsOf);
  const apart = (a: readonly number[], b: readonly number[]) =>
    2 * (a[0] - b[0]) ** 2 + 4 * (a[1] - b[1]) ** 2 + 3 * (a[2] - b[2]) ** 2;
  const sums = points.map((point) => points.reduce((sum, other) => sum + Math.max(0, reach - apart(point, other)), 0));
  return pixels[sums.indexOf(Math.max(...sums))];
};

const weighted: CellMethod = (pixels, side) => voteOf({ pixels, side, width: side, height: side }).colour;

export const cellMethods: Readonly<Record<string, CellMethod>> = {
  mean,
  "k-centroid": kCentroid,
  medoid,
  "density (as it was)": density,
  "+ centre": weighted,
};

export function levelsOf(pixel: number): number[] {
  return [pixel & 255, (pixel >>> 8) & 255, (pixel >>> 16) & 255];
}

function meanOf(points: readonly (readonly number[])[]): number {
  const [red, green, blue] = [0, 1, 2].map((i) =>
    Math.round(points.reduce((sum, point) => sum + point[i], 0) / points.length),
  );
  return red + green * 2 ** 8 + blue * 2 ** 16;
}

export function squared(a: readonly number[], b: readonly number[]): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}
