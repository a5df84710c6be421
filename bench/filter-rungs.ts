// The rungs of the gradient with respect to the filters. It sums over pixels: at each pixel a lane
// loads vec4s of input channels and of the gradient, and multiplies each with each.

import {
  filterGradientGeometry,
  launchFilterGradient,
  type FilterGradientAttributes,
} from "../src/kernels/convolution/filter-gradient-launch.ts";
import {
  filterGradientVariants,
  type FilterGradientVariant,
} from "../src/kernels/convolution/filter-gradient-variants.ts";
import { launchWinogradFilterGradient } from "../src/kernels/convolution/winograd-filter-gradient.ts";
import type { Rung } from "./ladder.ts";

/** For a pixel, `rows` vec4s of input channels and `columns` of the gradient. */
const ofTile = (rows: number, columns: number) => (32 * rows * columns) / (16 * (rows + columns));

function rung(
  kind: FilterGradientVariant["kind"],
  rows: number,
  columns: number,
  adds: string,
  flopsPerByte: (subgroupSize: number) => number,
  name = `${kind} ${rows}x${columns}`,
): Rung<FilterGradientAttributes> {
  return {
    name,
    files: [`filter-gradient/${kind}.wgsl`],
    adds,
    flopsPerByte,
    forward(traits) {
      const variant = filterGradientVariants(traits).find(
        (row) => row.kind === kind && row.rows === rows && row.columns === columns,
      );
      if (!variant) return undefined;
      return (traits, operands, output, attributes) =>
        launchFilterGradient(traits, operands, output, attributes, variant);
    },
  };
}

const winograd: Rung<FilterGradientAttributes> = {
  name: "Winograd",
  files: ["tiles", "column", "input", "gradient", "filter-gradient"].map((name) => `winograd/${name}.wgsl`),
  adds: "sixteen multiplications for four pixels instead of thirty-six",
  flopsPerByte: (lanes) => (36 / 16) * ofTile(lanes, 4),
  forward({ subgroupSize }) {
    if (subgroupSize < 4 || subgroupSize > 64) return undefined;
    return (traits, operands, output, attributes) => {
      const geometry = filterGradientGeometry(operands[0].type!, operands[1].type!, attributes);
      return launchWinogradFilterGradient(traits, geometry, operands, output);
    };
  },
};

export const filterRungs: readonly Rung<FilterGradientAttributes>[] = [
  rung("naive", 0.25, 0.25, "one lane, one number", () => 2 / 8, "naive"),
  rung("registers", 1, 1, "four input channels a load, by four outputs", () => ofTile(1, 1), "vec4"),
  rung("registers", 1, 4, "sixteen outputs a lane: an input is loaded once for all of them", () => ofTile(1, 4)),
  rung("tiled", 1, 1, "what lanes share comes from workgroup memory", () => ofTile(16, 16)),
  rung("tiled", 2, 2, "four times the sums a lane, twice the loads from there", () => ofTile(32, 32)),
  rung("broadcast", 1, 4, "what lanes share comes from their registers", (lanes) => ofTile(lanes, 4)),
  winograd,
];
