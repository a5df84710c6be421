// Winograd convolution, F(2x2, 3x3): for each pair of channels, a tile of 2 x 2 pixels of a 3 x 3
// convolution takes sixteen multiplications instead of thirty-six, at the cost of transforming
// input, filters and output. shaders/convolution/winograd/tiles.wgsl has the formula. It pays where
// multiplications are expensive compared with loads and there are enough channels: on software
// adapters.

import filter from "../../../shaders/convolution/winograd/filter.wgsl";
import input_ from "../../../shaders/convolution/winograd/input.wgsl";
import multiplyQuads from "../../../shaders/convolution/winograd/multiply-quads.wgsl";
import multiply from "../../../shaders/convolution/winograd/multiply.wgsl";
import output_ from "../../../shaders/convolution/winograd/output.wgsl";
import { bandsOf, type Band } from "../core/bands.ts";
import { foldWorkgroups, lanes } from "../core/launch.ts";
import { precisionOf, vectors, type Launch, type Operand, type Traits } from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";
import { bandUniforms, rowsRead, type Geometry } from "./geometry.ts";

/**
 * The maximum bytes of a band's transformed input, output and filters, each. Every device can bind
 * that much.
 */
export const scratchBytes = 2 ** 24;

export const positions = 16;

/** The lanes that share a tile, or a filter, in the transforms. */
export const quad = 4;

/** Tiles of a subgroup: every filter value, once loaded, serves all of them. */
const rows = 16;

/**
 * Whether convolutions of these shapes, or their filter gradients, are faster in Winograd form on
 * an adapter where nothing was measured.
 */
export function suitsWinograd(traits: Traits, geometry: Geometry): boolean {
  const fewest = Math.min(vectors(geometry.input.shape[1]), vectors(geometry.output.shape[1]));
  return traits.software && fewest >= 8 && fitsWinograd(traits, geometry);
}

/**
 * Whether convolutions of these shapes have a Winograd form whose scratch memory is small enough.
 */
export function fitsWinograd({ subgroupSize }: Traits, geometry: Geometry): boolean {
  const { input, output, kernel, stride } = geometry;
  const [inputs, outputs] = [vectors(input.shape[1]), vectors(output.shape[1])];
  const tiles = tilesOf(geometry);
  return (
    subgroupSize >= 4 &&
    subgroupSize <= 64 &&
    kernel === 3 &&
    stride === 1 &&
    tiles.samples * tiles.down * tiles.across >= rows &&
    positions * 64 * inputs * outputs <= scratchBytes &&
    bytesOfTiles(tiles.across, Math.max(inputs, outputs)) <= scratchBytes
  );
}

/** The tiles of a convolution's output, or of some rows of it. */
export function tilesOf({ output }: Pick<Geometry, "output">, height = output.shape[2]) {
  return { samples: output.shape[0], down: Math.ceil(height / 2), across: Math.ceil(output.shape[3] / 2) };
}

export function bytesOfTiles(tiles: number, vectors: number): number {
  return positions * tiles * vectors * 16;
}

/** A transposed convolution of stride 1 is a convolution with flipped filters. */
function asConvolution(geometry: Geometry): Geometry {
  return geometry.transposed ? { ...geometry, transposed: false, padding: 2 - geometry.padding } : geometry;
}

/** The launches of a convolution for which `fitsWinograd` holds. */
export function launchWinograd(
  traits: Traits,
  geometry: Geometry,
  [input, filters, bias]: readonly Operand[],
  output: Operand,
): Launch[] {
  const convolved = asConvolution(geometry);
  const [inputs, outputs] = [vectors(geometry.input.shape[1]), vectors(geometry.output.shape[1])];
  const filterForm = { bytes: positions * 64 * inputs * outputs };
  const { across } = tilesOf(geometry);
  const most = 2 * Math.floor(scratchBytes / bytesOfTiles(across, Math.max(inputs, outputs)));
  const bands = bandsOf(traits, input, output, (rows) => rowsRead(convolved, rows), { multiple: 2, most });
  const launches = [launchFilterForm(traits, geometry, filters, filterForm)];
  for (const band of bands) {
    const tiles = band.samples * tilesOf(geometry, band.output.end - band.output.first).down * across;
    const inputForm = { bytes: bytesOfTiles(tiles, inputs) };
    const outputForm = { bytes: bytesOfTiles(tiles, outputs) };
    const product =
      traits.subgroupSize === 4
        ? composeShader(multiplyQuads, {})
        : composeShader(multiply, { ROWS: rows, LANES: traits.subgroupSize });
    const outputShader = composeShader(output_, { LANES: lanes }, precisionOf(input, filters, output));
    launches.push(
      launchInputForm(traits, convolved, band, inputForm),
      {
        label: geometry.label,
        shader: product,
        bindings: [{ operand: inputForm }, { operand: filterForm }, { operand: outputForm }],
        parameters: uniforms(product, { tiles, inVectors: inputs, outVectors: outputs }),
        workgroups: [Math.ceil(tiles / rows), Math.ceil(outputs / traits.subgroupSize), positions],
        flops: 2 * positions * tiles * geometry.input.shape[1] * geometry.output.shape[1],
      },
      {
        label: `${geometry.label}, from Winograd's form`,
        shader: outputShader,
        // Without a bias, the sums are bound in its place, and the shader ignores what it reads
        // there.
        bindings: [{ operand: outputForm }, { operand: bias ?? outputForm }, band.target.binding],
        parameters: uniforms(outputShader, bandUniforms(convolved, band, { biased: bias !== undefined })),
        workgroups: foldWorkgroups(traits, quad * tiles * outputs, lanes),
        flops: 24 * 4 * tiles * outputs,
      },
    );
  }
  return launches;
}

/** The launch that transforms the pixels that a band of the output reads. */
export function launchInputForm(traits: Traits, geometry: Geometry, band: Band, form: Operand): Launch {
  const shader = composeShader(input_, { LANES: lanes }, precisionOf(band.source.binding.operand));
  return {
    label: `${geometry.label}, input in Winograd's form`,
    shader,
    bindings: [band.source.binding, { operand: form }],
    parameters: uniforms(shader, bandUniforms(geometry, band)),
    workgroups: foldWorkgroups(traits, (quad * form.bytes) / 16 / positions, lanes),
    flops: (2 * form.bytes) / 4,
  };
}

function launchFilterForm(traits: Traits, { label, transposed }: Geometry, filters: Operand, form: Operand): Launch {
  const count = form.bytes / 16 / positions;
  const shader = composeShader(filter, { LANES: lanes }, precisionOf(filters));
  return {
    label: `${label}, filters in Winograd's form`,
    shader,
    bindings: [{ operand: filters }, { operand: form }],
    parameters: uniforms(shader, { count, flipped: transposed }),
    workgroups: foldWorkgroups(traits, quad * count, lanes),
    flops: (2 * form.bytes) / 4,
  };
}
