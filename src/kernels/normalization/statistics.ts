// The statistics that norms use: mean and deviation of every channel, for each sample by itself
// (instance norm), for the whole batch (batch norm in training), or kept from earlier batches
// (batch norm in evaluation).

import combine from "../../../shaders/normalization/combine.wgsl";
import partial from "../../../shaders/normalization/partial.wgsl";
import running from "../../../shaders/normalization/running.wgsl";
import updateRunning_ from "../../../shaders/normalization/update-running.wgsl";
import { bindRange, runsOf } from "../core/bands.ts";
import { lanes } from "../core/launch.ts";
import {
  declare,
  elements,
  image,
  requireThat,
  totalBytes,
  vector,
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

/**
 * The first pass of a reduction over the pixels of each channel, by a shader that writes two rows
 * per chunk. Returns its launches and its output, [samples][chunks][2][vectors].
 *
 * @param images of one type, bound chunk by chunk: the first before `between`, the others after it
 * @param between operands that are bound whole
 * @param samples that are reduced separately: all of the batch, or 1 for the batch as a whole
 */
export function launchOverChunks(
  traits: Traits,
  pass: { label: string; source: string; images: readonly Operand[]; between: readonly Operand[]; samples: number },
): { launches: Launch[]; scratch: Operand; chunkPixels: number; chunks: number } {
  const { label, source, images, between, samples } = pass;
  const [batch, channels, height, width] = images[0].type!.shape;
  const pixels = (batch / samples) * height * width;
  // Enough chunks to keep a GPU busy, few enough for a short second pass.
  const chunkPixels = Math.max(64, 16 * Math.ceil(pixels / 1024 / 16));
  const chunks = Math.ceil(pixels / chunkPixels);
  const pixelBytes = 16 * vectors(channels);
  const scratch = { bytes: samples * chunks * 2 * pixelBytes };
  const shader = composeShader(source, { LANES: lanes, VECTORS: vectors(channels) });
  // A sample may begin between two aligned bytes, and is then bound from the aligned byte before
  // it.
  const room = { ...traits, bindingBytes: traits.bindingBytes - traits.offsetAlignment };
  const launches: Launch[] = [];
  for (let sample = 0; sample < samples; sample++) {
    for (const run of runsOf(room, chunks, chunkPixels * pixelBytes)) {
      const start = (sample * pixels + run.first * chunkPixels) * pixelBytes;
      const bytes = Math.min(run.count * chunkPixels, pixels - run.first * chunkPixels) * pixelBytes;
      const [first, ...others] = images.map((operand) => bindRange(traits, operand, start, bytes));
      launches.push({
        label,
        shader,
        bindings: [
          first.binding,
          ...between.map((operand) => ({ operand })),
          ...others.map(({ binding }) => binding),
          { operand: scratch },
        ],
        parameters: uniforms(shader, {
          ...{ pixels, chunkPixels, chunks, firstChunk: run.first, chunkCount: run.count, sample },
          inputOffset: first.offset,
        }),
        workgroups: [Math.ceil((run.count * vectors(channels)) / lanes), 1, 1],
        flops: bytes,
      });
    }
  }
  return { launches, scratch, chunkPixels, chunks };
}

/**
 * Mean and 1 / sqrt(variance + epsilon) of every channel: [N, C, H, W] -> [N or 1, C, 1, 2], with
 * the biased variance, as in torch.nn.InstanceNorm2d and, in training, BatchNorm2d.
 */
export const statistics: Operation<StatisticsAttributes> = declare({
  name: "statistics",

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
    const { launches, scratch, chunkPixels, chunks } = launchOverChunks(traits, {
      label: "statistics of chunks",
      source: partial,
      images: [input],
      between: [],
      samples,
    });
    const shader = composeShader(combine, { LANES: lanes, VECTORS: vectors(channels), EPSILON: float(epsilon) });
    launches.push({
      label: "statistics of the whole",
      shader,
      bindings: [{ operand: scratch }, { operand: output }],
      parameters: uniforms(shader, { samples, pixels, chunkPixels, chunks }),
      workgroups: [Math.ceil((samples * vectors(channels)) / lanes), 1, 1],
      flops: 8 * samples * chunks * channels,
    });
    return launches;
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
    { inputs: [image(1, 3, 5, 7)], attributes: { over: "sample", epsilon: 1e-5 } },
    { inputs: [image(2, 8, 9, 8)], attributes: { over: "sample", epsilon: 1e-5 } },
    { inputs: [image(3, 6, 1, 1)], attributes: { over: "batch", epsilon: 1e-5 } },
    { inputs: [image(2, 70, 11, 13)], attributes: { over: "batch", epsilon: 1e-5 } },
    { inputs: [image(1, 4, 67, 31)], attributes: { over: "sample", epsilon: 1e-5 } },
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
 * BatchNorm2d's running mean and variance, moved towards those of a batch: kept + momentum * (new -
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

/** Replaces the second input by the statistics of the first. */
export function ownStatistics(over: StatisticsAttributes["over"]) {
  return (inputs: readonly Values[]): readonly Values[] =>
    inputs.map((value, i) => (i === 1 ? statistics.reference([inputs[0]], { over, epsilon: 1e-5 }) : value));
}

/** All numbers of a channel, of one sample or of all. */
function channelValues(input: Values, channel: number, sample?: number): Float64Array {
  const [samples, channels, height, width] = input.shape;
  const plane = (n: number) =>
    input.data.subarray((n * channels + channel) * height * width, (n * channels + channel + 1) * height * width);
  if (sample !== undefined) return plane(sample);
  const all = new Float64Array(samples * height * width);
  for (let n = 0; n < samples; n++) all.set(plane(n), n * height * width);
  return all;
}
