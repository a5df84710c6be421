// Reduces a picture to the cells of its grid, by the vote that `convert` takes on the GPU
// (docs/pixelart.md). Cells may have any size here, so each is first sampled at a square of
// positions, one per pixel of the longest side. No colour is a mean of pixels, so none is invented.

import { colourOf, voteOf } from "../../../kernels/pixelart/cell-votes.ts";
import { pixelsOf, type Image } from "../../../picture/image.ts";

/**
 * Positions at which a picture is cut into cells, from left to right and from top to bottom, in
 * pixels; one more than there are cells.
 */
export interface Cuts {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** The most samples along a cell's side. */
const mostPlaces = 10;

/** The cells of a picture, one pixel each, without what lies beyond the first and last cuts. */
export function cellsAt(image: Image, { x, y }: Cuts): Image {
  const [columns, rows] = [x.length - 1, y.length - 1];
  const longest = Math.max((x[columns] - x[0]) / columns, (y[rows] - y[0]) / rows);
  const side = Math.min(mostPlaces, Math.max(1, Math.ceil(longest - 0.01)));
  const pixels = pixelsOf(image);
  const [across, down] = [placesOf(x, side, image.width), placesOf(y, side, image.height)];
  const votes = Array.from({ length: columns * rows }, (_, i) => {
    const [left, top] = [(i % columns) * side, Math.floor(i / columns) * side];
    const members = Array.from({ length: side * side }, (_, p) => {
      const row = down[top + Math.floor(p / side)] * image.width;
      return pixels[row + across[left + (p % side)]];
    });
    return voteOf({ pixels: members, side, width: side, height: side });
  });
  const cells = Uint32Array.from(votes, (vote, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    return colourOf(vote, (aside, below) => {
      const isThere = column + aside >= 0 && column + aside < columns && row + below >= 0 && row + below < rows;
      return isThere ? votes[i + below * columns + aside] : undefined;
    });
  });
  return { width: columns, height: rows, data: new Uint8ClampedArray(cells.buffer), hasAlpha: image.hasAlpha };
}

/** The pixels at `side` evenly spaced positions in each cell. */
function placesOf(cuts: readonly number[], side: number, pixels: number): Int32Array {
  return Int32Array.from({ length: (cuts.length - 1) * side }, (_, i) => {
    const cell = Math.floor(i / side);
    const place = cuts[cell] + (((i % side) + 0.5) * (cuts[cell + 1] - cuts[cell])) / side;
    return Math.min(Math.max(Math.floor(place), 0), pixels - 1);
  });
}
