// The variants of one convolution, or of one gradient with respect to filters, by their names: the
// tiles that the device can run, and Winograd's form. Names are stored in caches and in the states
// of runs, so they must not change.

import { vectors, type LaunchVariant, type LayerVariants, type TensorType, type Traits } from "../core/operation.ts";
import {
  filterGradientGeometry,
  launchFilterGradient,
  type FilterGradientAttributes,
} from "./filter-gradient-launch.ts";
import {
  chooseFilterGradientVariant,
  filterGradientVariants,
  type FilterGradientVariant,
} from "./filter-gradient-variants.ts";
import type { Geometry } from "./geometry.ts";
import { launchConvolution } from "./launch.ts";
import { chooseVariant, variants, type ConvolutionVariant } from "./variants.ts";
import {
  filterGradientFitsWinograd,
  filterGradientSuitsWinograd,
  launchWinogradFilterGradient,
} from "./winograd-filter-gradient.ts";
import { fitsWinograd, launchWinograd, suitsWinograd } from "./winograd.ts";

const winograd = "Winograd";

/** Such as `tiled 8x1 in 16x16 deep 4`: a lane's tile, the lanes of a workgroup, what they load. */
export function variantName(variant: ConvolutionVariant | FilterGradientVariant): string {
  const { kind, rows, columns, groupRows, groupColumns } = variant;
  const depth = "depth" in variant ? ` deep ${variant.depth}` : "";
  const pixels = "pixels" in variant ? ` by ${variant.pixels}` : "";
  return `${kind} ${rows}x${columns} in ${groupRows}x${groupColumns}${depth}${pixels}`;
}

/** The variants of a convolution of this geometry. The naive kernel is only there to be read. */
export function variantsOfConvolution(traits: Traits, geometry: Geometry): LayerVariants {
  const named = new Map<string, LaunchVariant>();
  for (const variant of variants(traits)) {
    if (variant.kind === "naive") continue;
    named.set(variantName(variant), (inputs, output) => launchConvolution(traits, geometry, inputs, output, variant));
  }
  if (fitsWinograd(traits, geometry)) {
    named.set(winograd, (inputs, output) => launchWinograd(traits, geometry, inputs, output));
  }
  const byRule = suitsWinograd(traits, geometry)
    ? winograd
    : variantName(chooseVariant(traits, pixelsOf(geometry.output), geometry.output.shape[1]));
  const kind = geometry.transposed ? "transposed convolution" : "convolution";
  return { layer: layerName(kind, geometry), byRule, variants: named };
}

/** The variants of the gradient with respect to the filters of a convolution. */
export function variantsOfFilterGradient(
  traits: Traits,
  [input, gradient]: readonly TensorType[],
  attributes: FilterGradientAttributes,
): LayerVariants {
  const geometry = filterGradientGeometry(input, gradient, attributes);
  const named = new Map<string, LaunchVariant>();
  for (const variant of filterGradientVariants(traits)) {
    if (variant.kind === "naive") continue;
    named.set(variantName(variant), (inputs, output) =>
      launchFilterGradient(traits, inputs, output, attributes, variant),
    );
  }
  if (filterGradientFitsWinograd(traits, geometry)) {
    named.set(winograd, (inputs, output) => launchWinogradFilterGradient(traits, geometry, inputs, output));
  }
  const rows = attributes.kernel ** 2 * vectors(input.shape[1]);
  const byRule = filterGradientSuitsWinograd(traits, geometry)
    ? winograd
    : variantName(chooseFilterGradientVariant(traits, rows, vectors(gradient.shape[1])));
  return { layer: layerName("filter gradient", geometry), byRule, variants: named };
}

/**
 * The shape that a choice is made for. Pictures have any size, so their pixels count in powers of
 * two; the rules do not change between two of them either.
 */
function layerName(kind: string, { input, output, kernel, stride }: Geometry): string {
  const size = Math.floor(Math.log2(pixelsOf(output)));
  const channels = `${input.shape[1]} to ${output.shape[1]} channels`;
  const precision = input.half ? ", half precision" : "";
  return `${kind} ${kernel}x${kernel} stride ${stride}, ${channels}, 2^${size} pixels${precision}`;
}

function pixelsOf({ shape: [samples, , height, width] }: TensorType): number {
  return samples * height * width;
}
