// What `pixelcycle tune` measures kernels for: a training step, and the conversion of a picture in
// both precisions.

import { makePlan, type Plan } from "../../../autograd/plan.ts";
import { traitsOf } from "../../../autograd/program.ts";
import { apply, input, parameter } from "../../../autograd/tensor.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import { vector } from "../../../kernels/core/operation.ts";
import { byteLevels, fromPixels } from "../../../kernels/pixelart/pixels.ts";
import { converting } from "../../../nn/layers.ts";
import { network } from "../../../nn/networks.ts";
import type { TrainingOptions } from "../../../train/options/options.ts";
import { architecturesOf } from "../../../train/step/networks.ts";
import { planStep, type BatchShape } from "../../../train/step/plan.ts";

export function plansFor(gpu: Gpu, training: TrainingOptions, shape: BatchShape): Plan[] {
  const traits = traitsOf(gpu);
  const pixels = input("pixels", { layout: "pixels", shape: [1, ...shape.A] });
  const levels = parameter("byte levels", vector(byteLevels.length));
  const picture = apply(fromPixels, [pixels, levels], { channels: training.inputNc === 1 ? 1 : 3 });
  const converted = network(architecturesOf(training).G_A, picture, converting);
  const conversions = (["full", "half"] as const).map((precision) =>
    makePlan(traits, [converted], new Map(), precision),
  );
  return [planStep(training, shape, traits).plan, ...conversions];
}
