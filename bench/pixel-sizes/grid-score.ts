// How well a picture keeps to a grid of one cell size that begins in its corner, before anything snaps it: cells of one
// colour each, and borders on the lines of the grid and nowhere else.

import type { Image } from "../../src/data/image.ts";

/**
 * The product of two shares. Of the picture's variance, what lies between cells: a fine picture has little. Of the steps between
 * neighbours, how many more there are on the lines than off them: a blurred one has as many off. Every second and third line
 * is asked by itself, so a picture of cells two or three times as large does not score either.
 *
 * @param cell pixels of a cell's side, from 2
 * @returns from 0 to 1; 1 where all cells have one colour, and borders lie on all lines alike
 */
export function gridScore(image: Image, cell: number): number {
  const steps = [
    stepsAlong(image, 1, image.width, image.height),
    stepsAlong(image, image.width, image.height, image.width),
  ];
  const [across, down] = steps.map((profile) => contrastOf(profile, cell));
  return betweenCells(image, cell) * Math.sqrt(across * down);
}

/** The size of those asked whose grid the picture keeps to best. */
export function bestCell(image: Image, sizes: readonly number[]): number {
  const scores = sizes.map((size) => gridScore(image, size));
  return sizes[scores.indexOf(Math.max(...scores))];
}

/** The share of the variance of whole cells that lies between them, all channels together. */
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

/** The mean step to the pixel before, for each place along an axis; none for the first. */
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
