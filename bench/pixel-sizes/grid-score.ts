// Scores how well a picture, before any snapping, follows a grid of one cell size that begins in
// its corner: cells have one colour each, and borders are only on the grid's lines.

import type { Image } from "../../src/picture/image.ts";

/**
 * The product of two shares. The first is the share of the picture's variance that lies between
 * cells; pictures with detail finer than the grid have little. The second is how many more steps
 * between neighbours there are on the lines than off them; a blurred picture has as many off the
 * lines. Every second and third line is also scored separately, so a picture with cells two or
 * three times as large scores low too.
 *
 * @param cell pixels along a cell's side, at least 2
 * @returns from 0 to 1; 1 if all cells have one colour and borders lie on all lines equally
 */
export function gridScore(image: Image, cell: number): number {
  const steps = [
    stepsAlong(image, 1, image.width, image.height),
    stepsAlong(image, image.width, image.height, image.width),
  ];
  const [across, down] = steps.map((profile) => contrastOf(profile, cell));
  return betweenCells(image, cell) * Math.sqrt(across * down);
}

/** The given size whose grid the picture follows best. */
export function bestCell(image: Image, sizes: readonly number[]): number {
  const scores = sizes.map((size) => gridScore(image, size));
  return sizes[scores.indexOf(Math.max(...scores))];
}

/** The share of the whole cells' variance that lies between them, over all channels. */
export function betweenCells({ width, height, data }: Image, cell: number): number {
  const [columns, rows] = [Math.floor(width / cell), Math.floor(height / cell)];
  const [whole, inside] = [new Float64Array(9), new Float64Array(9)];
  let within = 0;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      inside.fill(0);
      for (let y = row * cell; y < (row + 1) * cell; y++)
        for (let x = column * cell; x < (column + 1) * cell; x++)
          for (let channel = 0; channel < 3; channel++) {
            const value = data[4 * (y * width + x) + channel];
            inside[channel] += value;
            inside[3 + channel] += value * value;
          }
      within += squaresAround(inside, cell * cell);
      for (let i = 0; i < 6; i++) whole[i] += inside[i];
    }
  const total = squaresAround(whole, columns * rows * cell * cell);
  return total > 0 ? 1 - within / total : 0;
}

/** @param sums of three channels, then of their squares */
function squaresAround(sums: Float64Array, count: number): number {
  return [0, 1, 2].reduce((sum, channel) => sum + sums[3 + channel] - sums[channel] ** 2 / count, 0);
}

/** The mean step from the previous pixel, for each position along an axis; none for the first. */
function stepsAlong({ data }: Image, stride: number, length: number, count: number): Float64Array {
  const across = stride === 1 ? length : 1;
  return Float64Array.from({ length }, (_, place) => {
    if (place === 0) return 0;
    let sum = 0;
    for (let line = 0; line < count; line++) {
      const at = 4 * (place * stride + line * across);
      for (let channel = 0; channel < 3; channel++)
        sum += Math.abs(data[at + channel] - data[at - 4 * stride + channel]);
    }
    return sum / count;
  });
}

function contrastOf(profile: Float64Array, cell: number): number {
  const mean = (belongs: (place: number) => boolean) => {
    const steps = profile.filter((_, place) => place > 0 && belongs(place));
    return steps.length > 0 ? steps.reduce((sum, step) => sum + step, 0) / steps.length : 0;
  };
  const everyOther = [2, 3].flatMap((step) => Array.from({ length: step }, (_, first) => [step * cell, first * cell]));
  const on = Math.min(...everyOther.map(([step, first]) => mean((place) => place % step === first)));
  const off = mean((place) => place % cell !== 0);
  return on > off ? (on - off) / (on + off) : 0;
}
