// Work is cut exactly at the limit, neither before nor after it.

import { deepStrictEqual as same, throws } from "node:assert/strict";
import { rowsRead, sizeConvolved } from "../../../src/kernels/convolution/geometry.ts";
import { bandsOf, runsOf, type BandLimits } from "../../../src/kernels/core/bands.ts";
import { foldWorkgroups } from "../../../src/kernels/core/launch.ts";
import { byteLength, image } from "../../../src/kernels/core/operation.ts";
import { software } from "../../devices.ts";

/**
 * Two images of ten rows of 256 bytes, cut for a binding limit; as text, such as `0:0-4` for rows 0
 * to 3 of the first.
 */
function bands(bindingBytes: number, limits: BandLimits = {}): string {
  const type = image(2, 4, 10, 16);
  const operand = { type, bytes: byteLength(type) };
  return bandsOf({ ...software, bindingBytes }, operand, operand, (rows) => rows, limits)
    .map(({ samples, output, target }) => {
      if (samples === 2) return "whole";
      const start = target.binding.offset! + 16 * target.offset - 256 * output.first;
      same(target.binding.bytes! - 16 * target.offset, 256 * (output.end - output.first));
      return `${start / 2560}:${output.first}-${output.end}`;
    })
    .join(" ");
}

export function checkBandsAtLimits(): void {
  const whole = 2 * 10 * 256;
  same(bands(whole), "whole");
  same(bands(whole - 1), "0:0-10 1:0-10");
  same(bands(4 * 256 + 256), "0:0-4 0:4-8 0:8-10 1:0-4 1:4-8 1:8-10");
  same(bands(4 * 256 + 255), "0:0-3 0:3-6 0:6-9 0:9-10 1:0-3 1:3-6 1:6-9 1:9-10");
  same(bands(5 * 256 + 256, { multiple: 2 }), "0:0-4 0:4-8 0:8-10 1:0-4 1:4-8 1:8-10");
  same(bands(whole, { multiple: 2, most: 20 }), "whole");
  same(bands(whole, { multiple: 2, most: 18 }), "0:0-10 1:0-10");
  same(bands(whole, { multiple: 2, most: 4 }), "0:0-4 0:4-8 0:8-10 1:0-4 1:4-8 1:8-10");
  throws(() => bands(256 + 255), RangeError);
}

export function checkRunsAtLimits(): void {
  const runs = (bindingBytes: number, count: number, ...bytes: number[]) =>
    runsOf({ ...software, bindingBytes }, count, ...bytes).map(({ first, count }) => `${first}+${count}`);
  same(runs(1024, 64, 16), ["0+64"]);
  same(runs(1024, 65, 16), ["0+64", "64+1"]);
  // An uncut whole need not begin at an aligned byte, so it may be shorter than the shortest run.
  same(runs(200, 12, 16), ["0+12"]);
  throws(() => runs(200, 13, 16), RangeError);
  // Of 48 bytes each only every sixteenth is aligned, and of 4 bytes each only every 64th.
  same(runs(1600, 100, 48), ["0+32", "32+32", "64+32", "96+4"]);
  same(runs(4000, 100, 48, 4), ["0+64", "64+36"]);
}

export function checkFoldedWorkgroups(): void {
  const groups = (lanes: number) => foldWorkgroups({ ...software, workgroupsPerDimension: 5 }, lanes, 64);
  same(groups(1), [1, 1, 1]);
  same(groups(4 * 64), [4, 1, 1]);
  same(groups(4 * 64 + 1), [5, 1, 1]);
  same(groups(5 * 64 + 1), [5, 2, 1]);
  same(groups(12 * 64), [5, 3, 1]);
}

/** Checks that a band binds exactly the rows that its taps read, from the first to the last. */
export function checkRowsRead(): void {
  for (const transposed of [false, true])
    for (const reflect of transposed ? [false] : [false, true])
      for (const [kernel, stride, padding, height] of [
        ...[
          [1, 1, 0, 7],
          [3, 1, 1, 7],
          [3, 1, 2, 9],
          [7, 1, 3, 11],
          [3, 2, 1, 12],
          [3, 2, 1, 11],
          [4, 2, 1, 10],
        ],
        ...[
          [4, 1, 1, 9],
          [3, 3, 0, 12],
          [5, 1, 0, 8],
        ],
      ]) {
        const geometry = { input: image(1, 4, height, 8), kernel, stride, padding, reflect, transposed };
        const rows = transposed
          ? (height - 1) * stride - 2 * padding + kernel
          : sizeConvolved(height, kernel, { stride, padding });
        for (let first = 0; first < rows; first += transposed ? stride : 1)
          for (let end = first + 1; end <= rows; end++) {
            const read = new Set<number>();
            for (let y = first; y < end; y++)
              for (let tap = 0; tap < kernel; tap++) {
                const row = transposed ? (y + padding - tap) / stride : y * stride + tap - padding;
                const mirrored = row < 0 ? -row : row >= height ? 2 * (height - 1) - row : row;
                if (Number.isInteger(row) && (reflect || (row >= 0 && row < height)))
                  read.add(reflect ? mirrored : row);
              }
            const exact = { first: Math.min(...read), end: Math.max(...read) + 1 };
            if (read.size > 0)
              same(rowsRead(geometry, { first, end }), exact, JSON.stringify({ geometry, first, end }));
          }
      }
}

export function checkSizes(): void {
  const size = (size: number, kernel: number, stride: number, padding: number) =>
    sizeConvolved(size, kernel, { stride, padding });
  same(
    [size(64, 3, 1, 1), size(65, 3, 2, 1), size(64, 3, 2, 1), size(63, 4, 1, 1), size(7, 7, 1, 0)],
    [64, 33, 32, 62, 1],
  );
}
