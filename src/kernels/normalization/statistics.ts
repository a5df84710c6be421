// The statistics that norms use: the mean and the deviation of every channel, of each sample by
// itself (instance norm), of the whole batch (batch norm in training), or kept from earlier batches
// (batch norm in evaluation).

import combine from "../../../shaders/normalization/combine.wgsl";
import running from "../../../shaders/normalization/running.wgsl";
import statisticsOfLanes from "../../../shaders/normalization/statistics-lanes.wgsl";
import statisticsOfGroups from "../../../shaders/normalization/statistics.wgsl";
import updateRunning_ from "../../../shaders/normalization/update-running.wgsl";
import { bindRange, runsOf } from "../core/bands.ts";
import { chunksOfGroup, columnsOfGroup, foldWorkgroups, lanes, pixelsOfChunk } from "../core/launch.ts";
import {
  declare,
  elements,
  image,
  precisionOf,
  requireThat,
  totalBytes,
  vector,
  vectorBytes,
  vectors,
  type Launch,
  type Operand,
  type Operation,
  type Traits,
  type Values,
} from "../core/operation.ts";
import { composeShader, float } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";

export interface StatisticsAttributes {
  /**
   * Over each sample's pixels (instance norm), or over all samples' pixels (batch norm in
   * training).
   */
  over: "sample" | "batch";
  epsilon: number;
}

interface Reduction {
  readonly label: string;
  /** With workgroups of many chunks, and with a lane for each chunk. */
  readonly sources: { readonly groups: string; readonly lanes: string };
  /** Of the shader with workgroups. */
  readonly constants?: Parameters<typeof composeShader>[1];
  /** Images of one type, bound group by group: the first before `between`, the others after it. */
  readonly images: readonly Operand[];
  /** Operands that are bound whole. */
  readonly between: readonly Operand[];
  /** The samples that are reduced separately: all of the batch, or 1 for the batch as a whole. */
  readonly samples: number;
}

/** What the second pass reads, if there is one: [samples][groups][2][vectors]. */
interface Groups {
  readonly partial: Operand;
  readonly groups: number;
  readonly groupPixels: number;
}

/**
 * A reduction over the pixels of each channel to `output`, [samples][2][vectors], by a shader that
 * includes normalization/range. If one workgroup covers all pixels of a sample, it is one launch
 * for all samples; otherwise `combine` makes the last launch. On software adapters, where barriers
 * are slow, a group is a single chunk, and `combine` always runs. The order of the sums depends on
 * the shapes alone.
 */
export function launchReduction(
  traits: Traits,
  { label, sources, constants, images, between, samples }: Reduction,
  output: Operand,
  combine: (groups: Groups) => Launch,
): Launch[] {
  const [batch, channels, height, width] = images[0].type!.shape;
  const pixels = (batch / samples) * height * width;
  const chunkPixels = pixelsOfChunk(pixels);
  const chunks = traits.software ? 1 : chunksOfGroup;
  const groupPixels = chunks * chunkPixels;
  const groups = Math.ceil(pixels / groupPixels);
  const direct = groups === 1 && !traits.software;
  const pixelBytes = vectorBytes(images[0]) * vectors(channels);
  const target = direct ? output : { bytes: samples * groups * 32 * vectors(channels) };
  const precision = precisionOf(images[0], ...images.slice(1));
  const shader = traits.software
    ? composeShader(sources.lanes, { CHUNKS: 1, LANES: lanes }, precision)
    : composeShader(sources.groups, { CHUNKS: chunks, COLUMNS: columnsOfGroup, ...constants }, precision);
  // A sample may begin between two aligned bytes; then its binding begins at the aligned byte
  // before it.
  const room = { ...traits, bindingBytes: traits.bindingBytes - traits.offsetAlignment };
  const whole = batch * height * width * pixelBytes <= traits.bindingBytes;
  const parts = whole
    ? [{ sample: 0, count: samples, run: { first: 0, count: groups } }]
    : Array.from({ length: samples }, (_, sample) =>
        runsOf(room, groups, Math.min(groupPixels, pixels) * pixelBytes).map((run) => ({ sample, count: 1, run })),
      ).flat();
  const launches = parts.map(({ sample, count, run }): Launch => {
    const start = (sample * pixels + run.first * groupPixels) * pixelBytes;
    const bytes = Math.min(run.count * groupPixels, pixels - run.first * groupPixels) * pixelBytes;
    const bytesOfAll = bytes + (count - 1) * pixels * pixelBytes;
    const [across, down] = foldWorkgroups(traits, run.count * vectors(channels), lanes);
    const [first, ...others] = images.map((operand) => bindRange(traits, operand, start, bytesOfAll));
    return {
      label,
      shader,
      bindings: [
        first.binding,
        ...between.map((operand) => ({ operand })),
        ...others.map(({ binding }) => binding),
        { operand: target },
      ],
      parameters: uniforms(shader, {
        ...{ vectors: vectors(channels), pixels, chunkPixels, groups, firstGroup: run.first, ownGroups: run.count },
        ...{ sample, inputOffset: first.offset },
      }),
      workgroups: traits.software
        ? [across, down, count]
        : [Math.ceil(vectors(channels) / columnsOfGroup), run.count, count],
      flops: bytesOfAll,
    };
  });
  return direct ? launches : [...launches, combine({ partial: target, groups, groupPixels })];
}

/**
 * Mean and 1 / sqrt(variance + epsilon) of every channel: [N, C, H, W] -> [N or 1, C, 1, 2], with
 * the biased variance, as in torch.nn.InstanceNorm2d and, in training, BatchNorm2d.
 */
export const statistics: Operation<StatisticsAttributes> = declare({
  name: "statistics",
  readsHalf: [0],

  infer([input], { over }) {
    const [samples, channels, height, width] = input.shape;
    const pixels = (over === "batch" ? samples : 1) * height * width;
    requireThat(pixels > 1, "statistics", () => "a norm needs more than one pixel; the image is too small");
    return image(over === "batch" ? 1 : samples, channels, 1, 2);
  },

  forward(traits, [input], output, { over, epsilon }) {
    const [batch, channels, height, width] = input.type!.shape;
    const samples = over === "batch" ? 1 : batch;
    const pixels = (over === "batch" ? batch : 1) * height * width;
    return launchReduction(
      traits,
      {
        label: "statistics",
        sources: { groups: statisticsOfGroups, lanes: statisticsOfLanes },
        constants: { EPSILON: float(epsilon) },
        images: [input],
        between: [],
        samples,
      },
      output,
      ({ partial, groups, groupPixels }) => {
        const shader = composeShader(combine, { LANES: lanes, EPSILON: float(epsilon) });
        return {
          label: "statistics of the whole",
          shader,
          bindings: [{ operand: partial }, { operand: output }],
          parameters: uniforms(shader, { vectors: vectors(channels), samples, pixels, groupPixels, groups }),
          workgroups: [Math.ceil((samples * vectors(channels)) / lanes), 1, 1],
          flops: 8 * samples * groups * channels,
        };
      },
    );
  },

  reference([input], { over, epsilon }) {
    const [batch, channels] = input.shape;
    const samples = over === "batch" ? 1 : batch;
    const data = new Float64Array(samples * channels * 2);
    for (let n = 0; n < samples; n++) {
      for (let c = 0; c < channels; c++) {
        const values = channelValues(input, c, over === "batch" ? undefined : n);
        const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
        const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
        data[(n * channels + c) * 2] = mean;
        data[(n * channels + c) * 2 + 1] = 1 / Math.sqrt(variance + epsilon);
      }
    }
    return { shape: [samples, channels, 1, 2], data };
  },

  cost: ([input]) => ({ flops: 4 * elements(input), bytes: totalBytes(input) }),

  trials: [
    { inputs: [image(1, 3, 3, 11)], attributes: { over: "sample", epsilon: 1e-5 } },
    { inputs: [image(2, 8, 9, 8)], attributes: { over: "sample", epsilon: 1e-5 } },
    { inputs: [image(3, 6, 1, 1)], attributes: { over: "batch", epsilon: 1e-5 } },
    { inputs: [image(2, 70, 11, 13)], attributes: { over: "batch", epsilon: 1e-5 } },
    { inputs: [image(1, 4, 67, 31)], attributes: { over: "sample", epsilon: 1e-5 } },
    { inputs: [image(2, 4, 67, 131)], attributes: { over: "sample", epsilon: 1e-5 } },
    { inputs: [image(2, 18, 9, 461)], attributes: { over: "batch", epsilon: 1e-5 } },
    { inputs: [image(5, 70, 2, 3)], attributes: { over: "sample", epsilon: 1e-5 } },
  ],
});

/** Running mean and variance of a BatchNorm2d, [C] each, as statistics [1, C, 1, 2]. */
export const runningStatistics: Operation<{ epsilon: number }> = declare({
  name: "runningStatistics",
  infer: ([mean]) => image(1, mean.shape[0], 1, 2),
  forward(_traits, [mean, variance], output, { epsilon }) {
    const count = output.bytes / 32;
    return [
      {
        label: "running statistics",
        shader: composeShader(running, { LANES: lanes, VECTORS: count, EPSILON: float(epsilon) }),
        bindings: [mean, variance, output].map((operand) => ({ operand })),
        workgroups: [Math.ceil(count / lanes), 1, 1],
        flops: 8 * count,
      },
    ];
  },
  reference([mean, variance], { epsilon }) {
    const data = new Float64Array(2 * mean.data.length);
    mean.data.forEach((value, c) => {
      data[2 * c] = value;
      data[2 * c + 1] = 1 / Math.sqrt(variance.data[c] + epsilon);
    });
    return { shape: [1, mean.shape[0], 1, 2], data };
  },
  cost: ([mean, variance]) => ({ flops: 3 * elements(mean), bytes: 2 * totalBytes(mean, variance) }),
  trials: [1, 70, 300].map((channels) => ({
    inputs: [vector(channels), vector(channels)],
    attributes: { epsilon: 1e-5 },
    draw: (input, uniform) => (input === 1 ? Math.abs(uniform) : uniform),
  })),
});

/**
 * Moves a BatchNorm2d's running mean or variance towards that of a batch: kept + momentum * (new -
 * kept). The first input, [C], is overwritten; the second is the batch's statistics, over `pixels`
 * pixels. The running variance is the unbiased one.
 */
export const updateRunning: Operation<{ of: "mean" | "variance"; pixels: number; momentum: number; epsilon: number }> =
  declare({
    name: "updateRunning",
    inPlace: true,
    infer: ([kept]) => kept,
    forward(_traits, [, statistics], output, { of, pixels, momentum, epsilon }) {
      const count = output.bytes / 16;
      const shader = composeShader(updateRunning_, {
        LANES: lanes,
        VECTORS: count,
        VARIANCE: of === "variance",
        MOMENTUM: float(momentum),
        EPSILON: float(epsilon),
        UNBIASED: float(pixels / (pixels - 1)),
      });
      return [
        {
          label: `running ${of}`,
          shader,
          bindings: [{ operand: statistics }, { operand: output }],
          workgroups: [Math.ceil(count / lanes), 1, 1],
          flops: 8 * count,
        },
      ];
    },
    reference([kept, statistics], { of, pixels, momentum, epsilon }) {
      const data = kept.data.map((value, c) => {
        const [mean, scale] = statistics.data.subarray(2 * c, 2 * c + 2);
        const now = of === "mean" ? mean : (1 / scale ** 2 - epsilon) * (pixels / (pixels - 1));
        return value + momentum * (now - value);
      });
      return { shape: kept.shape, data };
    },
    cost: ([kept]) => ({ flops: 3 * elements(kept), bytes: 3 * totalBytes(kept) }),
    trials: (["mean", "variance"] as const).map((of) => ({
      inputs: [vector(300), image(1, 300, 1, 2)],
      attributes: { of, pixels: 35, momentum: 0.1, epsilon: 1e-2 },
      draw: (_, uniform) => Math.abs(uniform) + 0.1,
    })),
  });

/** Replaces the second input with the statistics of the first. */
export function ownStatistics(over: StatisticsAttributes["over"]) {
  return (inputs: readonly Values[]): readonly Values[] =>
    inputs.map((value, i) => (i === 1 ? statistics.reference([inputs[0]], { over, epsilon: 1e-5 }) : value));
}

/** All numbers of a channel, of one sample or of all samples. */
function channelValues(input: Values, channel: number, sample?: number): Float64Array {
  const [samples, channels, height, width] = input.shape;
  const plane = (n: number) =>
    input.data.subarray((n * channels + channel) * height * width, (n * channels + channel + 1) * height * width);
  if (sample !== undefined) return plane(sample);
  const all = new Float64Array(samples * height * width);
  for (let n = 0; n < samples; n++) all.set(plane(n), n * height * width);
  return all;
}
