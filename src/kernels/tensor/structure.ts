// Operations that move or drop numbers: concatenating and taking channels, and dropout.

import concat_ from "../../../shaders/tensor/concat/concat.wgsl";
import take from "../../../shaders/tensor/concat/take.wgsl";
import dropout_ from "../../../shaders/tensor/dropout/dropout.wgsl";
import { runsOf } from "../core/bands.ts";
import { eachVector, foldWorkgroups, lanes, launchFlat, vectorCount } from "../core/launch.ts";
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
  type Binding,
  type Launch,
  type Operand,
  type Operation,
  type Traits,
  type Values,
} from "../core/operation.ts";
import { composeShader, float } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";

/** torch.cat([left, right], dim=1). */
export const concat: Operation<Record<string, never>> = declare({
  name: "concat",
  readsHalf: [0, 1],
  writesHalf: true,

  infer([left, right]) {
    const [samples, channels, height, width] = left.shape;
    const [otherSamples, otherChannels, otherHeight, otherWidth] = right.shape;
    requireThat(
      samples === otherSamples && height === otherHeight && width === otherWidth,
      "concat",
      () => `[${left.shape}] and [${right.shape}] differ in more than their channels`,
    );
    return image(samples, channels + otherChannels, height, width);
  },

  forward(traits, [left, right], output) {
    const [samples, channels, height, width] = output.type!.shape;
    const leftChannels = left.type!.shape[1];
    const sizes = { LEFT: leftChannels, RIGHT: channels - leftChannels };
    const shader = composeShader(concat_, { LANES: lanes, ...sizes }, precisionOf(left, right, output));
    return launchPixels(traits, "concat", shader, samples * height * width, [left, right, output]);
  },

  backward({ inputs: [left, right], gradient, apply, typeOf }) {
    const [leftChannels, rightChannels] = [typeOf(left).shape[1], typeOf(right).shape[1]];
    return [
      apply(takeChannels, [gradient], { first: 0, count: leftChannels }),
      apply(takeChannels, [gradient], { first: leftChannels, count: rightChannels }),
    ];
  },

  reference([left, right]) {
    const [samples, channels, height, width] = left.shape;
    const parts: Values[] = [left, right];
    const planes = parts.map(({ shape }) => shape[1] * height * width);
    const data = new Float64Array(samples * (planes[0] + planes[1]));
    for (let n = 0; n < samples; n++) {
      data.set(left.data.subarray(n * planes[0], (n + 1) * planes[0]), n * (planes[0] + planes[1]));
      data.set(right.data.subarray(n * planes[1], (n + 1) * planes[1]), n * (planes[0] + planes[1]) + planes[0]);
    }
    return { shape: [samples, channels + right.shape[1], height, width], data };
  },

  cost: ([left, right]) => ({ flops: 0, bytes: 2 * totalBytes(left, right) }),

  trials: [
    { inputs: [image(1, 4, 3, 5), image(1, 8, 3, 5)], attributes: {} },
    { inputs: [image(2, 3, 7, 3), image(2, 3, 7, 3)], attributes: {} },
    { inputs: [image(1, 1, 1, 9), image(1, 6, 1, 9)], attributes: {} },
    { inputs: [image(2, 66, 4, 4), image(2, 2, 4, 4)], attributes: {} },
  ],
});

/** image[:, first : first + count]. */
export const takeChannels: Operation<{ first: number; count: number }> = declare({
  name: "takeChannels",

  infer: ([{ shape }], { count }) => image(shape[0], count, shape[2], shape[3]),

  forward(traits, [input], output, { first, count }) {
    const [samples, channels, height, width] = input.type!.shape;
    const shader = composeShader(take, { LANES: lanes, CHANNELS: channels, FIRST: first, COUNT: count });
    return launchPixels(traits, "take channels", shader, samples * height * width, [input, output]);
  },

  reference([{ shape, data }], { first, count }) {
    const [samples, channels, height, width] = shape;
    const area = height * width;
    const taken = new Float64Array(samples * count * area);
    for (let n = 0; n < samples; n++) {
      const start = (n * channels + first) * area;
      taken.set(data.subarray(start, start + count * area), n * count * area);
    }
    return { shape: [samples, count, height, width], data: taken };
  },

  cost: ([{ shape }], { count }) => ({ flops: 0, bytes: 2 * totalBytes(image(shape[0], count, shape[2], shape[3])) }),

  trials: [
    { inputs: [image(1, 12, 3, 5)], attributes: { first: 4, count: 8 } },
    { inputs: [image(2, 6, 7, 3)], attributes: { first: 3, count: 3 } },
    { inputs: [image(1, 7, 1, 9)], attributes: { first: 0, count: 1 } },
    { inputs: [image(2, 68, 4, 4)], attributes: { first: 66, count: 2 } },
    { inputs: [image(1, 9, 13, 11)], attributes: { first: 2, count: 6 } },
  ],
});

/**
 * The launches of a kernel that maps pixels to the same pixels of the last operand, one lane for
 * each of that operand's vec4s.
 */
function launchPixels(
  traits: Traits,
  label: string,
  shader: string,
  pixels: number,
  operands: readonly Operand[],
): Launch[] {
  const outputVectors = vectors(operands[operands.length - 1].type!.shape[1]);
  return runsOf(traits, pixels, ...operands.map(pixelBytes)).map((run) => ({
    label,
    shader,
    bindings: operands.map((operand) => rangeOf(operand, run)),
    parameters: uniforms(shader, { count: run.count * outputVectors }),
    workgroups: foldWorkgroups(traits, run.count * outputVectors, lanes),
    flops: 0,
  }));
}

function pixelBytes(operand: Operand): number {
  return vectorBytes(operand) * vectors(operand.type!.shape[1]);
}

/** The byte range of a run of an image's pixels. */
function rangeOf(operand: Operand, run: { first: number; count: number }): Binding {
  const bytes = pixelBytes(operand);
  return { operand, offset: run.first * bytes, bytes: run.count * bytes };
}

/**
 * torch.nn.Dropout in training: 0 with `probability`, else x / (1 - probability). Input 1 is the
 * seed, a whole number below 2^24.
 */
export const dropout: Operation<{ probability: number }> = declare({
  name: "dropout",
  readsHalf: [0],
  writesHalf: true,

  infer([input, seed], { probability }) {
    requireThat(probability >= 0 && probability < 1, "dropout", () => `a probability of ${probability}`);
    requireThat(seed.layout === "vector", "dropout", () => "the seed is a vector of one number");
    return input;
  },

  forward(traits, [input, seed], output, { probability }) {
    const constants = { LANES: lanes, PROBABILITY: float(probability), SCALE: float(1 / (1 - probability)) };
    const shader = composeShader(dropout_, constants, precisionOf(input, output));
    const each = eachVector(input, output);
    return launchFlat(traits, "dropout", shader, vectorCount(output), each, { shared: [{ operand: seed }] });
  },

  backward: ({ inputs: [, seed], gradient, attributes, apply }) => [apply(dropout, [gradient, seed], attributes), null],

  reference([input, seed], { probability }) {
    const [, channels, height, width] = input.shape;
    const data = input.data.map((value, i) => {
      const plane = Math.floor(i / (height * width));
      const pixel = Math.floor(plane / channels) * height * width + (i % (height * width));
      const counter = pixel * 4 * vectors(channels) + (plane % channels);
      return uniformAt(seed.data[0], counter) >= probability ? value / (1 - probability) : 0;
    });
    return { shape: input.shape, data };
  },

  cost: ([input]) => ({ flops: elements(input), bytes: totalBytes(input, input) }),

  trials: [
    { inputs: [image(1, 4, 5, 7), vector(1)], attributes: { probability: 0.5 }, draw: drawSeed },
    { inputs: [image(2, 6, 9, 4), vector(1)], attributes: { probability: 0.25 }, draw: drawSeed },
    { inputs: [image(1, 3, 2, 2), vector(1)], attributes: { probability: 0 }, draw: drawSeed },
    // One of the random numbers is the probability itself.
    { inputs: [image(1, 4, 5, 7), vector(1)], attributes: { probability: uniformAt(1, 9) }, draw: drawOne },
  ],
});

function drawSeed(input: number, uniform: number): number {
  return input === 1 ? Math.floor(Math.abs(uniform) * 2 ** 24) : uniform;
}

function drawOne(input: number, uniform: number): number {
  return input === 1 ? 1 : uniform;
}

/** The twin of shaders/tensor/dropout/random.wgsl. */
function pcgHash(value: number): number {
  const state = (Math.imul(value, 747796405) + 2891336453) >>> 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737) >>> 0;
  return ((word >>> 22) ^ word) >>> 0;
}

function uniformAt(seed: number, counter: number): number {
  return (pcgHash((pcgHash(seed) ^ counter) >>> 0) >>> 8) / 2 ** 24;
}
