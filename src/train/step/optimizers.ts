// The two optimisers of a step, and the names of the memory that they and the step keep.

import type { AdamAttributes } from "../../kernels/training/adam.ts";
import type { TrainingOptions } from "../options/options.ts";
import type { NetworkName } from "./networks.ts";

/** The networks that learn together, from one loss and with one optimiser. */
export const optimizers = { generators: ["G_A", "G_B"], discriminators: ["D_A", "D_B"] } as const;
export type OptimizerName = keyof typeof optimizers;
export const optimizerNames = Object.keys(optimizers) as OptimizerName[];

/** Whether an optimiser takes its steps. Its losses are computed in either case. */
export function learns(optimizer: OptimizerName, learning: TrainingOptions["learning"]): boolean {
  return learning === "both" || learning === optimizer;
}

/** torch.optim.Adam with the reference's settings. */
export function adamOf({ beta1 }: TrainingOptions): AdamAttributes {
  return { beta1, beta2: 0.999, epsilon: 1e-8 };
}

/** The names of the memory that a step keeps. */
export const memory = {
  tensor: (name: NetworkName, tensor: string) => `${name}/${tensor}`,
  gradient: (name: string) => `gradient of ${name}`,
  /** The gradient of the half of the loss that comes later, until it is added to the other. */
  laterGradient: (name: string) => `later gradient of ${name}`,
  weights: (optimizer: OptimizerName) => `${optimizer}: weights`,
  gradients: (optimizer: OptimizerName) => `${optimizer}: gradients`,
  laterGradients: "generators: later gradients",
  first: (optimizer: OptimizerName) => `${optimizer}: first moments`,
  second: (optimizer: OptimizerName) => `${optimizer}: second moments`,
  /** An input: the pictures of a batch, as bytes. */
  pixels: (side: "A" | "B") => `pixels of ${side}`,
  /** The number that each byte stands for: `byteLevels`. */
  levels: "byte levels",
  /** An input: three numbers, `adamSchedule`. */
  schedule: (optimizer: OptimizerName) => `${optimizer}: schedule`,
  /** Earlier fakes of the side. */
  pool: (side: "A" | "B") => `pool of ${side}`,
  /** An input: two numbers per image, see `exchangeWithPool`. */
  decisions: (side: "A" | "B") => `decisions for the pool of ${side}`,
  /** The losses, in the order of `lossOrder`. */
  losses: (optimizer: OptimizerName) => `${optimizer}: losses`,
};
