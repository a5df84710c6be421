// Instance norm and batch norm (torch.nn.InstanceNorm2d, BatchNorm2d) in two operations:
// `statistics` computes mean and deviation (statistics.ts), and `normalize`, here, applies them:
//
//   output = (x - mean) / deviation * gain + shift
//
// The two norms differ only in the pixels that the statistics are taken over. The backward pass is
// in normalization-gradient.ts.

import normalize_ from "../../../shaders/normalization/normalize.wgsl";
import { eachVector, lanes, launchFlat, vectorCount } from "../core/launch.ts";
import {
  declare,
  elements,
  image,
  precisionOf,
  requireThat,
  totalBytes,
  vector,
  vectors,
  type Operation,
} from "../core/operation.ts";
import { composeShader, float } from "../core/shader.ts";
import { leakyRelu, relu, type ActivationAttributes } from "../tensor/elementwise.ts";
import { normalizeGradient, normSums, sumsRow } from "./normalization-gradient.ts";
import { ownStatistics } from "./statistics.ts";

export interface NormalizeAttributes {
  /** An activation that directly follows, computed in the same pass; a slope of 0 is ReLU. */
  activation?: { slope: number };
  /**
   * The statistics are running ones, not those of this image; nothing can be trained through them.
   */
  given?: boolean;
}

/**
 * (x - mean) / deviation, with the output of `statistics` or `runningStatistics`; inputs 2 and 3
 * are the gain and the shift.
 *
 * The gradient assumes that the statistics are the image's own, as in training. It includes the
 * path through them, so `statistics` itself gets no gradient.
 */
export const normalize: Operation<NormalizeAttributes> = declare<NormalizeAttributes>({
  name: "normalize",
  recompute: "always",
  readsHalf: [0],
  writesHalf: true,

  fuse(attributes, follower, followerAttributes) {
    if (attributes.activation || !([relu, leakyRelu] as Operation[]).includes(follower)) return null;
    return { ...attributes, activation: { slope: (followerAttributes as ActivationAttributes).slope ?? 0 } };
  },

  infer([input, statistics, gain, shift]) {
    const [samples, channels] = input.shape;
    const fits = (statistics.shape[0] === samples || statistics.shape[0] === 1) && statistics.shape[1] === channels;
    requireThat(fits, "normalize", () => `statistics [${statistics.shape}] are not of [${input.shape}]`);
    requireThat(!gain === !shift, "normalize", () => "a gain comes with a shift");
    requireThat(
      !gain || gain.shape[0] === channels,
      "normalize",
      () => `${gain!.shape} gains for ${channels} channels`,
    );
    return input;
  },

  forward(traits, [input, statistics, gain, shift], output, { activation }) {
    const [, channels, height, width] = input.type!.shape;
    const constants = {
      LANES: lanes,
      VECTORS: vectors(channels),
      PER_SAMPLE: statistics.type!.shape[0] > 1,
      AFFINE: gain !== undefined,
      RELU: activation !== undefined,
      SLOPE: float(activation?.slope ?? 0),
    };
    const shader = composeShader(normalize_, constants, precisionOf(input, output));
    // Without gain and shift, the statistics are bound in their place, and the shader ignores what
    // it reads there.
    const shared = [statistics, gain ?? statistics, shift ?? statistics].map((operand) => ({ operand }));
    const count = vectorCount(output);
    return launchFlat(traits, "normalize", shader, count, eachVector(input, output), {
      shared,
      flops: 8 * count,
      values: { pixels: height * width },
    });
  },

  backward({ inputs: [input, moments, gain], gradient, attributes, apply }) {
    if (attributes.given) throw new Error("A norm with running statistics cannot be trained through.");
    if (attributes.activation) throw new Error("A norm that was fused with its activation cannot be traced back.");
    const sums = apply(normSums, [input, moments, gradient], {});
    const byInput = apply(normalizeGradient, [input, moments, gradient, sums, ...(gain ? [gain] : [])], {});
    if (!gain) return [byInput, null];
    return [byInput, null, apply(sumsRow, [sums], { row: 1 }), apply(sumsRow, [sums], { row: 0 })];
  },

  reference([input, statistics, gain, shift], { activation }) {
    const [, channels, height, width] = input.shape;
    const data = input.data.map((x, i) => {
      const plane = Math.floor(i / (height * width));
      const channel = plane % channels;
      const row = (statistics.shape[0] > 1 ? plane : channel) * 2;
      let value = (x - statistics.data[row]) * statistics.data[row + 1];
      if (gain && shift) value = value * gain.data[channel] + shift.data[channel];
      return activation ? Math.max(value, activation.slope * value) : value;
    });
    return { shape: input.shape, data };
  },

  cost: ([input]) => ({ flops: 2 * elements(input), bytes: totalBytes(input, input) }),

  trials: [
    { inputs: [image(2, 3, 5, 7), image(2, 3, 1, 2)], attributes: {}, derive: ownStatistics("sample") },
    {
      inputs: [image(2, 6, 4, 5), image(1, 6, 1, 2), vector(6), vector(6)],
      attributes: {},
      derive: ownStatistics("batch"),
    },
    { inputs: [image(1, 64, 9, 3), image(1, 64, 1, 2)], attributes: { activation: { slope: 0 } } },
    {
      inputs: [image(2, 6, 4, 5), image(1, 6, 1, 2), vector(6), vector(6)],
      attributes: { activation: { slope: 0.2 } },
    },
    {
      inputs: [image(3, 5, 2, 2), image(3, 5, 1, 2), vector(5), vector(5)],
      attributes: { given: true },
    },
  ],
});
