// Which kernel is taken on which device, and what the layers of CycleGAN's networks are launched as. All kernels give the same numbers, so
// nothing but what is written down here says whether it is the one that was measured to be the fastest. After a measurement that says
// otherwise (bench/LOG.md) these lines are rewritten with the code.

import { deepStrictEqual as same } from "node:assert/strict";
import { channelSum } from "../../../src/kernels/convolution/channel-sum.ts";
import { chooseVariant, variants } from "../../../src/kernels/convolution/variants.ts";
import { convolution, transposedConvolution } from "../../../src/kernels/convolution/convolution.ts";
import {
  chooseFilterGradientVariant,
  filterGradientVariants,
} from "../../../src/kernels/convolution/filter-gradient-variants.ts";
import { filterGradient } from "../../../src/kernels/convolution/filter-gradient.ts";
import {
  image,
  totalBytes,
  vector,
  type Operation,
  type TensorType,
  type Traits,
} from "../../../src/kernels/core/operation.ts";
import { kMeans } from "../../../src/kernels/pixelart/palette.ts";
import { mean } from "../../../src/kernels/tensor/reduction.ts";
import { filesOf } from "../../../src/kernels/core/shader-files.ts";
import { statistics } from "../../../src/kernels/normalization/statistics.ts";
import { launchesOf } from "../checks.ts";
import { hardware, software } from "./devices.ts";

type Tile = ReturnType<typeof chooseVariant> | ReturnType<typeof chooseFilterGradientVariant>;

/** Such as `tiled 8 x 1 x 4 in 16 x 16`: rows, columns and depth of a lane's tile, and the lanes of a workgroup. */
function nameOf(tile: Tile): string {
  const { kind, rows, columns, groupRows, groupColumns } = tile;
  const depth = "depth" in tile ? tile.depth : "pixels" in tile ? tile.pixels : undefined;
  return `${kind} ${rows} x ${columns}${depth ? ` x ${depth}` : ""} in ${groupRows} x ${groupColumns}`;
}

export function checkVariants(): void {
  const registers = ["registers 4 x 1 in 8 x 8", "registers 8 x 1 in 8 x 8", "registers 8 x 2 in 8 x 8"];
  const line = "registers 4 x 1 in 64 x 1";
  const tiled = ["tiled 4 x 1 x 4 in 16 x 16", "tiled 8 x 1 x 4 in 16 x 16", "tiled 8 x 2 x 2 in 16 x 16"];
  const broadcast = (size: number) => [8, 16].map((rows) => `broadcast ${rows} x 1 in 1 x ${size}`);
  const names = (traits: Partial<Traits>) => variants({ ...hardware, ...traits }).map(nameOf);
  same(names({}), [...broadcast(32), ...registers, line, ...tiled]);
  same(names({ subgroupSize: 4 }), [...broadcast(4), ...registers, line, ...tiled]);
  same(names({ subgroupSize: 64 }), [...broadcast(64), ...registers, line, ...tiled]);
  for (const subgroupSize of [0, 2, 128]) same(names({ subgroupSize }), [...registers, line, ...tiled]);
  // What the tiles take of a workgroup's memory, to the byte.
  const rooms = [8448, 12800, 8704];
  for (const [i, workgroupBytes] of rooms.entries()) {
    same(names({ workgroupBytes }).includes(tiled[i]), true);
    same(names({ workgroupBytes: workgroupBytes - 1 }).includes(tiled[i]), false);
  }
  same(names({ workgroupInvocations: 255 }), [...broadcast(32), ...registers, line]);
  same(names({ workgroupInvocations: 64 }), [...broadcast(32), ...registers, line]);
}

export function checkFilterGradientVariants(): void {
  const registers = ["registers 1 x 1 in 8 x 8", "registers 1 x 1 in 64 x 1"];
  const tiled = ["tiled 1 x 1 x 8 in 16 x 16", "tiled 2 x 2 x 8 in 16 x 16"];
  const broadcast = (size: number) => [1, 4].map((columns) => `broadcast 1 x ${columns} in ${size} x 1`);
  const names = (traits: Partial<Traits>) => filterGradientVariants({ ...hardware, ...traits }).map(nameOf);
  same(names({}), [...broadcast(32), ...registers, ...tiled]);
  same(names({ subgroupSize: 4 }), [...broadcast(4), ...registers, ...tiled]);
  same(names({ subgroupSize: 64 }), [...broadcast(64), ...registers, ...tiled]);
  for (const subgroupSize of [0, 2, 128]) same(names({ subgroupSize }), [...registers, ...tiled]);
  for (const [i, workgroupBytes] of [4096, 8192].entries()) {
    same(names({ workgroupBytes }).includes(tiled[i]), true);
    same(names({ workgroupBytes: workgroupBytes - 1 }).includes(tiled[i]), false);
  }
  same(names({ workgroupInvocations: 255 }), [...broadcast(32), ...registers]);
  same(names({ workgroupInvocations: 64 }), [...broadcast(32), ...registers]);
}

export function checkChosenVariants(): void {
  const chosen = (traits: Traits, pixels: number, channels: number) => nameOf(chooseVariant(traits, pixels, channels));
  same(chosen(software, 10 ** 6, 4), "registers 4 x 1 in 64 x 1");
  same(chosen(software, 1, 5), "broadcast 16 x 1 in 1 x 8");
  same(chosen({ ...software, subgroupSize: 0 }, 1, 5), "registers 8 x 1 in 8 x 8");
  same(chosen(hardware, 10 ** 6, 12), "registers 4 x 1 in 64 x 1");
  same(chosen(hardware, 10 ** 6, 13), "registers 4 x 1 in 8 x 8");
  same(chosen(hardware, 10 ** 6, 28), "registers 4 x 1 in 8 x 8");
  same(chosen(hardware, 4095, 29), "tiled 4 x 1 x 4 in 16 x 16");
  same(chosen(hardware, 4096, 29), "tiled 8 x 1 x 4 in 16 x 16");
  same(chosen({ ...hardware, workgroupInvocations: 128 }, 4096, 29), "registers 4 x 1 in 8 x 8");
}

export function checkChosenFilterGradientVariants(): void {
  const chosen = (traits: Traits, rows: number, columns: number) =>
    nameOf(chooseFilterGradientVariant(traits, rows, columns));
  same(chosen(software, 100, 1), "broadcast 1 x 1 in 8 x 1");
  same(chosen(software, 1, 2), "broadcast 1 x 4 in 8 x 1");
  same(chosen({ ...software, subgroupSize: 0 }, 100, 3), "registers 1 x 1 in 64 x 1");
  same(chosen({ ...software, subgroupSize: 0 }, 100, 4), "registers 1 x 1 in 8 x 8");
  same(chosen(hardware, 100, 3), "registers 1 x 1 in 64 x 1");
  same(chosen(hardware, 100, 4), "tiled 1 x 1 x 8 in 16 x 16");
  same(chosen(hardware, 31, 32), "tiled 1 x 1 x 8 in 16 x 16");
  same(chosen(hardware, 32, 31), "tiled 1 x 1 x 8 in 16 x 16");
  same(chosen(hardware, 32, 32), "tiled 2 x 2 x 8 in 16 x 16");
  same(chosen({ ...hardware, workgroupInvocations: 128 }, 32, 32), "registers 1 x 1 in 8 x 8");
}

/** The shaders of an operation's launches, each with its workgroups, and the bytes that lie between them. */
function planOf<A>(operation: Operation<A>, traits: Traits, inputs: TensorType[], attributes: A): string[] {
  const launches = launchesOf(operation as Operation, { inputs, attributes }, traits);
  const operands = new Set(launches.flatMap(({ bindings }) => bindings.map(({ operand }) => operand)));
  const given = totalBytes(...inputs, operation.infer(inputs, attributes));
  const bytes = [...operands].reduce((sum, { bytes }) => sum + bytes, 0) - given;
  const texts = launches.map(({ shader, workgroups }) => `${filesOf(shader)[0]} ${workgroups.join(" x ")}`);
  return bytes > 0 ? [...texts, `${bytes} bytes between`] : texts;
}

function filter(layout: "filter" | "transposedFilter", first: number, second: number, kernel: number): TensorType {
  return { layout, shape: [first, second, kernel, kernel] };
}

const convolved = (traits: Traits, channels: number, size: number, outputs: number, kernel: number, stride = 1) =>
  planOf(convolution, traits, [image(1, channels, size, size), filter("filter", outputs, channels, kernel)], {
    stride,
    padding: kernel >> 1,
    reflect: stride === 1,
  });

const enlarged = (traits: Traits) =>
  planOf(transposedConvolution, traits, [image(1, 256, 64, 64), filter("transposedFilter", 256, 128, 3)], {
    stride: 2,
    padding: 1,
    outputPadding: 1,
  });

const filtersOf = (
  traits: Traits,
  input: [number, number, number, number],
  outputs: number,
  kernel: number,
  stride = 1,
) => {
  const [samples, , height, width] = input;
  const gradient = image(samples, outputs, height / stride, width / stride);
  const attributes = { kernel, stride, padding: kernel >> 1, reflect: stride === 1 };
  return planOf(filterGradient, traits, [image(...input), gradient], attributes);
};

/** Those of a generator's layers for a picture of 256 x 256. */
export function checkLaunchesOfConvolutions(): void {
  same(convolved(software, 3, 256, 64, 7), ["convolution/broadcast 4096 x 1 x 2"]);
  same(convolved(software, 64, 256, 128, 3, 2), ["convolution/broadcast 1024 x 1 x 4"]);
  same(convolved(software, 256, 64, 256, 3), [
    "convolution/winograd/filter 256 x 1 x 1",
    "convolution/winograd/input 1024 x 1 x 1",
    "convolution/winograd/multiply 64 x 8 x 16",
    "convolution/winograd/output 1024 x 1 x 1",
    "37748736 bytes between",
  ]);
  same(enlarged(software), ["convolution/broadcast 256 x 1 x 16"]);
  same(convolved(software, 64, 256, 3, 7), ["convolution/registers 256 x 1 x 1"]);

  same(convolved(hardware, 3, 256, 64, 7), ["convolution/tiled 512 x 1 x 1"]);
  same(convolved(hardware, 64, 256, 128, 3, 2), ["convolution/tiled 128 x 1 x 2"]);
  same(convolved(hardware, 256, 64, 256, 3), ["convolution/tiled 32 x 1 x 4"]);
  same(enlarged(hardware), ["convolution/tiled 32 x 1 x 8"]);
  same(convolved(hardware, 64, 256, 3, 7), ["convolution/registers 256 x 1 x 1"]);
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
    "convolution/winograd/input 1024 x 1 x 1",
    "convolution/winograd/gradient 1024 x 1 x 1",
    "convolution/filter-gradient/broadcast 128 x 64 x 1",
    "convolution/winograd/filter-gradient 256 x 1 x 1",
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

/** Chunks of about 256 pixels, of whole lines, of no more than 16 MiB, and together as well; what is too large goes chunk by chunk. */
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

/** Sizes just above those from which on chunks are longer. */
export function checkLaunchesOfReductions(): void {
  const features = image(1, 64, 320, 461);
  same(planOf(channelSum, software, [features], {}), [
    "tensor/reduction/channels 122 x 1 x 1",
    "tensor/reduction/channels 1 x 1 x 1",
    "124416 bytes between",
  ]);
  same(planOf(statistics, software, [features], { over: "sample", epsilon: 1e-5 }), [
    "normalization/partial 231 x 1 x 1",
    "normalization/combine 1 x 1 x 1",
    "472064 bytes between",
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
    "1053376 bytes between",
  ]);
}
