// All operations of the engine. The tests, the bench and the docs loop over this list.

import { snapToCells } from "./cells.ts";
import { convolution, transposedConvolution } from "./convolution.ts";
import { add, leakyRelu, relu, sigmoid, tanh } from "./elementwise.ts";
import { normalize, runningStatistics, statistics } from "./normalization.ts";
import type { Operation } from "./operation.ts";
import { kMeans, mapToPalette } from "./palette.ts";
import { fromPixels, toPixels } from "./pixels.ts";
import { mean, sum } from "./reduction.ts";
import { concat, dropout } from "./structure.ts";

export const operations = [
  convolution,
  transposedConvolution,
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
