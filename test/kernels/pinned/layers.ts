// The launches of layers of CycleGAN's networks, and the memory between them. How finely work is
// cut changes no result that a test would notice, but it changes time and memory.

import { deepStrictEqual as same } from "node:assert/strict";
import { channelSum } from "../../../src/kernels/convolution/channel-sum.ts";
import { convolution, transposedConvolution } from "../../../src/kernels/convolution/convolution.ts";
import { image, vector, type TensorType, type Traits } from "../../../src/kernels/core/operation.ts";
import { statistics } from "../../../src/kernels/normalization/statistics.ts";
import { kMeans } from "../../../src/kernels/pixelart/palette.ts";
import { mean } from "../../../src/kernels/tensor/reduction.ts";
import { hardware, software } from "../../devices.ts";
import { convolved, filter, filtersOf, planOf } from "./plan.ts";

/**
 * In bands, each with workgroups for its own rows. Winograd's transformed bands take up to 16 MiB.
 */
export function checkLaunchesOfLargePictures(): void {
  same(convolved(hardware, 64, 1024, 64, 3), [
    "convolution/tiled 4080 x 1 x 1",
    "convolution/tiled 4072 x 1 x 1",
    "convolution/tiled 40 x 1 x 1",
  ]);
  const types = (outputs: number) => [image(1, 32, 193, 201), filter("filter", outputs, 32, 3)];
  const attributes = { stride: 1, padding: 1, reflect: true };
  const bands = (outputs: number) =>
    planOf(convolution, software, types(outputs), attributes).filter((line) => line.includes("multiply"));
  same(bands(32), ["convolution/winograd/multiply 512 x 1 x 16", "convolution/winograd/multiply 101 x 1 x 16"]);
  same(bands(64), [
    "convolution/winograd/multiply 253 x 2 x 16",
    "convolution/winograd/multiply 253 x 2 x 16",
    "convolution/winograd/multiply 108 x 2 x 16",
  ]);
  same(filtersOf(software, [1, 32, 8, 520], 32, 3), [
    "convolution/winograd/input 520 x 1 x 1",
    "convolution/winograd/gradient 520 x 1 x 1",
    "convolution/filter-gradient/broadcast 2 x 64 x 1",
    "convolution/winograd/filter-gradient 16 x 1 x 1",
    "4521984 bytes between",
  ]);
}

const enlarged = (traits: Traits) =>
  planOf(transposedConvolution, traits, [image(1, 256, 64, 64), filter("transposedFilter", 256, 128, 3)], {
    stride: 2,
    padding: 1,
    outputPadding: 1,
  });

/** The launches of a generator's layers for a picture of 256 x 256. */
export function checkLaunchesOfConvolutions(): void {
  same(convolved(software, 3, 256, 64, 7), ["convolution/broadcast 4096 x 1 x 2"]);
  same(convolved(software, 64, 256, 128, 3, 2), ["convolution/broadcast 1024 x 1 x 4"]);
  same(convolved(software, 256, 64, 256, 3), [
    "convolution/winograd/filter 1024 x 1 x 1",
    "convolution/winograd/input 4096 x 1 x 1",
    "convolution/winograd/multiply 64 x 8 x 16",
    "convolution/winograd/output 4096 x 1 x 1",
    "37748736 bytes between",
  ]);
  same(enlarged(software), ["convolution/broadcast 256 x 1 x 16"]);
  same(convolved(software, 64, 256, 3, 7), ["convolution/narrow 2048 x 1 x 1"]);

  same(convolved(hardware, 3, 256, 64, 7), ["convolution/tiled 512 x 1 x 1"]);
  same(convolved(hardware, 64, 256, 128, 3, 2), ["convolution/tiled 128 x 1 x 2"]);
  same(convolved(hardware, 256, 64, 256, 3), ["convolution/tiled 32 x 1 x 4"]);
  same(enlarged(hardware), ["convolution/tiled 32 x 1 x 8"]);
  same(convolved(hardware, 64, 256, 3, 7), ["convolution/registers 256 x 1 x 1"]);
  const pair = planOf(convolution, hardware, [image(2, 32, 46, 46), filter("filter", 32, 32, 1)], {
    stride: 1,
    padding: 0,
    reflect: false,
  });
  same(pair, ["convolution/tiled 34 x 1 x 1"]);
}

export function checkLaunchesOfFilterGradients(): void {
  same(filtersOf(software, [1, 3, 256, 256], 64, 7), [
    "convolution/filter-gradient/broadcast 28 x 256 x 1",
    "convolution/filter-gradient/sum 49 x 1 x 1",
    "12845056 bytes between",
  ]);
  same(filtersOf(software, [1, 64, 256, 256], 128, 3, 2), [
    "convolution/filter-gradient/broadcast 144 x 43 x 1",
    "convolution/filter-gradient/sum 288 x 1 x 1",
    "12681216 bytes between",
  ]);
  same(filtersOf(software, [1, 256, 64, 64], 256, 3), [
    "convolution/winograd/input 4096 x 1 x 1",
    "convolution/winograd/gradient 4096 x 1 x 1",
    "convolution/filter-gradient/broadcast 128 x 64 x 1",
    "convolution/winograd/filter-gradient 1024 x 1 x 1",
    "50331648 bytes between",
  ]);
  same(filtersOf(hardware, [1, 64, 256, 256], 128, 3, 2), [
    "convolution/filter-gradient/tiled 5 x 43 x 1",
    "convolution/filter-gradient/sum 288 x 1 x 1",
    "12681216 bytes between",
  ]);
  same(filtersOf(hardware, [1, 32, 64, 64], 128, 3), [
    "convolution/filter-gradient/tiled 3 x 16 x 1",
    "convolution/filter-gradient/sum 144 x 1 x 1",
    "2359296 bytes between",
  ]);
  same(filtersOf(hardware, [1, 256, 64, 64], 256, 3), [
    "convolution/filter-gradient/tiled 36 x 7 x 1",
    "convolution/filter-gradient/sum 2304 x 1 x 1",
    "16515072 bytes between",
  ]);
}

/**
 * Chunks of about 256 pixels, of whole rows, of at most 16 MiB each and together; larger ones are
 * processed chunk by chunk.
 */
export function checkChunksOfFilterGradients(): void {
  const chunks = (input: [number, number, number, number], outputs: number, kernel: number, stride = 1) => {
    const plan = filtersOf(hardware, input, outputs, kernel, stride);
    const launches = plan.filter((line) => line.includes(" x "));
    return `${launches.length} launches, ${launches[0].split(" ")[3]} chunks, ${plan.at(-1)}`;
  };
  same(chunks([1, 3, 20, 20], 8, 3), "2 launches, 2 chunks, 2304 bytes between");
  same(chunks([1, 3, 10, 20], 8, 3), "1 launches, 1 chunks, convolution/filter-gradient/registers 2 x 1 x 1");
  same(chunks([1, 1024, 32, 32], 1024, 3), "1 launches, 1 chunks, convolution/filter-gradient/tiled 576 x 1 x 1");
  same(chunks([1, 256, 64, 4096], 256, 3), "32 launches, 1 chunks, 2359296 bytes between");
  same(chunks([1, 512, 32, 1800], 512, 3, 2), "2 launches, 8 chunks, 75497472 bytes between");
  same(chunks([1, 512, 32, 1800], 1024, 3, 2), "16 launches, 1 chunks, 18874368 bytes between");
  same(chunks([1, 512, 8, 5000], 512, 3, 2), "2 launches, 4 chunks, 37748736 bytes between");
  same(chunks([1, 64, 512, 1024], 32, 3), "2 launches, 171 chunks, 12607488 bytes between");
  same(chunks([1, 64, 512, 1026], 32, 3), "342 launches, 1 chunks, 73728 bytes between");
}

/** Sizes just above the limits at which chunks get longer. */
export function checkLaunchesOfReductions(): void {
  const features = image(1, 64, 320, 461);
  same(planOf(channelSum, hardware, [features], {}), [
    "tensor/reduction/channels 4 x 37 x 1",
    "tensor/reduction/channels 4 x 1 x 1",
    "9472 bytes between",
  ]);
  same(planOf(channelSum, hardware, [image(2, 20, 32, 64)], {}), ["tensor/reduction/channels 2 x 1 x 1"]);
  // Without workgroup memory there is a second pass over chunks of at most 64 pixels.
  same(planOf(channelSum, software, [image(2, 20, 32, 64)], {}), [
    "tensor/reduction/channels-lanes 5 x 1 x 1",
    "tensor/reduction/channels-lanes 1 x 1 x 1",
    "5120 bytes between",
  ]);
  same(planOf(channelSum, software, [image(1, 20, 4, 4)], {}), ["tensor/reduction/channels-lanes 1 x 1 x 1"]);
  const over = { over: "sample", epsilon: 1e-5 } as const;
  same(planOf(statistics, hardware, [features], over), [
    "normalization/statistics 4 x 37 x 1",
    "normalization/combine 1 x 1 x 1",
    "18944 bytes between",
  ]);
  same(planOf(statistics, hardware, [image(3, 20, 64, 64)], over), ["normalization/statistics 2 x 1 x 3"]);
  same(planOf(statistics, hardware, [image(3, 20, 64, 65)], over), [
    "normalization/statistics 2 x 2 x 3",
    "normalization/combine 1 x 1 x 1",
    "960 bytes between",
  ]);
  // Here the second pass is always there.
  same(planOf(statistics, software, [features], over), [
    "normalization/statistics-lanes 577 x 1 x 1",
    "normalization/combine 1 x 1 x 1",
    "1180160 bytes between",
  ]);
  same(planOf(statistics, software, [image(3, 20, 64, 64)], over), [
    "normalization/statistics-lanes 5 x 1 x 3",
    "normalization/combine 1 x 1 x 1",
    "30720 bytes between",
  ]);
  same(planOf(mean, software, [image(1, 4, 104, 3151)], {}), [
    "tensor/reduction/partial 54 x 1 x 1",
    "tensor/reduction/total 1 x 1 x 1",
    "13656 bytes between",
  ]);
  const types: TensorType[] = [{ layout: "pixels", shape: [1, 256, 256] }, vector(4 * 100), vector(3072)];
  same(planOf(kMeans, software, types, { iterations: 1 }), [
    "pixelart/palette/points 1024 x 1 x 1",
    "pixelart/palette/begin 2 x 1 x 1",
    "pixelart/palette/assign 64 x 1 x 1",
    "pixelart/palette/update 2 x 1 x 1",
    "pixelart/palette/member 1024 x 1 x 1",
    "pixelart/palette/member 1024 x 1 x 1",
    "1052176 bytes between",
  ]);
}
