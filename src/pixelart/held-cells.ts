// Still cells stay still. A cell of an animation keeps its colour until its source changes by more than noise does, in it or beside it: what a network, a
// vote or a compression make of the same place twice is not the same twice.

import type { Image } from "../data/image.ts";

/**
 * A cell has changed where its pixels differ by more than this on average, in levels of the channel that differs most. Compression changes flat
 * areas by 1 to 3, and detail by 6.
 */
const noise = 8;

export class HeldCells {
  /** The source of each cell as it was when the cell was last drawn. */
  private source: Uint8ClampedArray | undefined;
  private cells = new Uint32Array();

  /**
   * @param across the column of cells that each column of pixels is in, -1 for none
   * @param down the same of rows
   * @param reach a cell is drawn anew as well where one so near has changed
   */
  constructor(
    private readonly across: Int32Array,
    private readonly down: Int32Array,
    private readonly reach: number,
  ) {}

  /**
   * @param source the frame that the cells were made of; what is fully transparent in it has no colour
   * @returns the cells, those whose source is still as they were
   */
  next({ data }: Image, cells: Image): Image {
    const drawn = new Uint32Array(cells.data.slice().buffer);
    if (!this.source) {
      this.source = data.slice();
      this.cells = drawn;
      return cells;
    }
    const isNew = this.spread(this.changed(data, this.source, cells), cells);
    drawn.forEach((colour, i) => {
      if (isNew[i]) this.cells[i] = colour;
    });
    const pixels = new Uint32Array(data.slice().buffer);
    const kept = new Uint32Array(this.source.buffer);
    this.forEachPixel(cells.width, (cell, pixel) => {
      if (isNew[cell]) kept[pixel] = pixels[pixel];
    });
    return { ...cells, data: new Uint8ClampedArray(this.cells.slice().buffer) };
  }

  private changed(now: Uint8ClampedArray, before: Uint8ClampedArray, { width, height }: Image): Uint8Array {
    const sums = new Float64Array(width * height);
    const counts = new Uint32Array(width * height);
    this.forEachPixel(width, (cell, pixel) => {
      counts[cell]++;
      const at = 4 * pixel;
      if (now[at + 3] === 0 && before[at + 3] === 0) return;
      let most = 0;
      for (let channel = at; channel < at + 4; channel++)
        most = Math.max(most, Math.abs(now[channel] - before[channel]));
      sums[cell] += most;
    });
    return Uint8Array.from(sums, (sum, cell) => (sum > noise * counts[cell] ? 1 : 0));
  }

  /** Cells that have changed, and those around them. */
  private spread(changed: Uint8Array, { width, height }: Image): Uint8Array {
    const wide = new Uint8Array(changed.length);
    changed.forEach((isChanged, i) => {
      if (!isChanged) return;
      const [x, y] = [i % width, Math.floor(i / width)];
      const [right, bottom] = [Math.min(width - 1, x + this.reach), Math.min(height - 1, y + this.reach)];
      for (let row = Math.max(0, y - this.reach); row <= bottom; row++)
        wide.fill(1, row * width + Math.max(0, x - this.reach), row * width + right + 1);
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
