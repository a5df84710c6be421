// Which losses a step computes and in which order, and the cell losses that options may add.

import type { Tensor } from "../../autograd/tensor.ts";
import { cellVariance, checkerDistance, colorDistance } from "../../nn/cell-losses.ts";
import type { TrainingOptions } from "../options/options.ts";
import { cellLossNames, type CellLossName, type LossName } from "./metrics.ts";
import type { OptimizerName } from "./optimizers.ts";

/** The losses in the order in which `memory.losses` holds them. */
export function lossOrder(
  options: TrainingOptions,
): Readonly<Record<OptimizerName, readonly (LossName | CellLossName)[]>> {
  return {
    generators: ["G_A", "cycle_A", "idt_A", "G_B", "cycle_B", "idt_B", ...askedOfCells(options)],
    discriminators: ["D_A", "D_B"],
  };
}

/** The cell losses that the options include. */
export function askedOfCells(options: TrainingOptions): CellLossName[] {
  return cellLossNames.filter((name) => cellLosses[name].weight(options) > 0);
}

/** Each with its weight, and its computation for pictures with cells of a given side. */
export const cellLosses: Readonly<
  Record<
    CellLossName,
    { weight: (options: TrainingOptions) => number; of: (fake: Tensor, real: Tensor, cell: number) => Tensor }
  >
> = {
  color: { weight: ({ lambdaColor }) => lambdaColor, of: colorDistance },
  cell: { weight: ({ lambdaCell }) => lambdaCell, of: (fake, _real, cell) => cellVariance(fake, cell) },
  checker: { weight: ({ lambdaChecker }) => lambdaChecker, of: checkerDistance },
};
