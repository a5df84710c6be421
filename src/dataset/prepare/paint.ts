// Paints cells as a picture of a given size. All cells are enlarged by the same whole number, and
// the remaining area around them is filled.

import type { Image } from "../../picture/image.ts";
import type { Size } from "../../picture/preprocess.ts";
import { enlarge } from "../../pixelart/grid/cells/geometry.ts";
import type { Colour } from "../../pixelart/palettes/palette.ts";

export interface Placement {
  /** Pixels of the result along a cell's side. */
  readonly cell: number;
  /** Pixels of the result; multiples of the cell. */
  readonly size: Size;
  /** The cells that are shown. */
  readonly shown: Size & { readonly left: number; readonly top: number };
  /** The number of cells to the left of and above them. */
  readonly before: readonly [number, number];
}

/** What surrounds the visible cells: the cells at their border, repeated outwards, or a colour. */
export type Padding = "edge" | "color";

/**
 * @param background the colour behind transparent cells and, if padding is a colour, around the
 * cells
 */
export function painted(cells: Image, placement: Placement, padding: Padding, background: Colour): Image {
  const { cell, size, shown, before } = placement;
  const [columns, rows] = [size.width / cell, size.height / cell];
  const canvas = new Uint8ClampedArray(4 * columns * rows);
  const inside = (place: number, length: number) => Math.min(Math.max(place, 0), length - 1);
  for (let row = 0, to = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, to += 4) {
      const [x, y] = [column - before[0], row - before[1]];
      const isShown = x >= 0 && x < shown.width && y >= 0 && y < shown.height;
      const [fromX, fromY] = [shown.left + inside(x, shown.width), shown.top + inside(y, shown.height)];
      const from = 4 * (fromY * cells.width + fromX);
      const alpha = isShown || padding === "edge" ? cells.data[from + 3] / 255 : 0;
      for (let channel = 0; channel < 3; channel++)
        canvas[to + channel] = alpha * cells.data[from + channel] + (1 - alpha) * background[channel];
      canvas[to + 3] = 255;
    }
  const whole = { width: columns, height: rows, data: canvas, hasAlpha: false };
  return enlarge(whole, cell, size.width, size.height);
}
