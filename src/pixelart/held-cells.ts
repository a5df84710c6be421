// Keeps still cells still. A cell of an animation keeps its colour until its source changes by more
// than noise, in the cell or beside it: networks, votes and compression do not treat the same place
// the same way twice.

import { pixelsOf, type Image } from "../picture/image.ts";

/**
 * A cell has changed if its pixels differ on average by more than `flat` levels, in the channel
 * that differs most, plus `ofContrast` of the contrast around it: compression hardly changes flat
 * areas but does change detail. With noise of 2 levels and WebP at quality 75, fewer than one cell
 * in two hundred then seems to change (docs/pixelart.md).
 */
const flat = 6;
const ofContrast = 0.3;

/** A change this many times as strong cannot be noise; its neighbours are redrawn too. */
const strong = 2;

export class HeldCells {
  /** The source of each cell as it was when the cell was last drawn. */
  private source: Uint8ClampedArray | undefined;
  private cells = new Uint32Array();

  /**
   * @param across the cell column of each pixel column, -1 for none
   * @param down the cell row of each pixel row, likewise
   * @param reach how far around a strong change cells are redrawn
   */
  constructor(
    private readonly across: Int32Array,
    private readonly down: Int32Array,
    private readonly reach: number,
  ) {}

  /**
   * @param source the frame that the cells were made from; fully transparent pixels have no colour
   * @returns the cells; those whose source stood still are as before
   */
  next(source: Image, cells: Image): Image {
    const { data } = source;
    const drawn = pixelsOf(cells);
    if (!this.source) {
      this.source = data.slice();
      this.cells = drawn;
      return cells;
    }
    const isNew = this.spread(this.changes(data, this.source, cells), cells);
    drawn.forEach((colour, i) => {
      if (isNew[i]) this.cells[i] = colour;
    });
    const pixels = pixelsOf(source);
    const kept = new Uint32Array(this.source.buffer);
    this.forEachPixel(cells.width, (cell, pixel) => {
      if (isNew[cell]) kept[pixel] = pixels[pixel];
    });
    return { ...cells, data: new Uint8ClampedArray(this.cells.slice().buffer) };
  }

  /** How much each cell has changed, relative to the limit of noise. */
  private changes(now: Uint8ClampedArray, before: Uint8ClampedArray, { width, height }: Image): Float64Array {
    const [differences, lights, squares, counts] = [0, 1, 2, 3].map(() => new Float64Array(width * height));
    this.forEachPixel(width, (cell, pixel) => {
      const at = 4 * pixel;
      counts[cell]++;
      if (now[at + 3] === 0 && before[at + 3] === 0) return;
      const light = now[at] / 4 + now[at + 1] / 2 + now[at + 2] / 4;
      lights[cell] += light;
      squares[cell] += light ** 2;
      let most = 0;
      for (let channel = at; channel < at + 4; channel++)
        most = Math.max(most, Math.abs(now[channel] - before[channel]));
      differences[cell] += most;
    });
    return differences.map((difference, cell) => {
      if (difference === 0) return 0;
      let [light, square, count] = [0, 0, 0];
      forEachAround(cell, 1, width, height, (i) => {
        light += lights[i];
        square += squares[i];
        count += counts[i];
      });
      const contrast = Math.sqrt(Math.max(0, square / count - (light / count) ** 2));
      return difference / counts[cell] / (flat + ofContrast * contrast);
    });
  }

  /** The cells that have changed, and those around strong changes. */
  private spread(changes: Float64Array, { width, height }: Image): Uint8Array {
    const wide = Uint8Array.from(changes, (change) => (change > 1 ? 1 : 0));
    changes.forEach((change, cell) => {
      if (change > strong) forEachAround(cell, this.reach, width, height, (i) => (wide[i] = 1));
    });
    return wide;
  }

  private forEachPixel(columns: number, visit: (cell: number, pixel: number) => void): void {
    this.down.forEach((row, y) =>
      this.across.forEach((column, x) => {
        if (row >= 0 && column >= 0) visit(row * columns + column, y * this.across.length + x);
      }),
    );
  }
}

function forEachAround(
  cell: number,
  reach: number,
  width: number,
  height: number,
  visit: (cell: number) => void,
): void {
  const [x, y] = [cell % width, Math.floor(cell / width)];
  for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++)
    for (let column = Math.max(0, x - reach); column <= Math.min(width - 1, x + reach); column++)
      visit(row * width + column);
}
