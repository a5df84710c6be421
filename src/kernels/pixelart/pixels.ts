// Converts between bytes and the network's numbers: the reference's ToTensor and Normalize at the
// input, its tensor2im at the output.
//
//   fromPixels  (b / 255 - 0.5) / 0.5
//   toPixels    clamp((x + 1) / 2 * 255, 0, 255), truncated
//
// A network is worse along a picture's border than inside. So `fromPixels` may surround the picture
// with a margin, and `cropWithAlpha` cuts it off again.

import crop from "../../../shaders/pixelart/pixels/crop.wgsl";
import from from "../../../shaders/pixelart/pixels/from.wgsl";
import to from "../../../shaders/pixelart/pixels/to.wgsl";
import { bandsOf, bindRows, bindWhole, type Rows } from "../core/bands.ts";
import { eachVector, foldWorkgroups, lanes, launchFlat } from "../core/launch.ts";
import {
  declare,
  elements,
  image,
  precisionOf,
  requireThat,
  totalBytes,
  vector,
  type Launch,
  type Operation,
  type TensorType,
  type Trial,
} from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";

/**
 * What each byte becomes: (b / 255 - 0.5) / 0.5, rounded to float32 at every step as torchvision
 * computes it.
 */
export const byteLevels: Float32Array<ArrayBuffer> = Float32Array.from({ length: 256 }, (_, byte) => {
  const unit = Math.fround(byte / 255);
  return Math.fround(Math.fround(unit - 0.5) / 0.5);
});

export interface FromAttributes {
  readonly channels: 1 | 3;
  /**
   * Pixels around the picture, its mirror image without the outermost rows and columns (PyTorch's
   * reflection). A smaller picture is mirrored repeatedly. Default: 0.
   */
  readonly margin?: number;
}

/**
 * Pixels [N, H, W] and the table `byteLevels` [256] -> image [N, 3 or 1, H + 2 margin, W + 2
 * margin] in [-1, 1].
 */
export const fromPixels: Operation<FromAttributes> = declare({
  name: "fromPixels",
  writesHalf: true,

  infer([pixels], { channels, margin = 0 }) {
    requireThat(pixels.layout === "pixels", "fromPixels", () => "takes pixels");
    const [samples, height, width] = pixels.shape;
    return image(samples, channels, height + 2 * margin, width + 2 * margin);
  },

  forward(traits, [pixels, levels], output, { channels, margin = 0 }) {
    const shader = composeShader(from, { LANES: lanes, GREY: channels === 1 }, precisionOf(output));
    const [, height, width] = pixels.type!.shape;
    return bandsOf(traits, pixels, output, (rows) => rowsMirrored(rows, height, margin)).map((band): Launch => {
      const rows = band.output.end - band.output.first;
      const count = band.samples * rows * (width + 2 * margin);
      return {
        label: "bytes to numbers",
        shader,
        bindings: [band.source.binding, { operand: levels }, band.target.binding],
        parameters: uniforms(shader, {
          ...{ count, width, height, margin },
          ...{
            pixel: 4 * band.source.offset,
            pixelRow: band.input.first,
            pixelRows: band.input.end - band.input.first,
          },
          ...{ output: band.target.offset, row: band.output.first, rows },
        }),
        workgroups: foldWorkgroups(traits, count, lanes),
        flops: 0,
      };
    });
  },

  reference([pixels, levels], { channels, margin = 0 }) {
    const [samples, height, width] = pixels.shape;
    const shape = [samples, channels, height + 2 * margin, width + 2 * margin];
    const [planes, area] = [samples * channels, shape[2] * shape[3]];
    const data = Float64Array.from({ length: planes * area }, (_, i) => {
      const [sample, c] = [Math.floor(i / area / channels), Math.floor(i / area) % channels];
      const y = mirrored((Math.floor(i / shape[3]) % shape[2]) - margin, height);
      const x = mirrored((i % shape[3]) - margin, width);
      const pixel = pixels.data[(sample * height + y) * width + x];
      const bytes = [pixel & 255, (pixel >>> 8) & 255, (pixel >>> 16) & 255];
      const grey = (19595 * bytes[0] + 38470 * bytes[1] + 7471 * bytes[2] + 32768) >>> 16;
      return levels.data[channels === 1 ? grey : bytes[c]];
    });
    return { shape, data };
  },

  cost: ([pixels], { channels, margin = 0 }) => {
    const [samples, height, width] = pixels.shape;
    const output = image(samples, channels, height + 2 * margin, width + 2 * margin);
    return { flops: 0, bytes: totalBytes(pixels, output) };
  },

  trials: [
    fromTrial([1, 5, 7], { channels: 3 }),
    fromTrial([2, 41, 50], { channels: 1 }),
    fromTrial([2, 9, 20], { channels: 3, margin: 4 }),
    fromTrial([1, 3, 2], { channels: 3, margin: 7 }),
    fromTrial([1, 1, 6], { channels: 1, margin: 2 }),
    // Some limit makes a band of each sample.
    fromTrial([6, 2, 4], { channels: 3 }),
  ],
});

/** The index of a position in 0, 1 ... size - 1, size - 2 ... 1, 0 ..., continued both ways. */
function mirrored(position: number, size: number): number {
  if (size === 1) return 0;
  const place = Math.abs(position) % (2 * (size - 1));
  return Math.min(place, 2 * (size - 1) - place);
}

/** The rows of a picture that rows of the picture with its margin show. */
function rowsMirrored({ first, end }: Rows, height: number, margin: number): Rows {
  let [least, most] = [height, 0];
  for (let row = first; row < end; row++) {
    least = Math.min(least, mirrored(row - margin, height));
    most = Math.max(most, mirrored(row - margin, height));
  }
  return { first: least, end: most + 1 };
}

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

export interface CropAttributes {
  /** Pixels around the source that the network drew, too. */
  readonly margin: number;
  /** The size of the output; at least the source's. */
  readonly width: number;
  readonly height: number;
}

/**
 * The network's pixels [N, H', W'] and its source's [N, H, W] -> [N, height, width] without the
 * margin, with the source's alpha. Beyond the source the alpha of its last row or column goes on.
 */
export const cropWithAlpha: Operation<CropAttributes> = declare({
  name: "cropWithAlpha",

  infer([drawn, source], { margin, width, height }) {
    const [samples, drawnHeight, drawnWidth] = drawn.shape;
    requireThat(drawn.layout === "pixels" && source.layout === "pixels", "cropWithAlpha", () => "takes pixels");
    requireThat(
      width >= source.shape[2] && height >= source.shape[1],
      "cropWithAlpha",
      () => `${width} x ${height} pixels of a source of [${source.shape}]`,
    );
    requireThat(
      margin + width <= drawnWidth && margin + height <= drawnHeight,
      "cropWithAlpha",
      () => `${width} x ${height} pixels beside a margin of ${margin} in [${drawn.shape}]`,
    );
    return { layout: "pixels", shape: [samples, height, width] };
  },

  forward(traits, [drawn, source], output, { margin }) {
    const shader = composeShader(crop, { LANES: lanes });
    const [, , width] = output.type!.shape;
    const [, , drawnWidth] = drawn.type!.shape;
    const [, sourceHeight, sourceWidth] = source.type!.shape;
    const rowsDrawn = ({ first, end }: Rows) => ({ first: first + margin, end: end + margin });
    return bandsOf(traits, drawn, output, rowsDrawn).map((band): Launch => {
      const rows = band.output.end - band.output.first;
      const count = band.samples * rows * width;
      const seen = {
        first: Math.min(band.output.first, sourceHeight - 1),
        end: Math.min(band.output.end, sourceHeight),
      };
      const alphas = band.samples > 1 ? bindWhole(source) : bindRows(traits, source, band.sample, seen);
      return {
        label: "the margin cut off",
        shader,
        bindings: [band.source.binding, alphas.binding, band.target.binding],
        parameters: uniforms(shader, {
          ...{ count, rows, width, output: 4 * band.target.offset },
          drawn: 4 * band.source.offset + (band.output.first + margin - band.input.first) * drawnWidth + margin,
          ...{ drawnRows: band.input.end - band.input.first, drawnWidth },
          ...{ source: 4 * alphas.offset, sourceRows: seen.end - seen.first, sourceWidth },
        }),
        workgroups: foldWorkgroups(traits, count, lanes),
        flops: 0,
      };
    });
  },

  reference([drawn, source], { margin, width, height }) {
    const [samples, drawnHeight, drawnWidth] = drawn.shape;
    const [, sourceHeight, sourceWidth] = source.shape;
    const data = Float64Array.from({ length: samples * height * width }, (_, i) => {
      const [sample, y, x] = [Math.floor(i / width / height), Math.floor(i / width) % height, i % width];
      const colour = drawn.data[(sample * drawnHeight + y + margin) * drawnWidth + x + margin];
      const row = sample * sourceHeight + Math.min(y, sourceHeight - 1);
      const seen = source.data[row * sourceWidth + Math.min(x, sourceWidth - 1)];
      return (colour % 2 ** 24) + (seen - (seen % 2 ** 24));
    });
    return { shape: [samples, height, width], data };
  },

  cost([, source], { width, height }) {
    return { flops: 0, bytes: totalBytes(source) + 2 * 4 * source.shape[0] * width * height };
  },

  trials: [
    cropTrial([1, 12, 16], [1, 5, 7], { margin: 3, width: 7, height: 5 }),
    cropTrial([2, 48, 52], [2, 41, 45], { margin: 2, width: 45, height: 41 }),
    cropTrial([2, 44, 48], [2, 41, 45], { margin: 0, width: 48, height: 44 }),
    cropTrial([1, 8, 4], [1, 1, 1], { margin: 0, width: 4, height: 8 }),
    // Some limit makes a band of each sample.
    cropTrial([4, 6, 8], [4, 5, 7], { margin: 0, width: 8, height: 6 }),
  ],
});

function fromTrial(shape: number[], attributes: FromAttributes): Trial<FromAttributes> {
  return { inputs: [{ layout: "pixels", shape }, vector(256)], attributes, tables: { 1: byteLevels } };
}

function cropTrial(drawn: number[], source: number[], attributes: CropAttributes): Trial<CropAttributes> {
  const types = [drawn, source].map((shape): TensorType => ({ layout: "pixels", shape }));
  return { inputs: types, attributes };
}
