// Every file of shaders/ under its name, and which of them a composed shader is made of: so that whoever looks at a dispatch can read the
// very text that a person wrote.

import adamAdam from "../../shaders/adam/adam.wgsl";
import cellsAverage from "../../shaders/cells/average.wgsl";
import cellsCell from "../../shaders/cells/cell.wgsl";
import cellsClean from "../../shaders/cells/clean.wgsl";
import cellsColour from "../../shaders/cells/colour.wgsl";
import cellsLines from "../../shaders/cells/lines.wgsl";
import cellsVote from "../../shaders/cells/vote.wgsl";
import coloursKeep from "../../shaders/colours/keep.wgsl";
import concatConcat from "../../shaders/concat/concat.wgsl";
import concatTake from "../../shaders/concat/take.wgsl";
import convolutionBroadcast from "../../shaders/convolution/broadcast.wgsl";
import convolutionFold from "../../shaders/convolution/fold.wgsl";
import convolutionGeometry from "../../shaders/convolution/geometry.wgsl";
import convolutionRegisters from "../../shaders/convolution/registers.wgsl";
import convolutionRelayout from "../../shaders/convolution/relayout.wgsl";
import convolutionTiled from "../../shaders/convolution/tiled.wgsl";
import ditherDiffuse from "../../shaders/dither/diffuse.wgsl";
import ditherEntries from "../../shaders/dither/entries.wgsl";
import ditherLight from "../../shaders/dither/light.wgsl";
import ditherMixture from "../../shaders/dither/mixture.wgsl";
import ditherOrdered from "../../shaders/dither/ordered.wgsl";
import ditherWanted from "../../shaders/dither/wanted.wgsl";
import dropoutDropout from "../../shaders/dropout/dropout.wgsl";
import dropoutRandom from "../../shaders/dropout/random.wgsl";
import elementwiseActivationGradient from "../../shaders/elementwise/activation-gradient.wgsl";
import elementwiseAdd from "../../shaders/elementwise/add.wgsl";
import elementwiseScale from "../../shaders/elementwise/scale.wgsl";
import elementwiseUnary from "../../shaders/elementwise/unary.wgsl";
import filterGradientBroadcast from "../../shaders/filter-gradient/broadcast.wgsl";
import filterGradientChunks from "../../shaders/filter-gradient/chunks.wgsl";
import filterGradientRegisters from "../../shaders/filter-gradient/registers.wgsl";
import filterGradientSum from "../../shaders/filter-gradient/sum.wgsl";
import filterGradientTiled from "../../shaders/filter-gradient/tiled.wgsl";
import lossGradient from "../../shaders/loss/gradient.wgsl";
import lossPartial from "../../shaders/loss/partial.wgsl";
import lossPointwise from "../../shaders/loss/pointwise.wgsl";
import normalizationCombine from "../../shaders/normalization/combine.wgsl";
import normalizationGradient from "../../shaders/normalization/gradient.wgsl";
import normalizationGradientCombine from "../../shaders/normalization/gradient-combine.wgsl";
import normalizationGradientPartial from "../../shaders/normalization/gradient-partial.wgsl";
import normalizationNormalize from "../../shaders/normalization/normalize.wgsl";
import normalizationPartial from "../../shaders/normalization/partial.wgsl";
import normalizationRow from "../../shaders/normalization/row.wgsl";
import normalizationRunning from "../../shaders/normalization/running.wgsl";
import normalizationUpdateRunning from "../../shaders/normalization/update-running.wgsl";
import paletteAssign from "../../shaders/palette/assign.wgsl";
import paletteBegin from "../../shaders/palette/begin.wgsl";
import paletteCluster from "../../shaders/palette/cluster.wgsl";
import paletteLab from "../../shaders/palette/lab.wgsl";
import paletteMap from "../../shaders/palette/map.wgsl";
import paletteMember from "../../shaders/palette/member.wgsl";
import paletteNearest from "../../shaders/palette/nearest.wgsl";
import paletteOklab from "../../shaders/palette/oklab.wgsl";
import palettePoints from "../../shaders/palette/points.wgsl";
import paletteShade from "../../shaders/palette/shade.wgsl";
import paletteSrgb from "../../shaders/palette/srgb.wgsl";
import paletteUpdate from "../../shaders/palette/update.wgsl";
import pixelsFrom from "../../shaders/pixels/from.wgsl";
import pixelsTo from "../../shaders/pixels/to.wgsl";
import poolExchange from "../../shaders/pool/exchange.wgsl";
import reductionChannels from "../../shaders/reduction/channels.wgsl";
import reductionCollect from "../../shaders/reduction/collect.wgsl";
import reductionConstant from "../../shaders/reduction/constant.wgsl";
import reductionPartial from "../../shaders/reduction/partial.wgsl";
import reductionSpread from "../../shaders/reduction/spread.wgsl";
import reductionTotal from "../../shaders/reduction/total.wgsl";
import samplesCopy from "../../shaders/samples/copy.wgsl";
import stencilAdjoint from "../../shaders/stencil/adjoint.wgsl";
import stencilBand from "../../shaders/stencil/band.wgsl";
import stencilStencil from "../../shaders/stencil/stencil.wgsl";
import winogradFilter from "../../shaders/winograd/filter.wgsl";
import winogradFilterGradient from "../../shaders/winograd/filter-gradient.wgsl";
import winogradGradient from "../../shaders/winograd/gradient.wgsl";
import winogradInput from "../../shaders/winograd/input.wgsl";
import winogradMultiply from "../../shaders/winograd/multiply.wgsl";
import winogradOutput from "../../shaders/winograd/output.wgsl";
import winogradTiles from "../../shaders/winograd/tiles.wgsl";

/** By its path below shaders/, without the ending. */
export const shaderFiles: Readonly<Record<string, string>> = {
  "adam/adam": adamAdam,
  "cells/average": cellsAverage,
  "cells/cell": cellsCell,
  "cells/clean": cellsClean,
  "cells/colour": cellsColour,
  "cells/lines": cellsLines,
  "cells/vote": cellsVote,
  "colours/keep": coloursKeep,
  "concat/concat": concatConcat,
  "concat/take": concatTake,
  "convolution/broadcast": convolutionBroadcast,
  "convolution/fold": convolutionFold,
  "convolution/geometry": convolutionGeometry,
  "convolution/registers": convolutionRegisters,
  "convolution/relayout": convolutionRelayout,
  "convolution/tiled": convolutionTiled,
  "dither/diffuse": ditherDiffuse,
  "dither/entries": ditherEntries,
  "dither/light": ditherLight,
  "dither/mixture": ditherMixture,
  "dither/ordered": ditherOrdered,
  "dither/wanted": ditherWanted,
  "dropout/dropout": dropoutDropout,
  "dropout/random": dropoutRandom,
  "elementwise/activation-gradient": elementwiseActivationGradient,
  "elementwise/add": elementwiseAdd,
  "elementwise/scale": elementwiseScale,
  "elementwise/unary": elementwiseUnary,
  "filter-gradient/broadcast": filterGradientBroadcast,
  "filter-gradient/chunks": filterGradientChunks,
  "filter-gradient/registers": filterGradientRegisters,
  "filter-gradient/sum": filterGradientSum,
  "filter-gradient/tiled": filterGradientTiled,
  "loss/gradient": lossGradient,
  "loss/partial": lossPartial,
  "loss/pointwise": lossPointwise,
  "normalization/combine": normalizationCombine,
  "normalization/gradient": normalizationGradient,
  "normalization/gradient-combine": normalizationGradientCombine,
  "normalization/gradient-partial": normalizationGradientPartial,
  "normalization/normalize": normalizationNormalize,
  "normalization/partial": normalizationPartial,
  "normalization/row": normalizationRow,
  "normalization/running": normalizationRunning,
  "normalization/update-running": normalizationUpdateRunning,
  "palette/assign": paletteAssign,
  "palette/begin": paletteBegin,
  "palette/cluster": paletteCluster,
  "palette/lab": paletteLab,
  "palette/map": paletteMap,
  "palette/member": paletteMember,
  "palette/nearest": paletteNearest,
  "palette/oklab": paletteOklab,
  "palette/points": palettePoints,
  "palette/shade": paletteShade,
  "palette/srgb": paletteSrgb,
  "palette/update": paletteUpdate,
  "pixels/from": pixelsFrom,
  "pixels/to": pixelsTo,
  "pool/exchange": poolExchange,
  "reduction/channels": reductionChannels,
  "reduction/collect": reductionCollect,
  "reduction/constant": reductionConstant,
  "reduction/partial": reductionPartial,
  "reduction/spread": reductionSpread,
  "reduction/total": reductionTotal,
  "samples/copy": samplesCopy,
  "stencil/adjoint": stencilAdjoint,
  "stencil/band": stencilBand,
  "stencil/stencil": stencilStencil,
  "winograd/filter": winogradFilter,
  "winograd/filter-gradient": winogradFilterGradient,
  "winograd/gradient": winogradGradient,
  "winograd/input": winogradInput,
  "winograd/multiply": winogradMultiply,
  "winograd/output": winogradOutput,
  "winograd/tiles": winogradTiles,
};

/**
 * The files that `composeShader` made a shader of: the one with its entry point first, then the pieces that it includes.
 *
 * A shader holds the text of its files, so nobody has to write down where it is from.
 */
export function filesOf(shader: string): string[] {
  const names = Object.keys(shaderFiles).filter((name) => isPartOf(shaderFiles[name], shader));
  const entry = (name: string) => Number(shaderFiles[name].includes("@compute"));
  return names.sort((a, b) => entry(b) - entry(a));
}

/** What lies between the lines that composing replaces is there in order. */
function isPartOf(source: string, shader: string): boolean {
  let place = 0;
  for (const part of source.split(/^(?:#include \w+|enable .*;)$/m)) {
    place = shader.indexOf(part, place);
    if (place < 0) return false;
    place += part.length;
  }
  return true;
}
