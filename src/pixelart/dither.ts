// The kinds of dithering. `mappedTo` maps cells to a palette with one of them.

import { apply, input, type Tensor } from "../autograd/tensor.ts";
import { vector } from "../kernels/core/operation.ts";
import { diffuseError } from "../kernels/pixelart/dither-diffusion.ts";
import { levels } from "../kernels/pixelart/dither-light.ts";
import { ditherOrdered } from "../kernels/pixelart/dither-ordered.ts";
import { cones } from "../kernels/pixelart/oklab.ts";
import { mapToPalette } from "../kernels/pixelart/palette.ts";
import { bayerMask, blueNoiseMask } from "./dither-masks.ts";

export const ditherKinds = [
  "none",
  "bayer-2",
  "bayer-4",
  "bayer-8",
  "bayer-16",
  "blue-noise",
  "floyd-steinberg",
  "atkinson",
] as const;
/**
 * The ways to mix colours that a palette lacks.
 *
 * @useDeclaredType
 * @example
 * ```ts
 * const dither: DitherKind = "bayer-4";
 * const colours = { colors: 8, dither, ditherStrength: 0.5 };
 * const mixed = await generator.convert(photo, { cell: 4, scale: 4, ...colours });
 * ```
 */
export type DitherKind = (typeof ditherKinds)[number];

export interface DitherOptions {
  /**
   * How colours that the palette lacks are mixed from those that it has. Default: `none`, each cell
   * takes the nearest.
   */
  readonly dither?: DitherKind | undefined;
  /** From 0, no mixing, to 1, the default: every colour that is not in the palette is mixed. */
  readonly ditherStrength?: number | undefined;
}

/** Cells mapped to a palette, and the tables to write to the program's inputs before it runs. */
export interface Mapped {
  readonly cells: Tensor;
  readonly tables: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
}

/**
 * @param cells pixels [1, H, W]
 * @param palette pixels [1, 1, K]; fully transparent ones are not used
 */
export function mappedTo(
  palette: Tensor,
  cells: Tensor,
  { dither = "none", ditherStrength = 1 }: DitherOptions,
): Mapped {
  const strength = Math.round(256 * ditherStrength);
  if (dither === "none" || strength === 0) {
    return { cells: apply(mapToPalette, [cells, palette, tableOf("shades", cones)], {}), tables: { shades: cones } };
  }
  const inputs = [cells, palette, tableOf("levels", levels)];
  if (dither === "floyd-steinberg" || dither === "atkinson") {
    return { cells: apply(diffuseError, inputs, { diffusion: dither, strength }), tables: { levels } };
  }
  const mask = dither === "blue-noise" ? blueNoiseMask() : bayerMask(Number(dither.slice("bayer-".length)));
  return { cells: apply(ditherOrdered, [...inputs, tableOf("mask", mask)], { strength }), tables: { levels, mask } };
}

function tableOf(name: string, table: Float32Array): Tensor {
  return input(name, vector(table.length));
}
