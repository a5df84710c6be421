// The optimiser's step, Adam (Kingma and Ba 2015), for all parameters in one launch. adam.wgsl has
// the formula.

import adam_ from "../../../shaders/training/adam/adam.wgsl";
import { lanes, launchFlat } from "../core/launch.ts";
import { declare, elements, requireThat, totalBytes, vector, type Operation, type Values } from "../core/operation.ts";
import { composeShader, float } from "../core/shader.ts";

export interface AdamAttributes {
  beta1: number;
  beta2: number;
  epsilon: number;
}

/** The three numbers of a step that depend on the schedule: see adam.wgsl. `step` counts from 1. */
export function adamSchedule(
  rate: number,
  step: number,
  { beta1, beta2 }: AdamAttributes,
): readonly [number, number, number] {
  return [rate / (1 - beta1 ** step), Math.sqrt(1 - beta2 ** step), 1];
}

/**
 * The schedule of an optimiser that takes no step: its weights and moments stay as they are, byte
 * for byte.
 */
export const restingSchedule = [0, 1, -1] as const;

/**
 * [weights, gradients, first moments, second moments, schedule [3]] -> the new weights, which
 * overwrite the old ones; the moments are overwritten too. torch.optim.Adam without weight decay.
 */
export const adam: Operation<AdamAttributes> = declare({
  name: "adam",
  inPlace: true,

  infer(inputs) {
    const [weights, gradients, first, second] = inputs.map(({ shape }) => String(shape));
    requireThat(
      weights === gradients && weights === first && weights === second,
      "adam",
      () => `[${weights}], [${gradients}], [${first}] and [${second}] differ`,
    );
    return inputs[0];
  },

  forward(traits, [, gradients, first, second, schedule], output, { beta1, beta2, epsilon }) {
    const shader = composeShader(adam_, {
      LANES: lanes,
      BETA1: float(beta1),
      REST1: float(1 - beta1),
      BETA2: float(beta2),
      REST2: float(1 - beta2),
      EPSILON: float(epsilon),
    });
    const each = [gradients, first, second, output].map((operand) => ({ operand, bytes: 16 }));
    return launchFlat(traits, "adam", shader, output.bytes / 16, each, {
      shared: [{ operand: schedule }],
      flops: 3 * output.bytes,
    });
  },

  reference: (inputs, attributes) => stepped(inputs, attributes)[0],
  referenceInputs: stepped,

  cost: ([weights]) => ({ flops: 12 * elements(weights), bytes: 7 * totalBytes(weights) }),

  trials: [1, 70, 4099].flatMap((count) =>
    [true, false].map((learns) => ({
      inputs: [...Array.from({ length: 4 }, () => vector(count)), vector(3)],
      // In one of them epsilon is large enough to matter.
      attributes: { beta1: 0.5, beta2: 0.999, epsilon: count === 70 ? 0.1 : 1e-8 },
      // Second moments are sums of squares.
      draw: (input: number, uniform: number) => {
        const positive = Math.abs(uniform) + 0.01;
        return input === 4 && !learns ? -positive : input >= 3 ? positive : uniform;
      },
    })),
  ),
});

/** The twin: weights and moments after a step. */
function stepped(inputs: readonly Values[], { beta1, beta2, epsilon }: AdamAttributes): readonly Values[] {
  const [weights, gradients, first, second, schedule] = inputs;
  const [step, correction, whether] = schedule.data;
  if (whether < 0) return inputs;
  const m = first.data.map((m, i) => beta1 * m + (1 - beta1) * gradients.data[i]);
  const v = second.data.map((v, i) => beta2 * v + (1 - beta2) * gradients.data[i] ** 2);
  const w = weights.data.map((w, i) => w - (step * m[i]) / (Math.sqrt(v[i]) / correction + epsilon));
  const { shape } = weights;
  return [{ shape, data: w }, gradients, { shape, data: m }, { shape, data: v }, schedule];
}
