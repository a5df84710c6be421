// The pixel grid: every square cell of pixels becomes one pixel. `snapToCells` gives it a colour
// that some pixel of the cell has. `averageCells` gives it their average, which is used to measure
// light and is never shown. All arithmetic is in whole numbers, so every device gives the same
// bytes.

import average from "../../../shaders/pixelart/cells/average.wgsl";
import lines from "../../../shaders/pixelart/cells/lines.wgsl";
import vote from "../../../shaders/pixelart/cells/vote.wgsl";
import { bindRange } from "../core/bands.ts";
import { foldWorkgroups, lanes } from "../core/launch.ts";
import {
  declare,
  requireThat,
  totalBytes,
  type Binding,
  type Launch,
  type Operand,
  type Operation,
  type Trial,
  type TensorType,
  type Traits,
  type Values,
} from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";
import { averageOf, candidates, colourOf, contrast, reach, voteOf, type CellPixels } from "./cell-votes.ts";

export interface SnapAttributes {
  /** The side of a cell in pixels, from 1 to `maximumCell`. */
  readonly cell: number;
  /** The picture's own size. What the input holds beyond it, on the right and below, is padding. */
  readonly width: number;
  readonly height: number;
}

/**
 * One lane reads all pixels of a cell, some of them many times; a larger cell would keep it busy
 * for too long.
 */
export const maximumCell = 64;

/** How often each pixel is read, at about eight operations a time. */
const looks = candidates + 13;

/** The bytes of a cell's vote. */
const voteBytes = 16;

/**
 * Pixels [N, H, W] -> one pixel per cell, [N, ceil(height / cell), ceil(width / cell)]. Cells at
 * the right and lower border are cut off where the picture ends. Each cell votes first; the cells
 * around it then decide which of its colours are lines. Fully transparent pixels do not vote,
 * unless all pixels of the cell are. A cell's alpha is the median of its alphas.
 */
export const snapToCells: Operation<SnapAttributes> = declare({
  name: "snapToCells",

  infer: ([pixels], attributes) => typeOfCells("snapToCells", pixels, attributes),

  forward(traits, [pixels], output, attributes) {
    const [samples, rows, columns] = output.type!.shape;
    const votes: Operand = { bytes: voteBytes * samples * rows * columns };
    const voteShader = composeShader(vote, { LANES: lanes, CANDIDATES: candidates, REACH: reach, CONTRAST: contrast });
    const lineShader = composeShader(lines, { LANES: lanes, REACH: reach });
    const voteRow = voteBytes * columns;
    const bands = bandsOfCells(traits, pixels, output, attributes, voteRow);
    const voting = bands.map(({ sample, row, count, launch }) => {
      const cast = bindRange(traits, votes, (sample * rows + row) * voteRow, voteBytes * count);
      return launch("votes on cells", voteShader, cast.binding, cast.offset, looks);
    });
    const deciding = bands.map(({ sample, row, count, end }): Launch => {
      const first = Math.max(row - 1, 0);
      const seen = Math.min(end + 1, rows) - first;
      const read = bindRange(traits, votes, (sample * rows + first) * voteRow, seen * voteRow);
      const to = bindRange(traits, output, 4 * (sample * rows + row) * columns, 4 * count);
      return {
        label: "lines through cells",
        shader: lineShader,
        bindings: [read.binding, to.binding],
        parameters: uniforms(lineShader, {
          ...{ vote: read.offset, cell: 4 * to.offset, columns, rows: seen, first: row - first, count },
        }),
        workgroups: foldWorkgroups(traits, count, lanes),
        flops: 100 * count,
      };
    });
    return [...voting, ...deciding];
  },

  reference([pixels], attributes) {
    const [samples, rows, columns] = shapeOfCells(pixels.shape, attributes);
    const votes = cellsOf(pixels, attributes).map(voteOf);
    const data = Float64Array.from(votes, (own, i) => {
      const [row, column] = [Math.floor(i / columns) % rows, i % columns];
      const isThere = (x: number, y: number) =>
        column + x >= 0 && column + x < columns && row + y >= 0 && row + y < rows;
      return colourOf(own, (x, y) => (isThere(x, y) ? votes[i + y * columns + x] : undefined));
    });
    return { shape: [samples, rows, columns], data };
  },

  cost([pixels], { cell, width, height }) {
    const cells = Math.ceil(width / cell) * Math.ceil(height / cell);
    return { flops: 8 * looks * width * height + 100 * cells, bytes: totalBytes(pixels) + 4 * cells };
  },

  trials: [
    snapTrial([1, 8, 12], { cell: 4, width: 12, height: 8 }),
    snapTrial([1, 12, 16], { cell: 5, width: 13, height: 11 }),
    snapTrial([2, 7, 9], { cell: 3, width: 9, height: 7 }),
    snapTrial([1, 24, 20], { cell: 9, width: 20, height: 23 }),
    snapTrial([1, 103, 97], { cell: 2, width: 97, height: 102 }),
    snapTrial([1, 3, 5], { cell: 64, width: 5, height: 3 }),
    snapTrial([1, 60, 81], { cell: 20, width: 81, height: 60 }),
    snapTrial([1, 70, 150], { cell: 64, width: 150, height: 70 }),
  ],
});

/**
 * Pixels [N, H, W] -> one pixel per cell, as `snapToCells`, but of the mean colour, with each pixel
 * weighted by its alpha: how the cell looks from a distance.
 */
export const averageCells: Operation<SnapAttributes> = declare({
  name: "averageCells",

  infer: ([pixels], attributes) => typeOfCells("averageCells", pixels, attributes),

  forward(traits, [pixels], output, attributes) {
    const [, rows, columns] = output.type!.shape;
    const shader = composeShader(average, { LANES: lanes });
    return bandsOfCells(traits, pixels, output, attributes, 4 * columns).map(({ sample, row, count, launch }) => {
      const to = bindRange(traits, output, 4 * (sample * rows + row) * columns, 4 * count);
      return launch("averages of cells", shader, to.binding, 4 * to.offset, 10);
    });
  },

  reference([pixels], attributes) {
    const data = Float64Array.from(cellsOf(pixels, attributes), ({ pixels }) => averageOf(pixels));
    return { shape: shapeOfCells(pixels.shape, attributes), data };
  },

  cost([pixels], { cell, width, height }) {
    const cells = Math.ceil(width / cell) * Math.ceil(height / cell);
    return { flops: 8 * 10 * width * height, bytes: totalBytes(pixels) + 4 * cells };
  },

  trials: [
    snapTrial([2, 13, 10], { cell: 4, width: 9, height: 13 }),
    snapTrial([1, 70, 67], { cell: 3, width: 65, height: 70 }),
    snapTrial([1, 9, 40], { cell: 1, width: 40, height: 9 }),
    snapTrial([1, 3, 5], { cell: 64, width: 5, height: 3 }),
  ],
});

function shapeOfCells([samples]: readonly number[], { cell, width, height }: SnapAttributes): number[] {
  return [samples, Math.ceil(height / cell), Math.ceil(width / cell)];
}

function typeOfCells(name: string, pixels: TensorType, attributes: SnapAttributes): TensorType {
  const { cell, width, height } = attributes;
  const [, inputHeight, inputWidth] = pixels.shape;
  requireThat(pixels.layout === "pixels", name, () => "takes pixels");
  requireThat(Number.isInteger(cell) && cell >= 1 && cell <= maximumCell, name, () => `a cell of ${cell} pixels`);
  requireThat(
    width >= 1 && height >= 1 && width <= inputWidth && height <= inputHeight,
    name,
    () => `a picture of ${width} x ${height} in ${inputWidth} x ${inputHeight} pixels`,
  );
  return { layout: "pixels", shape: shapeOfCells(pixels.shape, attributes) };
}

interface CellBand {
  readonly sample: number;
  /** The first row of cells, and the one after the last. */
  readonly row: number;
  readonly end: number;
  readonly count: number;
  /**
   * The launch of a shader that reads the band's pixels.
   *
   * @param offset where the band begins in the written binding
   */
  launch(label: string, shader: string, written: Binding, offset: number, looks: number): Launch;
}

/**
 * @param rowBytes the bytes written per row of cells; a binding has room for two rows more than a
 * band
 */
function bandsOfCells(
  traits: Traits,
  pixels: Operand,
  output: Operand,
  { cell, width, height }: SnapAttributes,
  rowBytes: number,
): CellBand[] {
  const [samples, inputHeight, inputWidth] = pixels.type!.shape;
  const [, rows, columns] = output.type!.shape;
  const room = traits.bindingBytes - traits.offsetAlignment;
  const most = Math.min(Math.floor(room / (4 * inputWidth * cell)), Math.floor(room / rowBytes) - 2);
  if (most < 1)
    throw new RangeError(`A row of cells of an image ${inputWidth} pixels wide exceeds the device's bindings.`);
  const bands: CellBand[] = [];
  for (let sample = 0; sample < samples; sample++)
    for (let row = 0; row < rows; row += most) {
      const end = Math.min(row + most, rows);
      const count = (end - row) * columns;
      const top = row * cell;
      const bandHeight = Math.min(end * cell, height) - top;
      const stretch = inputWidth * bandHeight;
      const from = bindRange(traits, pixels, 4 * (sample * inputHeight + top) * inputWidth, 4 * stretch);
      const launch: CellBand["launch"] = (label, shader, written, offset, looks) => ({
        label,
        shader,
        bindings: [from.binding, written],
        parameters: uniforms(shader, {
          ...{ pixel: 4 * from.offset, cell: offset, width, height: bandHeight, rowLength: inputWidth },
          ...{ columns, count, side: cell },
        }),
        workgroups: foldWorkgroups(traits, count, lanes),
        flops: 8 * looks * stretch,
      });
      bands.push({ sample, row, end, count, launch });
    }
  return bands;
}

/** The pixels of every cell. */
function cellsOf(pixels: Values, attributes: SnapAttributes): CellPixels[] {
  const { cell, width, height } = attributes;
  const [, inputHeight, inputWidth] = pixels.shape;
  const [samples, rows, columns] = shapeOfCells(pixels.shape, attributes);
  return Array.from({ length: samples * rows * columns }, (_, i) => {
    const [left, top] = [(i % columns) * cell, (Math.floor(i / columns) % rows) * cell];
    const size = { side: cell, width: Math.min(cell, width - left), height: Math.min(cell, height - top) };
    const start = Math.floor(i / columns / rows) * inputHeight * inputWidth;
    const members = Array.from({ length: size.width * size.height }, (_, p) => {
      const [x, y] = [left + (p % size.width), top + Math.floor(p / size.width)];
      return pixels.data[start + y * inputWidth + x];
    });
    return { ...size, pixels: members };
  });
}

function snapTrial(shape: number[], attributes: SnapAttributes): Trial<SnapAttributes> {
  return { inputs: [{ layout: "pixels", shape }], attributes };
}
