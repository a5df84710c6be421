// Every file of shaders/ under its name, and which of them a composed shader is made of: so that whoever looks at a dispatch can read the
// very text that a person wrote.

import trainingAdamAdam from "../../../shaders/training/adam/adam.wgsl";
import pixelartCellsAverage from "../../../shaders/pixelart/cells/average.wgsl";
import pixelartCellsCell from "../../../shaders/pixelart/cells/cell.wgsl";
import pixelartCellsClean from "../../../shaders/pixelart/cells/clean.wgsl";
import pixelartCellsColour from "../../../shaders/pixelart/cells/colour.wgsl";
import pixelartCellsLines from "../../../shaders/pixelart/cells/lines.wgsl";
import pixelartCellsVote from "../../../shaders/pixelart/cells/vote.wgsl";
import pixelartColoursKeep from "../../../shaders/pixelart/colours/keep.wgsl";
import tensorConcatConcat from "../../../shaders/tensor/concat/concat.wgsl";
import tensorConcatTake from "../../../shaders/tensor/concat/take.wgsl";
import convolutionBroadcast from "../../../shaders/convolution/broadcast.wgsl";
import convolutionFold from "../../../shaders/convolution/fold.wgsl";
import convolutionGeometry from "../../../shaders/convolution/geometry.wgsl";
import convolutionRegisters from "../../../shaders/convolution/registers.wgsl";
import convolutionTransposeFilter from "../../../shaders/convolution/transpose-filter.wgsl";
import convolutionTiled from "../../../shaders/convolution/tiled.wgsl";
import tensorDropoutDropout from "../../../shaders/tensor/dropout/dropout.wgsl";
import tensorDropoutRandom from "../../../shaders/tensor/dropout/random.wgsl";
import tensorElementwiseActivationGradient from "../../../shaders/tensor/elementwise/activation-gradient.wgsl";
import tensorElementwiseAdd from "../../../shaders/tensor/elementwise/add.wgsl";
import tensorElementwiseScale from "../../../shaders/tensor/elementwise/scale.wgsl";
import tensorElementwiseUnary from "../../../shaders/tensor/elementwise/unary.wgsl";
import convolutionFilterGradientBroadcast from "../../../shaders/convolution/filter-gradient/broadcast.wgsl";
import convolutionFilterGradientChunks from "../../../shaders/convolution/filter-gradient/chunks.wgsl";
import convolutionFilterGradientRegisters from "../../../shaders/convolution/filter-gradient/registers.wgsl";
import convolutionFilterGradientSum from "../../../shaders/convolution/filter-gradient/sum.wgsl";
import convolutionFilterGradientTiled from "../../../shaders/convolution/filter-gradient/tiled.wgsl";
import trainingLossGradient from "../../../shaders/training/loss/gradient.wgsl";
import trainingLossPartial from "../../../shaders/training/loss/partial.wgsl";
import trainingLossPointwise from "../../../shaders/training/loss/pointwise.wgsl";
import normalizationCombine from "../../../shaders/normalization/combine.wgsl";
import normalizationGradient from "../../../shaders/normalization/gradient.wgsl";
import normalizationGradientCombine from "../../../shaders/normalization/gradient-combine.wgsl";
import normalizationGradientPartial from "../../../shaders/normalization/gradient-partial.wgsl";
import normalizationNormalize from "../../../shaders/normalization/normalize.wgsl";
import normalizationPartial from "../../../shaders/normalization/partial.wgsl";
import normalizationRow from "../../../shaders/normalization/row.wgsl";
import normalizationRunning from "../../../shaders/normalization/running.wgsl";
import normalizationUpdateRunning from "../../../shaders/normalization/update-running.wgsl";
import pixelartPaletteAssign from "../../../shaders/pixelart/palette/assign.wgsl";
import pixelartPaletteBegin from "../../../shaders/pixelart/palette/begin.wgsl";
import pixelartPaletteCluster from "../../../shaders/pixelart/palette/cluster.wgsl";
import pixelartPaletteMap from "../../../shaders/pixelart/palette/map.wgsl";
import pixelartPaletteMember from "../../../shaders/pixelart/palette/member.wgsl";
import pixelartPaletteNearest from "../../../shaders/pixelart/palette/nearest.wgsl";
import pixelartPaletteOklab from "../../../shaders/pixelart/palette/oklab.wgsl";
import pixelartPalettePoints from "../../../shaders/pixelart/palette/points.wgsl";
import pixelartPaletteShade from "../../../shaders/pixelart/palette/shade.wgsl";
import pixelartPaletteSrgb from "../../../shaders/pixelart/palette/srgb.wgsl";
import pixelartPaletteUpdate from "../../../shaders/pixelart/palette/update.wgsl";
import pixelartPixelsFrom from "../../../shaders/pixelart/pixels/from.wgsl";
import pixelartPixelsTo from "../../../shaders/pixelart/pixels/to.wgsl";
import trainingPoolExchange from "../../../shaders/training/pool/exchange.wgsl";
import tensorReductionChannels from "../../../shaders/tensor/reduction/channels.wgsl";
import tensorReductionCollect from "../../../shaders/tensor/reduction/collect.wgsl";
import tensorReductionConstant from "../../../shaders/tensor/reduction/constant.wgsl";
import tensorReductionPartial from "../../../shaders/tensor/reduction/partial.wgsl";
import tensorReductionSpread from "../../../shaders/tensor/reduction/spread.wgsl";
import tensorReductionTotal from "../../../shaders/tensor/reduction/total.wgsl";
import tensorBatchCopy from "../../../shaders/tensor/batch/copy.wgsl";
import tensorStencilAdjoint from "../../../shaders/tensor/stencil/adjoint.wgsl";
import tensorStencilBand from "../../../shaders/tensor/stencil/band.wgsl";
import tensorStencilStencil from "../../../shaders/tensor/stencil/stencil.wgsl";
import convolutionWinogradFilter from "../../../shaders/convolution/winograd/filter.wgsl";
import convolutionWinogradFilterGradient from "../../../shaders/convolution/winograd/filter-gradient.wgsl";
import convolutionWinogradGradient from "../../../shaders/convolution/winograd/gradient.wgsl";
import convolutionWinogradInput from "../../../shaders/convolution/winograd/input.wgsl";
import convolutionWinogradMultiply from "../../../shaders/convolution/winograd/multiply.wgsl";
import convolutionWinogradOutput from "../../../shaders/convolution/winograd/output.wgsl";
import convolutionWinogradTiles from "../../../shaders/convolution/winograd/tiles.wgsl";

/** By its path below shaders/, without the ending. */
export const shaderFiles: Readonly<Record<string, string>> = {
  "training/adam/adam": trainingAdamAdam,
  "pixelart/cells/average": pixelartCellsAverage,
  "pixelart/cells/cell": pixelartCellsCell,
  "pixelart/cells/clean": pixelartCellsClean,
  "pixelart/cells/colour": pixelartCellsColour,
  "pixelart/cells/lines": pixelartCellsLines,
  "pixelart/cells/vote": pixelartCellsVote,
  "pixelart/colours/keep": pixelartColoursKeep,
  "tensor/concat/concat": tensorConcatConcat,
  "tensor/concat/take": tensorConcatTake,
  "convolution/broadcast": convolutionBroadcast,
  "convolution/fold": convolutionFold,
  "convolution/geometry": convolutionGeometry,
  "convolution/registers": convolutionRegisters,
  "convolution/transpose-filter": convolutionTransposeFilter,
  "convolution/tiled": convolutionTiled,
  "tensor/dropout/dropout": tensorDropoutDropout,
  "tensor/dropout/random": tensorDropoutRandom,
  "tensor/elementwise/activation-gradient": tensorElementwiseActivationGradient,
  "tensor/elementwise/add": tensorElementwiseAdd,
  "tensor/elementwise/scale": tensorElementwiseScale,
  "tensor/elementwise/unary": tensorElementwiseUnary,
  "convolution/filter-gradient/broadcast": convolutionFilterGradientBroadcast,
  "convolution/filter-gradient/chunks": convolutionFilterGradientChunks,
  "convolution/filter-gradient/registers": convolutionFilterGradientRegisters,
  "convolution/filter-gradient/sum": convolutionFilterGradientSum,
  "convolution/filter-gradient/tiled": convolutionFilterGradientTiled,
  "training/loss/gradient": trainingLossGradient,
  "training/loss/partial": trainingLossPartial,
  "training/loss/pointwise": trainingLossPointwise,
  "normalization/combine": normalizationCombine,
  "normalization/gradient": normalizationGradient,
  "normalization/gradient-combine": normalizationGradientCombine,
  "normalization/gradient-partial": normalizationGradientPartial,
  "normalization/normalize": normalizationNormalize,
  "normalization/partial": normalizationPartial,
  "normalization/row": normalizationRow,
  "normalization/running": normalizationRunning,
  "normalization/update-running": normalizationUpdateRunning,
  "pixelart/palette/assign": pixelartPaletteAssign,
  "pixelart/palette/begin": pixelartPaletteBegin,
  "pixelart/palette/cluster": pixelartPaletteCluster,
  "pixelart/palette/map": pixelartPaletteMap,
  "pixelart/palette/member": pixelartPaletteMember,
  "pixelart/palette/nearest": pixelartPaletteNearest,
  "pixelart/palette/oklab": pixelartPaletteOklab,
  "pixelart/palette/points": pixelartPalettePoints,
  "pixelart/palette/shade": pixelartPaletteShade,
  "pixelart/palette/srgb": pixelartPaletteSrgb,
  "pixelart/palette/update": pixelartPaletteUpdate,
  "pixelart/pixels/from": pixelartPixelsFrom,
  "pixelart/pixels/to": pixelartPixelsTo,
  "training/pool/exchange": trainingPoolExchange,
  "tensor/reduction/channels": tensorReductionChannels,
  "tensor/reduction/collect": tensorReductionCollect,
  "tensor/reduction/constant": tensorReductionConstant,
  "tensor/reduction/partial": tensorReductionPartial,
  "tensor/reduction/spread": tensorReductionSpread,
  "tensor/reduction/total": tensorReductionTotal,
  "tensor/batch/copy": tensorBatchCopy,
  "tensor/stencil/adjoint": tensorStencilAdjoint,
  "tensor/stencil/band": tensorStencilBand,
  "tensor/stencil/stencil": tensorStencilStencil,
  "convolution/winograd/filter": convolutionWinogradFilter,
  "convolution/winograd/filter-gradient": convolutionWinogradFilterGradient,
  "convolution/winograd/gradient": convolutionWinogradGradient,
  "convolution/winograd/input": convolutionWinogradInput,
  "convolution/winograd/multiply": convolutionWinogradMultiply,
  "convolution/winograd/output": convolutionWinogradOutput,
  "convolution/winograd/tiles": convolutionWinogradTiles,
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
