// The backward pass of a norm. With n pixels per mean, x^ = (x - mean) / deviation and g the
// gradient with respect to the norm's output, the gradients with respect to the inputs are
//
//   the input  gain / deviation * (g - sum(g) / n - x^ * sum(g * x^) / n)
//   the gain   sum(g * x^)
//   the shift  sum(g)
//
// so two sums are computed first (Ioffe and Szegedy 2015, section 3, with the mean and the variance
// eliminated). docs/layers.md derives it.

import combine from "../../../shaders/normalization/gradient-combine.wgsl";
import sumsOfLanes from "../../../shaders/normalization/gradient-sums-lanes.wgsl";
import sumsOfGroups from "../../../shaders/normalization/gradient-sums.wgsl";
import gradient_ from "../../../shaders/normalization/gradient.wgsl";
import row_ from "../../../shaders/normalization/row.wgsl";
import { lanes, launchFlat } from "../core/launch.ts";
import { declare, elements, image, totalBytes, vector, vectors, type Operation } from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";
import { launchReduction, ownStatistics } from "./statistics.ts";

type None = Record<string, never>;

/**
 * [x, statistics, g] -> sum(g) and sum(g * x^) over the pixels of each statistic: [N or 1, C, 1,
 * 2].
 */
export const normSums: Operation<None> = declare({
  name: "normSums",

  infer: ([, statistics]) => statistics,

  forward(traits, [input, statistics, gradient], output) {
    const channels = input.type!.shape[1];
    const samples = statistics.type!.shape[0];
    return launchReduction(
      traits,
      {
        label: "norm sums",
        sources: { groups: sumsOfGroups, lanes: sumsOfLanes },
        images: [input, gradient],
        between: [statistics],
        samples,
      },
      output,
      ({ partial, groups }) => {
        const shader = composeShader(combine, { LANES: lanes });
        return {
          label: "norm sums of the whole",
          shader,
          bindings: [{ operand: partial }, { operand: output }],
          parameters: uniforms(shader, { vectors: vectors(channels), samples, groups }),
          workgroups: [Math.ceil((samples * vectors(channels)) / lanes), 1, 1],
          flops: 2 * samples * groups * channels,
        };
      },
    );
  },

  reference([input, statistics, gradient]) {
    const [batch, channels, height, width] = input.shape;
    const data = new Float64Array(statistics.data.length);
    input.data.forEach((x, i) => {
      const plane = Math.floor(i / (height * width));
      const at = 2 * (statistics.shape[0] === batch ? plane : plane % channels);
      data[at] += gradient.data[i];
      data[at + 1] += gradient.data[i] * (x - statistics.data[at]) * statistics.data[at + 1];
    });
    return { shape: statistics.shape, data };
  },

  cost: ([input]) => ({ flops: 4 * elements(input), bytes: totalBytes(input, input) }),

  trials: [
    { inputs: [image(1, 3, 5, 7), image(1, 3, 1, 2), image(1, 3, 5, 7)], attributes: {} },
    { inputs: [image(2, 70, 11, 13), image(2, 70, 1, 2), image(2, 70, 11, 13)], attributes: {} },
    { inputs: [image(3, 6, 9, 8), image(1, 6, 1, 2), image(3, 6, 9, 8)], attributes: {} },
    { inputs: [image(5, 70, 2, 3), image(5, 70, 1, 2), image(5, 70, 2, 3)], attributes: {} },
    { inputs: [image(2, 9, 70, 60), image(2, 9, 1, 2), image(2, 9, 70, 60)], attributes: {} },
  ],
});

/**
 * [x, statistics, g, output of `normSums`] and the gain, if the norm has one -> the gradient with
 * respect to x.
 */
export const normalizeGradient: Operation<None> = declare({
  name: "normalizeGradient",

  infer: ([input]) => input,

  forward(traits, [input, statistics, gradient, sums, gain], output) {
    const [batch, channels, height, width] = input.type!.shape;
    const samples = statistics.type!.shape[0];
    const shader = composeShader(gradient_, {
      LANES: lanes,
      VECTORS: vectors(channels),
      AFFINE: gain !== undefined,
    });
    const each = [input, gradient, output].map((operand) => ({ operand, bytes: 16 }));
    // Without a gain, the statistics are bound in its place, and the shader ignores what it reads
    // there.
    const shared = [statistics, sums, gain ?? statistics].map((operand) => ({ operand }));
    return launchFlat(traits, "normalize gradient", shader, output.bytes / 16, each, {
      shared,
      flops: output.bytes,
      values: { pixels: (batch / samples) * height * width },
    });
  },

  reference([input, statistics, gradient, sums, gain]) {
    const [batch, channels, height, width] = input.shape;
    const pixels = (batch / statistics.shape[0]) * height * width;
    const data = input.data.map((x, i) => {
      const plane = Math.floor(i / (height * width));
      const at = 2 * (statistics.shape[0] === batch ? plane : plane % channels);
      const scale = statistics.data[at + 1];
      const centred =
        gradient.data[i] - (sums.data[at] + (x - statistics.data[at]) * scale * sums.data[at + 1]) / pixels;
      return (gain ? gain.data[plane % channels] : 1) * scale * centred;
    });
    return { shape: input.shape, data };
  },

  cost: ([input]) => ({ flops: 6 * elements(input), bytes: totalBytes(input, input, input) }),

  trials: [
    {
      inputs: [image(2, 3, 5, 7), image(2, 3, 1, 2), image(2, 3, 5, 7), image(2, 3, 1, 2)],
      attributes: {},
      derive: ownStatistics("sample"),
    },
    {
      inputs: [image(2, 66, 4, 5), image(1, 66, 1, 2), image(2, 66, 4, 5), image(1, 66, 1, 2), vector(66)],
      attributes: {},
      derive: ownStatistics("batch"),
    },
  ],
});

/**
 * One of the two sums of a batch norm, [1, C, 1, 2], as a vector [C]: the gradient with respect to
 * the shift (row 0) or the gain (row 1).
 */
export const sumsRow: Operation<{ row: 0 | 1 }> = declare({
  name: "sumsRow",
  infer: ([sums]) => vector(sums.shape[1]),
  forward(_traits, [sums], output, { row }) {
    const count = output.bytes / 16;
    return [
      {
        label: "row of the norm sums",
        shader: composeShader(row_, { LANES: lanes, VECTORS: count, ROW: row }),
        bindings: [{ operand: sums }, { operand: output }],
        workgroups: [Math.ceil(count / lanes), 1, 1],
        flops: 0,
      },
    ];
  },
  reference: ([sums], { row }) => ({
    shape: [sums.shape[1]],
    data: Float64Array.from({ length: sums.shape[1] }, (_, channel) => sums.data[2 * channel + row]),
  }),
  cost: ([sums]) => ({ flops: 0, bytes: totalBytes(sums) }),
  trials: [
    { inputs: [image(1, 300, 1, 2)], attributes: { row: 0 } },
    { inputs: [image(1, 3, 1, 2)], attributes: { row: 1 } },
  ],
});
