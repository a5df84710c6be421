// The kernels available on each device, and the chosen one. All give the same numbers, so only
// these lines record which one was measured to be the fastest. After a new measurement
// (bench/LOG.md) they are rewritten together with the code.

import { deepStrictEqual as same } from "node:assert/strict";
import {
  chooseFilterGradientVariant,
  filterGradientVariants,
} from "../../../src/kernels/convolution/filter-gradient-variants.ts";
import { chooseVariant, variants } from "../../../src/kernels/convolution/variants.ts";
import type { Traits } from "../../../src/kernels/core/operation.ts";
import { hardware, software } from "../../devices.ts";

type Tile = ReturnType<typeof chooseVariant> | ReturnType<typeof chooseFilterGradientVariant>;

/**
 * For example `tiled 8 x 1 x 4 in 16 x 16`: rows, columns and depth of a lane's tile, and the lanes
 * of a workgroup.
 */
function nameOf(tile: Tile): string {
  const { kind, rows, columns, groupRows, groupColumns } = tile;
  const depth = "depth" in tile ? tile.depth : "pixels" in tile ? tile.pixels : undefined;
  return `${kind} ${rows} x ${columns}${depth ? ` x ${depth}` : ""} in ${groupRows} x ${groupColumns}`;
}

export function checkVariants(): void {
  const registers = [
    "naive 1 x 0.25 in 8 x 8",
    "registers 1 x 1 in 8 x 8",
    "registers 4 x 1 in 8 x 8",
    "registers 8 x 1 in 8 x 8",
    "registers 8 x 2 in 8 x 8",
  ];
  const line = "registers 4 x 1 in 64 x 1";
  const tiled = [
    "tiled 4 x 1 x 4 in 16 x 16",
    "tiled 8 x 1 x 4 in 16 x 16",
    "tiled 8 x 2 x 2 in 16 x 16",
    "prefetched 8 x 2 x 2 in 16 x 16",
  ];
  const broadcast = (size: number) => [8, 16].map((rows) => `broadcast ${rows} x 1 in 1 x ${size}`);
  const names = (traits: Partial<Traits>) => variants({ ...hardware, ...traits }).map(nameOf);
  same(names({}), [...broadcast(32), ...registers, line, ...tiled]);
  same(names({ subgroupSize: 4 }), [...broadcast(4), ...registers, line, ...tiled]);
  same(names({ subgroupSize: 64 }), [...broadcast(64), ...registers, line, ...tiled]);
  for (const subgroupSize of [0, 2, 128]) same(names({ subgroupSize }), [...registers, line, ...tiled]);
  const rest = [...registers, line, ...tiled];
  same(names({ software: true }), [...broadcast(32), "narrow 4 x 1 in 32 x 1", ...rest]);
  const ofFour = [...broadcast(4), "narrow 4 x 1 in 4 x 1", "quads 16 x 1 in 1 x 4", ...rest];
  same(names({ software: true, subgroupSize: 4 }), ofFour);
  same(names({ software: true, subgroupSize: 0 }), rest);
  // The workgroup memory of the tiles, to the byte.
  const rooms = [8448, 12800, 8704, 8192];
  for (const [i, workgroupBytes] of rooms.entries()) {
    same(names({ workgroupBytes }).includes(tiled[i]), true);
    same(names({ workgroupBytes: workgroupBytes - 1 }).includes(tiled[i]), false);
  }
  same(names({ workgroupInvocations: 255 }), [...broadcast(32), ...registers, line]);
  same(names({ workgroupInvocations: 64 }), [...broadcast(32), ...registers, line]);
}

export function checkFilterGradientVariants(): void {
  const registers = [
    "naive 0.25 x 0.25 in 8 x 8",
    "registers 1 x 1 in 8 x 8",
    "registers 1 x 4 in 8 x 8",
    "registers 1 x 1 in 64 x 1",
  ];
  const tiled = ["tiled 1 x 1 x 8 in 16 x 16", "tiled 2 x 2 x 8 in 16 x 16"];
  const broadcast = (size: number) => [1, 4].map((columns) => `broadcast 1 x ${columns} in ${size} x 1`);
  const names = (traits: Partial<Traits>) => filterGradientVariants({ ...hardware, ...traits }).map(nameOf);
  same(names({}), [...broadcast(32), ...registers, ...tiled]);
  same(names({ subgroupSize: 4 }), [...broadcast(4), ...registers, ...tiled]);
  same(names({ subgroupSize: 64 }), [...broadcast(64), ...registers, ...tiled]);
  for (const subgroupSize of [0, 2, 128]) same(names({ subgroupSize }), [...registers, ...tiled]);
  const ofFour = ["quads 1 x 4 in 4 x 1", "narrow 1 x 1 in 4 x 1"];
  same(names({ software: true, subgroupSize: 4 }), [...broadcast(4), ...ofFour, ...registers, ...tiled]);
  same(names({ software: true }), [...broadcast(32), ...registers, ...tiled]);
  for (const [i, workgroupBytes] of [4096, 8192].entries()) {
    same(names({ workgroupBytes }).includes(tiled[i]), true);
    same(names({ workgroupBytes: workgroupBytes - 1 }).includes(tiled[i]), false);
  }
  same(names({ workgroupInvocations: 255 }), [...broadcast(32), ...registers]);
  same(names({ workgroupInvocations: 64 }), [...broadcast(32), ...registers]);
}

export function checkChosenVariants(): void {
  const chosen = (traits: Traits, pixels: number, channels: number) => nameOf(chooseVariant(traits, pixels, channels));
  same(chosen(software, 10 ** 6, 4), "narrow 4 x 1 in 8 x 1");
  same(chosen({ ...software, subgroupSize: 0 }, 10 ** 6, 4), "registers 4 x 1 in 64 x 1");
  same(chosen(software, 1, 5), "broadcast 16 x 1 in 1 x 8");
  same(chosen({ ...software, subgroupSize: 4 }, 10 ** 6, 4), "narrow 4 x 1 in 4 x 1");
  same(chosen({ ...software, subgroupSize: 4 }, 1, 5), "quads 16 x 1 in 1 x 4");
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
  same(chosen({ ...software, subgroupSize: 4 }, 100, 1), "narrow 1 x 1 in 4 x 1");
  same(chosen({ ...software, subgroupSize: 4 }, 1, 2), "quads 1 x 4 in 4 x 1");
  same(chosen({ ...software, subgroupSize: 0 }, 100, 3), "registers 1 x 1 in 64 x 1");
  same(chosen({ ...software, subgroupSize: 0 }, 100, 4), "registers 1 x 1 in 8 x 8");
  same(chosen(hardware, 100, 3), "registers 1 x 1 in 64 x 1");
  same(chosen(hardware, 100, 4), "tiled 1 x 1 x 8 in 16 x 16");
  same(chosen(hardware, 31, 32), "tiled 1 x 1 x 8 in 16 x 16");
  same(chosen(hardware, 32, 31), "tiled 1 x 1 x 8 in 16 x 16");
  same(chosen(hardware, 32, 32), "tiled 2 x 2 x 8 in 16 x 16");
  same(chosen({ ...hardware, workgroupInvocations: 128 }, 32, 32), "registers 1 x 1 in 8 x 8");
}
