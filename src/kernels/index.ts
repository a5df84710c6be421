// All operations of the engine. The tests, the bench and the docs loop over this list.

import { averageCells, snapToCells } from "./cells.ts";
import { adam } from "./adam.ts";
import { channelSum } from "./channel-sum.ts";
import { cleanCells } from "./clean.ts";
import { convolution, transposedConvolution } from "./convolution.ts";
import { diffuseError, ditherOrdered } from "./dither.ts";
import {
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
} from "./elementwise.ts";
import { filterGradient } from "./filter-gradient.ts";
import {
  absoluteError,
  absoluteErrorGradient,
  crossEntropy,
  crossEntropyGradient,
  squaredError,
  squaredErrorGradient,
} from "./losses.ts";
import { normalizeGradient, normSums, sumsRow } from "./normalization-gradient.ts";
import { normalize } from "./normalization.ts";
import type { Operation } from "./operation.ts";
import { kMeans, mapToPalette } from "./palette.ts";
import { fromPixels, toPixels } from "./pixels.ts";
import { keepColours } from "./keep-colours.ts";
import { exchangeWithPool } from "./pool.ts";
import { collect, constant, mean, spread, sum } from "./reduction.ts";
import { foldReflection } from "./reflection.ts";
import { relayout } from "./relayout.ts";
import { joinSamples, takeSamples } from "./samples.ts";
import { runningStatistics, statistics, updateRunning } from "./statistics.ts";
import { stencil, stencilAdjoint } from "./stencil.ts";
import { concat, dropout, takeChannels } from "./structure.ts";

export const operations = [
  convolution,
  transposedConvolution,
  filterGradient,
  relayout,
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
  snapToCells,
  averageCells,
  keepColours,
  cleanCells,
  kMeans,
  mapToPalette,
  ditherOrdered,
  diffuseError,
] as Operation[];
