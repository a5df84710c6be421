// The sum of every channel over samples and pixels, in two passes and a fixed order:
//
//   output[c] = sum over n, y, x of input[n, c, y, x]
//
// It is the gradient of a convolution with respect to its bias.

import channels_ from "../../../shaders/tensor/reduction/channels.wgsl";
import { runsOf } from "../core/bands.ts";
import { lanes } from "../core/launch.ts";
import {
  declare,
  elements,
  image,
  requireThat,
  totalBytes,
  vector,
  vectors,
  type Binding,
  type Launch,
  type Operation,
} from "../core/operation.ts";
import { composeShader } from "../core/shader.ts";
import { uniforms } from "../core/uniforms.ts";

/** [N, C, H, W] -> [C]. */
export const channelSum: Operation<Record<string, never>> = declare({
  name: "channelSum",

  infer([input]) {
    requireThat(input.layout === "image", this.name, () => "takes an image");
    return vector(input.shape[1]);
  },

  forward(traits, [input], output) {
    const [samples, channels, height, width] = input.type!.shape;
    const pixels = samples * height * width;
    // Enough chunks to keep a GPU busy, few enough for a short second pass. Each begins at an
    // aligned byte.
    const chunkPixels = Math.max(64, 16 * Math.ceil(pixels / 512 / 16));
    const chunks = Math.ceil(pixels / chunkPixels);
    const pixelBytes = 16 * vectors(channels);
    const scratch = { bytes: chunks * pixelBytes };
    const shader = composeShader(channels_, { LANES: lanes });
    const launch = (
      from: Binding,
      to: Binding,
      range: Record<"count" | "chunkPixels" | "chunks" | "firstChunk", number>,
    ): Launch => ({
      label: "sum of channels",
      shader,
      bindings: [from, to],
      parameters: uniforms(shader, { ...range, channels }),
      workgroups: [Math.ceil((range.chunks * vectors(channels)) / lanes), 1, 1],
      flops: range.count * channels,
    });
    const launches = runsOf(traits, chunks, chunkPixels * pixelBytes).map((run) => {
      const first = run.first * chunkPixels;
      const count = Math.min(run.count * chunkPixels, pixels - first);
      const source = { operand: input, offset: first * pixelBytes, bytes: count * pixelBytes };
      return launch(source, { operand: scratch }, { count, chunkPixels, chunks: run.count, firstChunk: run.first });
    });
    return [
      ...launches,
      launch(
        { operand: scratch },
        { operand: output },
        { count: chunks, chunkPixels: chunks, chunks: 1, firstChunk: 0 },
      ),
    ];
  },

  reference([{ shape, data }]) {
    const [, channels, height, width] = shape;
    const sums = new Float64Array(channels);
    data.forEach((value, i) => (sums[Math.floor(i / (height * width)) % channels] += value));
    return { shape: [channels], data: sums };
  },

  cost: ([input]) => ({ flops: elements(input), bytes: totalBytes(input) }),
  trials: [image(1, 1, 1, 1), image(2, 3, 5, 7), image(1, 8, 5, 7), image(1, 70, 9, 13), image(3, 6, 40, 41)].map(
    (input) => ({
      inputs: [input],
      attributes: {},
    }),
  ),
});
