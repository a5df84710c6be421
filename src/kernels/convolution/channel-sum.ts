// The sum of every channel over samples and pixels, in one pass or two and a fixed order:
//
//   output[c] = sum over n, y, x of input[n, c, y, x]
//
// It is the gradient of a convolution with respect to its bias.

import sumsOfLanes from "../../../shaders/tensor/reduction/channels-lanes.wgsl";
import sumsOfGroups from "../../../shaders/tensor/reduction/channels.wgsl";
import { runsOf } from "../core/bands.ts";
import { chunksOfGroup, columnsOfGroup, foldWorkgroups, lanes, pixelsOfChunk } from "../core/launch.ts";
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
  type Operand,
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
    const chunkPixels = pixelsOfChunk(pixels);
    // On software adapters, where barriers are slow, a group is a single chunk.
    const chunks = traits.software ? 1 : chunksOfGroup;
    const groupPixels = chunks * chunkPixels;
    const groups = Math.ceil(pixels / groupPixels);
    const pixelBytes = 16 * vectors(channels);
    const shader = traits.software
      ? composeShader(sumsOfLanes, { LANES: lanes })
      : composeShader(sumsOfGroups, { CHUNKS: chunks, COLUMNS: columnsOfGroup });
    const launch = (
      from: Binding,
      to: Operand,
      groups: number,
      range: Record<"count" | "chunkPixels" | "firstGroup", number>,
    ): Launch => ({
      label: "sum of channels",
      shader,
      bindings: [from, { operand: to }],
      parameters: uniforms(shader, { ...range, channels }),
      workgroups: traits.software
        ? foldWorkgroups(traits, groups * vectors(channels), lanes)
        : [Math.ceil(vectors(channels) / columnsOfGroup), groups, 1],
      flops: range.count * channels,
    });
    const partial = groups === 1 ? output : { bytes: groups * pixelBytes };
    const launches = runsOf(traits, groups, Math.min(groupPixels, pixels) * pixelBytes).map((run) => {
      const first = run.first * groupPixels;
      const count = Math.min(run.count * groupPixels, pixels - first);
      const source = { operand: input, offset: first * pixelBytes, bytes: count * pixelBytes };
      return launch(source, partial, run.count, { count, chunkPixels, firstGroup: run.first });
    });
    if (groups === 1) return launches;
    const rest = { count: groups, chunkPixels: Math.ceil(groups / chunks), firstGroup: 0 };
    return [...launches, launch({ operand: partial }, output, 1, rest)];
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
