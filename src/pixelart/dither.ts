// The kinds of dithering, and cells brought to a palette by each.

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
 * const mixed = await generator.convert(photo, { cell: 4, scale: 4, colors: 8, dither, ditherStrength: 0.5 });
 * ```
 */
export type DitherKind = (typeof ditherKinds)[number];

export interface DitherOptions {
  /** How colours that the palette lacks are mixed of those that it has. Default: `none`, the nearest for each cell. */
  readonly dither?: DitherKind | undefined;
  /** From 0, none, to 1, the default: all that is not a colour of the palette is mixed. */
  readonly ditherStrength?: number | undefined;
}

/** Cells in colours of a palette, and the tables that are to be written before it is computed. */
export interface Mapped {
  readonly cells: Tensor;
  readonly tables: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
}

/**
 * @param cells pixels [1, H, W]
 * @param palette pixels [1, 1, K]; those that are fully transparent are not used
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
