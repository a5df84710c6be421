// What `pixelcycle tune` measures kernels for: a training step, and the conversion of a picture.

import { makePlan, type Plan } from "../../../autograd/plan.ts";
import { traitsOf } from "../../../autograd/program.ts";
import { input } from "../../../autograd/tensor.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import { image } from "../../../kernels/core/operation.ts";
import { converting } from "../../../nn/layers.ts";
import { network } from "../../../nn/networks.ts";
import type { TrainingOptions } from "../../../train/options/options.ts";
import { architecturesOf } from "../../../train/step/networks.ts";
import { planStep, type BatchShape } from "../../../train/step/plan.ts";

export function plansFor(gpu: Gpu, training: TrainingOptions, shape: BatchShape): Plan[] {
  const traits = traitsOf(gpu);
  const picture = input("picture", image(1, training.inputNc, ...shape.A));
  const converted = network(architecturesOf(training).G_A, picture, converting);
  return [planStep(training, shape, traits).plan, makePlan(traits, [converted])];
}
