// All operations of the engine. The tests, the bench and the docs loop over this list.

import { snapToCells } from "./cells.ts";
import { channelSum } from "./channel-sum.ts";
import { convolution, transposedConvolution } from "./convolution.ts";
import { add, leakyRelu, relu, sigmoid, tanh } from "./elementwise.ts";
import { filterGradient } from "./filter-gradient.ts";
import { normalize, runningStatistics, statistics } from "./normalization.ts";
import type { Operation } from "./operation.ts";
import { kMeans, mapToPalette } from "./palette.ts";
import { fromPixels, toPixels } from "./pixels.ts";
import { mean, sum } from "./reduction.ts";
import { foldReflection } from "./reflection.ts";
import { relayout } from "./relayout.ts";
import { concat, dropout } from "./structure.ts";

export const operations = [
  convolution,
  transposedConvolution,
  filterGradient,
  relayout,
  foldReflection,
  channelSum,
  statistics,
  runningStatistics,
  normalize,
  relu,
  leakyRelu,
  tanh,
  sigmoid,
  add,
  concat,
  dropout,
  sum,
  mean,
  fromPixels,
  toPixels,
  snapToCells,
  kMeans,
  mapToPalette,
] as Operation[];
