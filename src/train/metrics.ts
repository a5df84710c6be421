// What is known of a logged step, and the names of the losses, in the reference's order.

export const lossNames = ["D_A", "G_A", "cycle_A", "idt_A", "D_B", "G_B", "cycle_B", "idt_B"] as const;

export type LossName = (typeof lossNames)[number];

/** The losses of a step as the reference logs them: cycle and identity losses are already weighted by their lambdas. */
export type Losses = Readonly<Record<LossName, number>>;

/** A logged step: a line of each log. */
export interface Metrics extends Losses {
  /** Steps that are done, in the whole run. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** Pictures of this epoch that are done. */
  readonly iters: number;
  readonly learningRate: number;
  /** Time for one step, data included, on average since the last logged step. */
  readonly seconds: number;
  /** How much of `seconds` the step waited for its pictures. */
  readonly dataSeconds: number;
  /** Pictures of each side in a step. */
  readonly batchSize: number;
}
