// Losses for pixel art with cells of a known size, the first at the picture's corner. They
// complement the adversarial loss: cells should have the source's colours, each cell should have
// one colour, and cells should not alternate like a chessboard where the source does not.

import { apply, type Tensor } from "../autograd/tensor.ts";
import { stencil, stencilAdjoint } from "../kernels/tensor/stencil.ts";
import { absoluteError, squaredError } from "../kernels/training/losses.ts";

/** [N, C, H, W] -> [N, C, H / cell, W / cell]: the mean colour of each cell. */
function cellMeans(picture: Tensor, cell: number): Tensor {
  const weights = Array<number>(cell ** 2).fill(1 / cell ** 2);
  return apply(stencil, [picture], { weights, stride: cell });
}

/**
 * [1, 1, 1, 1]: the mean absolute difference of the cells' means, the "direct colour term" of
 * Pixelization (Wu et al. 2022).
 */
export function colorDistance(fake: Tensor, real: Tensor, cell: number): Tensor {
  return apply(absoluteError, [cellMeans(fake, cell), cellMeans(real, cell)], {});
}

/**
 * [1, 1, 1, 1]: the variance within a cell, averaged over cells and channels: the mean over all
 * numbers x of (x - mean of x's cell)^2.
 */
export function cellVariance(fake: Tensor, cell: number): Tensor {
  const [, , height, width] = fake.shape;
  const enlarged = { weights: Array<number>(cell ** 2).fill(1), stride: cell, height, width };
  return apply(squaredError, [fake, apply(stencilAdjoint, [cellMeans(fake, cell)], enlarged)], {});
}

/**
 * [1, 1, 1, 1]: for every square of 2 x 2 cells a b, c d, the distance of (a - b - c + d) / 4 from
 * the source's, averaged. That is the diagonal Haar coefficient: it is largest for a chessboard,
 * and zero for a vertical or horizontal edge.
 */
export function checkerDistance(fake: Tensor, real: Tensor, cell: number): Tensor {
  const weights = [1 / 4, -1 / 4, -1 / 4, 1 / 4];
  const diagonal = (picture: Tensor) => apply(stencil, [cellMeans(picture, cell)], { weights, stride: 1 });
  return apply(absoluteError, [diagonal(fake), diagonal(real)], {});
}
