// The gradient of a convolution with respect to its filters, in Winograd form. The forward pass
// multiplies a transformed filter with a transformed input. So the gradient with respect to the
// transformed filter is the transformed input times the transformed gradient, summed over the
// tiles. At each position that is the filter gradient of a 1 x 1 convolution, so that kernel
// computes it, with the positions as its samples.
//
//   dL/dfilter = G' (sum over tiles of (A gradient A') * (B' input B)) G

import back from "../../../shaders/convolution/winograd/filter-gradient.wgsl";
import gradient_ from "../../../shaders/convolution/winograd/gradient.wgsl";
import { wholeBand } from "../core/bands.ts";
import { foldWorkgroups, lanes } from "../core/launch.ts";
import { byteLength, image, vectors, type Launch, type Operand, type Traits } from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";
import { launchChunks } from "./filter-gradient-launch.ts";
import { chooseFilterGradientVariant } from "./filter-gradient-variants.ts";
import { bandUniforms, type Geometry } from "./geometry.ts";
import {
  bytesOfTiles,
  fitsWinograd,
  launchInputForm,
  positions,
  quad,
  scratchBytes,
  suitsWinograd,
  tilesOf,
} from "./winograd.ts";

/**
 * The number of tiles that a chunk should have. A chunk of the direct gradient has as many pixels,
 * so the sums round as little.
 */
const chunkTiles = 256;

/** The number of lines of tiles in a chunk, and of chunks. */
function chunksOf(geometry: Geometry): { lines: number; chunks: number } {
  const { samples, down, across } = tilesOf(geometry);
  const lines = Math.max(1, Math.floor(chunkTiles / across));
  return { lines, chunks: Math.ceil((samples * down) / lines) };
}

/**
 * Whether the filter gradient is faster in Winograd form on an adapter where nothing was measured.
 */
export function filterGradientSuitsWinograd(traits: Traits, geometry: Geometry): boolean {
  return suitsWinograd(traits, geometry) && filterGradientFitsWinograd(traits, geometry);
}

/** Whether the filter gradient has a Winograd form whose scratch memory is small enough. */
export function filterGradientFitsWinograd(traits: Traits, geometry: Geometry): boolean {
  const { samples, down, across } = tilesOf(geometry);
  const [inputs, outputs] = [vectors(geometry.input.shape[1]), vectors(geometry.output.shape[1])];
  return (
    fitsWinograd(traits, geometry) &&
    bytesOfTiles(samples * down * across, Math.max(inputs, outputs)) <= scratchBytes &&
    chunksOf(geometry).chunks * positions * 64 * inputs * outputs <= scratchBytes
  );
}

/**
 * The launches of a gradient for which `filterGradientFitsWinograd` holds. `geometry` is the
 * convolution's.
 */
export function launchWinogradFilterGradient(
  traits: Traits,
  geometry: Geometry,
  [input, gradient]: readonly Operand[],
  output: Operand,
): Launch[] {
  const { label } = geometry;
  const { samples, down, across } = tilesOf(geometry);
  const [inputChannels, outputChannels] = [geometry.input.shape[1], geometry.output.shape[1]];
  const tiles = samples * down * across;
  const { lines, chunks } = chunksOf(geometry);
  const partial = { bytes: (positions * chunks * output.bytes) / 9 };

  const product: Geometry = {
    label,
    input: image(positions, inputChannels, samples * down, across),
    output: image(positions, outputChannels, samples * down, across),
    ...{ kernel: 1, stride: 1, padding: 0, reflect: false, transposed: false },
  };
  const inputForm: Operand = { type: product.input, bytes: byteLength(product.input) };
  const gradientForm: Operand = { type: product.output, bytes: byteLength(product.output) };
  const band = wholeBand(input, gradient);
  const gradientShader = composeShader(gradient_, { LANES: lanes });
  const backShader = composeShader(back, { LANES: lanes });
  const variant = chooseFilterGradientVariant(traits, vectors(inputChannels), vectors(outputChannels));
  const count = output.bytes / 16 / 9;
  return [
    launchInputForm(traits, geometry, band, inputForm),
    {
      label: `${label}, gradient in Winograd's form`,
      shader: gradientShader,
      bindings: [{ operand: gradient }, { operand: gradientForm }],
      parameters: uniforms(gradientShader, bandUniforms(geometry, band)),
      workgroups: foldWorkgroups(traits, quad * tiles * vectors(outputChannels), lanes),
      flops: gradientForm.bytes / 4,
    },
    launchChunks(
      product,
      variant,
      { lines, ofSample: chunks, count: positions * chunks },
      wholeBand(inputForm, gradientForm),
      partial,
    ),
    {
      label: `${label}, from Winograd's form`,
      shader: backShader,
      bindings: [{ operand: partial }, { operand: output }],
      parameters: uniforms(backShader, { count, chunks }),
      workgroups: foldWorkgroups(traits, quad * count, lanes),
      flops: (2 * partial.bytes) / 4,
    },
  ];
}
