// When Winograd's form is chosen.

import { deepStrictEqual as same } from "node:assert/strict";
import { convolution } from "../../../src/kernels/convolution/convolution.ts";
import { convolutionGeometry } from "../../../src/kernels/convolution/geometry.ts";
import { suitsWinograd } from "../../../src/kernels/convolution/winograd.ts";
import { image, type Traits } from "../../../src/kernels/core/operation.ts";
import { software } from "../../devices.ts";
import { filter, filtersOf } from "./plan.ts";

/**
 * Winograd's form needs many channels, enough tiles for a subgroup, and filters and a row of tiles
 * that fit into 16 MiB.
 */
export function checkWhereWinogradSuits(): void {
  const suits = (
    [samples, channels, height, width]: [number, number, number, number],
    outputs: number,
    { kernel = 3, stride = 1, ...traits }: { kernel?: number; stride?: number } & Partial<Traits> = {},
  ) => {
    const attributes = { stride, padding: 1, reflect: false };
    const types = [image(samples, channels, height, width), filter("filter", outputs, channels, kernel)];
    const output = convolution.infer(types, attributes);
    const geometry = convolutionGeometry(types[0], types[1], output, attributes);
    return suitsWinograd({ ...software, ...traits }, geometry);
  };
  same(suits([1, 32, 8, 8], 32), true);
  for (const subgroupSize of [4, 64]) same(suits([1, 32, 8, 8], 32, { subgroupSize }), true);
  for (const subgroupSize of [0, 2, 128]) same(suits([1, 32, 8, 8], 32, { subgroupSize }), false);
  same(suits([1, 32, 8, 8], 32, { software: false }), false);
  same(suits([1, 32, 9, 9], 32, { kernel: 4 }), false);
  same(suits([1, 32, 16, 16], 32, { stride: 2 }), false);
  same([suits([1, 28, 8, 8], 32), suits([1, 32, 8, 8], 28)], [false, false]);
  same([suits([2, 32, 4, 8], 32), suits([1, 32, 8, 6], 32), suits([4, 32, 3, 3], 32)], [true, false, true]);
  same([suits([1, 512, 8, 8], 512), suits([1, 512, 8, 8], 516), suits([1, 516, 8, 8], 512)], [true, false, false]);
  same(
    [suits([1, 512, 8, 1024], 32), suits([1, 512, 8, 1026], 32), suits([1, 32, 8, 1026], 512)],
    [true, false, false],
  );
}

/** Both transformed images, at all positions, and the chunks of the filters fit into 16 MiB. */
export function checkWhereWinogradSuitsFilters(): void {
  const first = (input: [number, number, number, number], outputs: number) =>
    filtersOf(software, input, outputs, 3)[0].split(" ")[0];
  const [winograd, plain] = ["convolution/winograd/input", "convolution/filter-gradient/broadcast"];
  same(first([1, 256, 64, 64], 256), winograd);
  same([first([1, 32, 64, 64], 260), first([1, 260, 64, 64], 32)], [plain, plain]);
  same(first([1, 384, 64, 32], 384), plain);
  same(first([1, 32, 4, 8], 32), plain);
}
