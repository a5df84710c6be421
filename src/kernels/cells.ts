// The pixel grid: every cell of so many by so many pixels becomes one pixel, of a colour that some pixel of the cell has;
// or of their average, which is to measure light by and not to be shown.
// All arithmetic is in whole numbers, so every device gives the same bytes.

import average from "../../shaders/cells/average.wgsl";
import dominant from "../../shaders/cells/dominant.wgsl";
import median from "../../shaders/cells/median.wgsl";
import { bindRange, foldWorkgroups } from "./bands.ts";
import { lanes } from "./elementwise.ts";
import { declare, requireThat, totalBytes, type Launch, type Operation, type Sample } from "./operation.ts";
import { composeShader } from "./shader.ts";

/** How a cell's colour is chosen: see shaders/cells. */
export type CellMethod = "median" | "dominant";

const shaders = { average, dominant, median };

export interface SnapAttributes {
  /** Pixels of a cell's side, from 1 to `maximumCell`. */
  readonly cell: number;
  readonly method: keyof typeof shaders;
  /** The picture's own size: what the input holds beyond it, to the right and below, is padding. */
  readonly width: number;
  readonly height: number;
}

/** One lane reads all pixels of a cell, some of them many times: a larger cell would keep it busy for too long. */
export const maximumCell = 64;

/** How many pixels of a cell are tried as its dominant colour. */
const candidates = 16;

/** Colours up to 24 levels apart in each channel count as shades of one colour: the square of that distance. */
const reach = (2 + 4 + 3) * 24 ** 2;

/**
 * Pixels [N, H, W] -> one pixel a cell, [N, ceil(height / cell), ceil(width / cell)]. Cells at the right and lower border
 * are cut where the picture ends. Fully transparent pixels have no say in a cell's colour unless all are; a cell's alpha
 * is the median of its alphas.
 */
export const snapToCells: Operation<SnapAttributes> = declare({
  name: "snapToCells",

  infer([pixels], { cell, width, height }) {
    const [samples, inputHeight, inputWidth] = pixels.shape;
    requireThat(pixels.layout === "pixels", "snapToCells", () => "takes pixels");
    requireThat(
      Number.isInteger(cell) && cell >= 1 && cell <= maximumCell,
      "snapToCells",
      () => `a cell of ${cell} pixels`,
    );
    requireThat(
      width >= 1 && height >= 1 && width <= inputWidth && height <= inputHeight,
      "snapToCells",
      () => `a picture of ${width} x ${height} in ${inputWidth} x ${inputHeight} pixels`,
    );
    return { layout: "pixels", shape: [samples, Math.ceil(height / cell), Math.ceil(width / cell)] };
  },

  forward(traits, [pixels], output, { cell, method, width, height }) {
    const [samples, inputHeight, inputWidth] = pixels.type!.shape;
    const [, rows, columns] = output.type!.shape;
    const shader = composeShader(shaders[method], {
      LANES: lanes,
      ...(method === "dominant" && { CANDIDATES: candidates, REACH: reach }),
    });
    const room = traits.bindingBytes - traits.offsetAlignment;
    const most = Math.floor(room / (4 * inputWidth * cell));
    if (most === 0)
      throw new RangeError(`A row of cells of an image ${inputWidth} pixels wide exceeds the device's bindings.`);
    const launches: Launch[] = [];
    for (let sample = 0; sample < samples; sample++) {
      for (let row = 0; row < rows; row += most) {
        const top = row * cell;
        const bottom = Math.min((row + most) * cell, height);
        const count = Math.min(most, rows - row) * columns;
        const stretch = inputWidth * (bottom - top);
        const from = bindRange(traits, pixels, 4 * (sample * inputHeight + top) * inputWidth, 4 * stretch);
        const to = bindRange(traits, output, 4 * (sample * rows + row) * columns, 4 * count);
        const windows = [4 * from.offset, 4 * to.offset]; // from vec4s to pixels
        launches.push({
          label: `${method} of cells`,
          shader,
          bindings: [from.binding, to.binding],
          parameters: Uint32Array.of(...windows, width, bottom - top, inputWidth, columns, count, cell),
          workgroups: foldWorkgroups(traits, count, lanes),
          flops: stretch * readsOf(method),
        });
      }
    }
    return launches;
  },

  reference([pixels], { cell, method, width, height }) {
    const [samples, inputHeight, inputWidth] = pixels.shape;
    const [rows, columns] = [Math.ceil(height / cell), Math.ceil(width / cell)];
    const data = new Float64Array(samples * rows * columns);
    data.forEach((_, i) => {
      const [row, column] = [Math.floor(i / columns) % rows, i % columns];
      const members: number[] = [];
      for (let y = row * cell; y < Math.min((row + 1) * cell, height); y++) {
        const start = (Math.floor(i / columns / rows) * inputHeight + y) * inputWidth;
        for (let x = column * cell; x < Math.min((column + 1) * cell, width); x++) members.push(pixels.data[start + x]);
      }
      data[i] = colourOf(members, method);
    });
    return { shape: [samples, rows, columns], data };
  },

  cost([pixels], { cell, method, width, height }) {
    const cells = Math.ceil(width / cell) * Math.ceil(height / cell);
    return { flops: readsOf(method) * width * height, bytes: totalBytes(pixels) + 4 * cells };
  },

  samples: [
    snapSample([1, 8, 12], { cell: 4, method: "median", width: 12, height: 8 }),
    snapSample([1, 12, 16], { cell: 5, method: "median", width: 13, height: 11 }),
    snapSample([2, 7, 9], { cell: 3, method: "dominant", width: 9, height: 7 }),
    snapSample([1, 24, 20], { cell: 9, method: "dominant", width: 20, height: 23 }),
    snapSample([1, 103, 97], { cell: 2, method: "median", width: 97, height: 102 }),
    snapSample([2, 13, 10], { cell: 4, method: "average", width: 9, height: 13 }),
    snapSample([1, 3, 5], { cell: 64, method: "dominant", width: 5, height: 3 }),
  ],
});

/** How often a pixel is looked at, four operations each time. */
function readsOf(method: SnapAttributes["method"]): number {
  return 4 * (method === "dominant" ? 10 + candidates : 10);
}

function snapSample(shape: number[], attributes: SnapAttributes): Sample<SnapAttributes> {
  return { inputs: [{ layout: "pixels", shape }], attributes };
}

/** The colour and alpha of a cell, by sorting. */
function colourOf(members: readonly number[], method: SnapAttributes["method"]): number {
  const visible = members.filter((pixel) => pixel >>> 24 !== 0);
  const voters = visible.length > 0 ? visible : members;
  const alphas = members.map((pixel) => pixel >>> 24).sort((a, b) => a - b);
  const alpha = alphas[Math.floor(alphas.length / 2)];
  if (method === "average") return averageOf(voters) + alpha * 2 ** 24;
  const scored = method === "median" ? byMedian(voters) : byDensity(voters);
  const [chosen] = scored.reduce((best, other) =>
    other[1] > best[1] || (other[1] === best[1] && darker(other[0], best[0])) ? other : best,
  );
  return (chosen & 0xffffff) + alpha * 2 ** 24;
}

function averageOf(voters: readonly number[]): number {
  const shares = voters.map((pixel) => pixel >>> 24 || 1);
  const weight = shares.reduce((sum, share) => sum + share, 0);
  const [red, green, blue] = [0, 8, 16].map((shift) => {
    const sum = voters.reduce((sum, pixel, i) => sum + shares[i] * ((pixel >>> shift) & 255), 0);
    return Math.floor((sum + Math.floor(weight / 2)) / weight);
  });
  return red + green * 2 ** 8 + blue * 2 ** 16;
}

function byMedian(voters: readonly number[]): [number, number][] {
  const medians = [0, 8, 16].map((shift) => {
    const sorted = voters.map((pixel) => (pixel >>> shift) & 255).sort((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) / 2)];
  });
  const median = medians[0] + medians[1] * 2 ** 8 + medians[2] * 2 ** 16;
  return voters.map((pixel) => [pixel, -distance(pixel, median)]);
}

function byDensity(voters: readonly number[]): [number, number][] {
  const step = Math.floor((voters.length - 1) / candidates + 1) | 1;
  return voters
    .filter((_, i) => i % step === 0)
    .map((pixel) => [pixel, voters.reduce((sum, other) => sum + Math.max(0, reach - distance(pixel, other)), 0)]);
}

function distance(a: number, b: number): number {
  const apart = (shift: number) => ((a >>> shift) & 255) - ((b >>> shift) & 255);
  return 2 * apart(0) ** 2 + 4 * apart(8) ** 2 + 3 * apart(16) ** 2;
}

function darker(a: number, b: number): boolean {
  const lightness = (pixel: number) => 2 * (pixel & 255) + 4 * ((pixel >>> 8) & 255) + ((pixel >>> 16) & 255);
  return lightness(a) - lightness(b) < 0 || (lightness(a) === lightness(b) && (a & 0xffffff) < (b & 0xffffff));
}
