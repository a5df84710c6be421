// The metrics of a logged step, and the names of the losses, in the reference's order.

export const lossNames = ["D_A", "G_A", "cycle_A", "idt_A", "D_B", "G_B", "cycle_B", "idt_B"] as const;

export type LossName = (typeof lossNames)[number];

/** The optional cell losses. */
export const cellLossNames = ["color", "cell", "checker"] as const;

export type CellLossName = (typeof cellLossNames)[number];

/**
 * The losses of a step as the reference logs them: all but the adversarial ones are already
 * weighted by their lambdas.
 */
export type Losses = Readonly<Record<LossName, number> & Partial<Record<CellLossName, number>>>;

/** The names of the losses that are present. */
export function namesOf(losses: Losses): (LossName | CellLossName)[] {
  return [...lossNames, ...cellLossNames.filter((name) => losses[name] !== undefined)];
}

/** A logged step: a line of each log. */
export interface Metrics extends Losses {
  /** Completed steps of the whole run. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** Completed pictures of this epoch. */
  readonly iters: number;
  readonly learningRate: number;
  /** Seconds per step, including data, averaged since the last logged step. */
  readonly seconds: number;
  /** The part of `seconds` that the step waited for its pictures. */
  readonly dataSeconds: number;
  /** Pictures of each side in a step. */
  readonly batchSize: number;
}
