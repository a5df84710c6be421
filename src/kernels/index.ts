// All operations of the engine. The tests, the bench and the docs loop over this list.

import { channelSum } from "./convolution/channel-sum.ts";
import { convolution, transposedConvolution } from "./convolution/convolution.ts";
import { filterGradient } from "./convolution/filter-gradient.ts";
import { foldReflection } from "./convolution/reflection.ts";
import { transposeFilter } from "./convolution/transpose-filter.ts";
import type { Operation } from "./core/operation.ts";
import { normalizeGradient, normSums, sumsRow } from "./normalization/normalization-gradient.ts";
import { normalize } from "./normalization/normalization.ts";
import { runningStatistics, statistics, updateRunning } from "./normalization/statistics.ts";
import { averageCells, snapToCells } from "./pixelart/cells.ts";
import { cleanCells } from "./pixelart/clean.ts";
import { diffuseError } from "./pixelart/dither-diffusion.ts";
import { ditherOrdered } from "./pixelart/dither-ordered.ts";
import { keepColours } from "./pixelart/keep-colours.ts";
import { kMeans, mapToPalette } from "./pixelart/palette.ts";
import { cropWithAlpha, fromPixels, toPixels } from "./pixelart/pixels.ts";
import { joinSamples, takeSamples } from "./tensor/batch.ts";
import {
  accumulate,
  add,
  leakyRelu,
  leakyReluGradient,
  relu,
  reluGradient,
  scale,
  sigmoid,
  sigmoidGradient,
  tanh,
  tanhGradient,
} from "./tensor/elementwise.ts";
import { collect, constant, mean, spread, sum } from "./tensor/reduction.ts";
import { stencil, stencilAdjoint } from "./tensor/stencil.ts";
import { concat, dropout, takeChannels } from "./tensor/structure.ts";
import { adam } from "./training/adam.ts";
import {
  absoluteError,
  absoluteErrorGradient,
  crossEntropy,
  crossEntropyGradient,
  squaredError,
  squaredErrorGradient,
} from "./training/losses.ts";
import { exchangeWithPool } from "./training/pool.ts";

export const operations = [
  convolution,
  transposedConvolution,
  filterGradient,
  transposeFilter,
  foldReflection,
  channelSum,
  statistics,
  runningStatistics,
  updateRunning,
  normalize,
  normSums,
  normalizeGradient,
  sumsRow,
  relu,
  reluGradient,
  leakyRelu,
  leakyReluGradient,
  tanh,
  tanhGradient,
  sigmoid,
  sigmoidGradient,
  accumulate,
  add,
  scale,
  concat,
  takeChannels,
  joinSamples,
  takeSamples,
  dropout,
  stencil,
  stencilAdjoint,
  sum,
  mean,
  spread,
  constant,
  collect,
  absoluteError,
  absoluteErrorGradient,
  squaredError,
  squaredErrorGradient,
  crossEntropy,
  crossEntropyGradient,
  exchangeWithPool,
  adam,
  fromPixels,
  toPixels,
  cropWithAlpha,
  snapToCells,
  averageCells,
  keepColours,
  cleanCells,
  kMeans,
  mapToPalette,
  ditherOrdered,
  diffuseError,
] as Operation[];
