// How operations that cut themselves are cut: as few launches as the binding limit allows, and none
// if it is too small.

import { deepStrictEqual as same, throws } from "node:assert/strict";
import { foldReflection } from "../../../src/kernels/convolution/reflection.ts";
import { image, vector, type Launch, type Operation, type TensorType } from "../../../src/kernels/core/operation.ts";
import { averageCells } from "../../../src/kernels/pixelart/cells.ts";
import { cleanCells } from "../../../src/kernels/pixelart/clean.ts";
import { keepColours } from "../../../src/kernels/pixelart/keep-colours.ts";
import { kMeans, maximumColours } from "../../../src/kernels/pixelart/palette.ts";
import { takeSamples } from "../../../src/kernels/tensor/batch.ts";
import { stencilAdjoint } from "../../../src/kernels/tensor/stencil.ts";
import { exchangeWithPool } from "../../../src/kernels/training/pool.ts";
import { software } from "../../devices.ts";
import { launchesOf } from "../checks.ts";
import { uniformsOf } from "./plan.ts";

function launches<A>(operation: Operation<A>, inputs: TensorType[], attributes: A, bindingBytes: number) {
  return launchesOf(operation as Operation, { inputs, attributes }, { ...software, bindingBytes });
}

const pixels = (...shape: number[]): TensorType => ({ layout: "pixels", shape });

/** The bytes that a binding may have to start earlier in order to be aligned. */
const margin = software.offsetAlignment;

/** Rows of sixteen pixels, 64 bytes each. */
const row = 64;

export function checkLimitsOfAverages(): void {
  const attributes = { cell: 1, width: 16, height: 20 };
  const count = (bytes: number) => launches(averageCells, [pixels(1, 20, 16)], attributes, bytes).length;
  same(count(margin + 7 * row), 4);
  same(count(margin + 7 * row - 1), 5);
  same(count(margin + 3 * row), 20);
  throws(() => count(margin + 3 * row - 1), RangeError);
}

/** Reads two rows above a band, and two below. */
export function checkLimitsOfCleaning(): void {
  const inputs = [pixels(1, 20, 16), vector(3072)];
  const count = (bytes: number) => launches(cleanCells, inputs, { strength: 1 }, bytes).length;
  same(count(margin + 9 * row), 4);
  same(count(margin + 9 * row - 1), 5);
  same(count(margin + 5 * row), 20);
  throws(() => count(margin + 5 * row - 1), RangeError);
}

/** Reads four rows above a band, and four below. */
export function checkLimitsOfKeeping(): void {
  const inputs = [pixels(1, 34, 16), pixels(1, 34, 16), vector(3072), vector(256)];
  const groups = (bytes: number) =>
    launches(keepColours, inputs, { strength: 256 }, bytes)
      .filter(({ label }) => label === "colours kept")
      .map(({ workgroups: [columns] }) => columns);
  const pairRow = 4 * row;
  same(groups(margin + 25 * pairRow), [5, 5]);
  same(groups(margin + 25 * pairRow - 1), [4, 4, 1]);
  same(groups(margin + 9 * pairRow).length, 34);
  throws(() => groups(margin + 9 * pairRow - 1), RangeError);
}

export function checkLimitsOfCopies(): void {
  const copies = (bytes: number) => launches(takeSamples, [image(2, 4, 10, 160)], { first: 1, count: 1 }, bytes);
  same(copies(margin + 256).length, 100);
  same(copies(margin + 255).length, 107);
  same(copies(margin + 16).length, 1600);
  throws(() => copies(margin + 15), RangeError);
  same(copies(margin + 256)[0].workgroups, [1, 1, 1]);
}

export function checkLimitsOfPools(): void {
  const slots = (bytes: number, height: number, width: number) => {
    const inputs = [image(1, 4, height, width), image(20, 4, height, width), vector(2)];
    return launches(exchangeWithPool, inputs, {}, bytes);
  };
  same(slots(margin + 5 * 2560, 10, 16).length, 4);
  same(slots(margin + 5 * 2560 - 1, 10, 16).length, 5);
  same(slots(2 ** 27, 5, 13)[0].workgroups, [2, 1, 1]);
}

export function checkLimitsOfPalettes(): void {
  const types = (colours: number) => [pixels(1, 5, 5), vector(4 * colours), vector(3072)];
  same(maximumColours, 256);
  same(kMeans.infer(types(256), { iterations: 1 }).shape, [1, 1, 256]);
  throws(() => kMeans.infer(types(257), { iterations: 1 }), /256/);
}

/** The first row of a band's output and how many there are, and the same of the input. */
function rowsOf(band: Launch): number[] {
  const { outputRow, outputRows, inputRow, inputRows } = uniformsOf(band);
  return [outputRow, outputRows, inputRow, inputRows];
}

/** Rows of an image, and the rows of the padded image that fold onto them. */
export function checkRowsOfReflections(): void {
  for (const [height, padding] of [
    [10, 3],
    [9, 2],
    [6, 1],
    [5, 0],
  ])
    for (let most = 2 * padding + 1; most < 2 * padding + 6; most++) {
      const type = image(1, 16, height + 2 * padding, 16);
      const bands = launches(foldReflection, [type], { padding }, margin + 1024 * most);
      const seen = bands.map(rowsOf);
      const expected = seen.map(([first, count]) => {
        const folded = Array.from({ length: height + 2 * padding }, (_, row) => row).filter((row) => {
          const inner = Math.abs(row - padding);
          const mirrored = Math.min(inner, 2 * (height - 1) - inner);
          return mirrored >= first && mirrored < first + count;
        });
        return [first, count, folded[0], folded.at(-1)! - folded[0] + 1];
      });
      same(seen, expected);
    }
}

/** Each row of the wide image separately, and the rows of the narrow one whose filters cover it. */
export function checkRowsOfStencils(): void {
  for (const [side, stride, height] of [
    [3, 2, 20],
    [4, 4, 20],
    [2, 1, 20],
    [1, 3, 20],
  ]) {
    const narrow = Math.floor((height - side) / stride) + 1;
    const attributes = { weights: Array<number>(side * side).fill(1), stride, height, width: side };
    const bands = launches(stencilAdjoint, [image(1, 256, narrow, 1)], attributes, margin + side * 1024);
    const seen = bands.map(rowsOf);
    const expected = seen.map(([first, count]) => {
      const over = Array.from({ length: narrow }, (_, y) => y).filter(
        (y) => y * stride < first + count && y * stride + side > first,
      );
      const start = over[0] ?? Math.min(Math.ceil((first - side + 1) / stride), narrow - 1);
      return [first, count, start, Math.max(over.length, 1)];
    });
    same(seen, expected);
    same(seen.length > 3, true);
  }
}
