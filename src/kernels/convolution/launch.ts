// From a convolution's shapes to its launches: which shader, with what tile, and one launch for
// each band of the image. Except for the tile, everything about a layer reaches the shader as
// uniforms, so one compiled kernel serves all layers.

import broadcast from "../../../shaders/convolution/broadcast.wgsl";
import naive from "../../../shaders/convolution/naive.wgsl";
import narrow from "../../../shaders/convolution/narrow.wgsl";
import prefetched from "../../../shaders/convolution/prefetched.wgsl";
import quads from "../../../shaders/convolution/quads.wgsl";
import registers from "../../../shaders/convolution/registers.wgsl";
import tiled from "../../../shaders/convolution/tiled.wgsl";
import { bandsOf } from "../core/bands.ts";
import { precisionOf, vectors, type Launch, type Operand, type Traits } from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";
import { bandUniforms, convolutionFlops, rowsRead, type Geometry } from "./geometry.ts";
import type { ConvolutionVariant } from "./variants.ts";

const shaders = { naive, broadcast, quads, narrow, registers, tiled, prefetched };

/** The constants of a variant's shader: its tile, unless it has only one. */
function tileOf({ kind, rows, columns, groupRows, groupColumns, depth }: ConvolutionVariant): Record<string, number> {
  const groups = { GROUP_ROWS: groupRows, GROUP_COLUMNS: groupColumns };
  if (kind === "naive") return groups;
  if (kind === "quads") return {};
  if (kind === "narrow") return { LANES: groupRows };
  const tile = { ROWS: rows, COLUMNS: columns };
  return kind === "broadcast"
    ? { ...tile, LANES: groupColumns }
    : { ...tile, ...groups, ...(depth && { DEPTH: depth }) };
}

/** The launches of a convolution with a given variant: one for each band of the image. */
export function launchConvolution(
  traits: Traits,
  geometry: Geometry,
  [input, filters, bias]: readonly Operand[],
  output: Operand,
  variant: ConvolutionVariant,
): Launch[] {
  const [samples, , outputHeight, outputWidth] = geometry.output.shape;
  const { kind, rows, columns, groupRows, groupColumns } = variant;
  const shader = composeShader(shaders[kind], tileOf(variant), precisionOf(input, filters, output));

  const phases = geometry.transposed ? geometry.stride : 1;
  const columnGroups = Math.ceil(vectors(geometry.output.shape[1]) / (groupColumns * columns));
  return bandsOf(traits, input, output, (rows) => rowsRead(geometry, rows), { multiple: phases }).map((band) => {
    const height = band.output.end - band.output.first;
    const pixels = band.samples * Math.ceil(height / phases) * Math.ceil(outputWidth / phases);
    const tiles = Math.ceil(pixels / (groupRows * rows));
    const x = Math.min(tiles, traits.workgroupsPerDimension);
    return {
      label: geometry.label,
      shader,
      // Without a bias, the filters are bound in its place, and the shader ignores what it reads
      // there.
      bindings: [band.source.binding, { operand: filters }, { operand: bias ?? filters }, band.target.binding],
      parameters: uniforms(shader, bandUniforms(geometry, band, { biased: bias !== undefined, columnGroups })),
      workgroups: [x, Math.ceil(tiles / x), phases * phases * columnGroups],
      flops: (convolutionFlops(geometry) * height * band.samples) / (outputHeight * samples),
    };
  });
}
