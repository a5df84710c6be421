// Converts between bytes and the network's numbers: the reference's ToTensor and Normalize at the
// input, its tensor2im at the output.
//
//   fromPixels  (b / 255 - 0.5) / 0.5
//   toPixels    clamp((x + 1) / 2 * 255, 0, 255), truncated

import from from "../../../shaders/pixelart/pixels/from.wgsl";
import to from "../../../shaders/pixelart/pixels/to.wgsl";
import { eachVector, lanes, launchFlat } from "../core/launch.ts";
import {
  declare,
  elements,
  image,
  precisionOf,
  requireThat,
  totalBytes,
  vector,
  type Operation,
  type TensorType,
} from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";

/**
 * What each byte becomes: (b / 255 - 0.5) / 0.5, rounded to float32 at every step as torchvision
 * computes it.
 */
export const byteLevels: Float32Array<ArrayBuffer> = Float32Array.from({ length: 256 }, (_, byte) => {
  const unit = Math.fround(byte / 255);
  return Math.fround(Math.fround(unit - 0.5) / 0.5);
});

/** Pixels [N, H, W] and the table `byteLevels` [256] -> image [N, 3 or 1, H, W] in [-1, 1]. */
export const fromPixels: Operation<{ channels: 1 | 3 }> = declare({
  name: "fromPixels",
  writesHalf: true,

  infer([pixels], { channels }) {
    requireThat(pixels.layout === "pixels", "fromPixels", () => "takes pixels");
    const [samples, height, width] = pixels.shape;
    return image(samples, channels, height, width);
  },

  forward(traits, [pixels, levels], output, { channels }) {
    const shader = composeShader(from, { LANES: lanes, GREY: channels === 1 }, precisionOf(output));
    const each = [{ operand: pixels, bytes: 4 }, ...eachVector(output)];
    const shared = [{ operand: levels }];
    return launchFlat(traits, "bytes to numbers", shader, elements(pixels.type!), each, { shared, flops: 0 });
  },

  reference([pixels, levels], { channels }) {
    const [samples, height, width] = pixels.shape;
    const area = height * width;
    const data = new Float64Array(samples * channels * area);
    pixels.data.forEach((pixel, i) => {
      const bytes = [pixel & 255, (pixel >>> 8) & 255, (pixel >>> 16) & 255];
      const grey = (19595 * bytes[0] + 38470 * bytes[1] + 7471 * bytes[2] + 32768) >>> 16;
      for (let c = 0; c < channels; c++) {
        data[(Math.floor(i / area) * channels + c) * area + (i % area)] = levels.data[channels === 1 ? grey : bytes[c]];
      }
    });
    return { shape: [samples, channels, height, width], data };
  },

  cost: ([pixels]) => ({ flops: 0, bytes: 5 * totalBytes(pixels) }),

  trials: [pixelsTrial(1, 5, 7, 3), pixelsTrial(2, 41, 50, 1)],
});

/** Image [N, 3 or 1, H, W] -> pixels [N, H, W], truncated to bytes as the reference does. */
export const toPixels: Operation<Record<string, never>> = declare({
  name: "toPixels",
  readsHalf: [0],

  infer([input]) {
    const [samples, channels, height, width] = input.shape;
    requireThat(channels === 1 || channels === 3, "toPixels", () => `a picture has 1 or 3 channels, not ${channels}`);
    return { layout: "pixels", shape: [samples, height, width] };
  },

  forward(traits, [input], output) {
    const shader = composeShader(to, { LANES: lanes, GREY: input.type!.shape[1] === 1 }, precisionOf(input));
    const each = [...eachVector(input), { operand: output, bytes: 4 }];
    return launchFlat(traits, "numbers to bytes", shader, elements(output.type!), each, { flops: 0 });
  },

  reference([input]) {
    const [samples, channels, height, width] = input.shape;
    const area = height * width;
    const data = new Float64Array(samples * area);
    for (let i = 0; i < data.length; i++) {
      const level = (c: number) => {
        const x = input.data[(Math.floor(i / area) * channels + (channels === 1 ? 0 : c)) * area + (i % area)];
        return Math.trunc(Math.min(Math.max(((x + 1) / 2) * 255, 0), 255));
      };
      data[i] = level(0) + level(1) * 2 ** 8 + level(2) * 2 ** 16 + 255 * 2 ** 24;
    }
    return { shape: [samples, height, width], data };
  },

  cost: ([input]) => ({ flops: 0, bytes: totalBytes(input) * 1.25 }),

  trials: [
    // Networks end in tanh, but other images are shown too.
    { inputs: [image(1, 3, 5, 7)], attributes: {}, draw: (_, uniform) => 1.5 * uniform },
    { inputs: [image(2, 1, 9, 6)], attributes: {}, draw: (_, uniform) => 1.5 * uniform },
  ],
});

function pixelsTrial(samples: number, height: number, width: number, channels: 1 | 3) {
  const pixels: TensorType = { layout: "pixels", shape: [samples, height, width] };
  return { inputs: [pixels, vector(256)], attributes: { channels }, tables: { 1: byteLevels } };
}
