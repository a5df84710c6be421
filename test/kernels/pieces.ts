// Operations for tests only, which expose the results of shader pieces that other shaders include.
// In a picture an error of one step in 32767 is rarely visible; here it is.

import { foldWorkgroups, lanes } from "../../src/kernels/core/launch.ts";
import {
  declare,
  elements,
  totalBytes,
  vector,
  type Operation,
  type TensorType,
} from "../../src/kernels/core/operation.ts";
import { composeShader } from "../../src/kernels/core/shader.ts";
import { uniforms } from "../../src/kernels/core/uniforms.ts";
import { colourOf, cones, lights, oklabOf, shadeOf } from "../../src/kernels/pixelart/oklab.ts";

const header = `
struct Range {
  count: u32,
}

@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read_write> output: array<u32>;
@group(0) @binding(3) var<uniform> range: Range;
#include pixelart/palette/lab
#include pixelart/palette/oklab
`;

const shades = `${header}
@group(0) @binding(1) var<storage, read> cones: array<vec4f>;
#include pixelart/palette/shade

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let lab = oklab(input[index]);
  let spread = shade(lab);
  for (var i = 0u; i < 3u; i++) {
    output[i * range.count + index] = lab[i];
    output[(3u + i) * range.count + index] = spread[i];
  }
}
`;

const pixels = `${header}
@group(0) @binding(1) var<storage, read> lights: array<f32>;
const cones = array<vec4f, 768>();
#include pixelart/palette/srgb

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let lab = vec3u(input[index], input[range.count + index], input[2u * range.count + index]);
  output[index] = srgb(vec3i(lab >> vec3u(16u)) - vec3i(16384));
}
`;

const side = 256;

function piece(
  name: string,
  source: string,
  planes: { readonly input: number; readonly output: number; readonly table: number },
  at: (words: readonly number[], table: Float64Array) => readonly number[],
  draws: readonly ((input: number, uniform: number) => number)[],
): Operation {
  const [input, output] = [planes.input, planes.output].map((count): TensorType => {
    return { layout: "pixels", shape: [count, side, side] };
  });
  const count = side * side;
  return declare<Record<string, never>>({
    name,
    infer: () => output,
    forward(traits, [words, table], result) {
      const shader = composeShader(source, { LANES: lanes });
      return [
        {
          label: name,
          shader,
          bindings: [words, table, result].map((operand) => ({ operand })),
          parameters: uniforms(shader, { count }),
          workgroups: foldWorkgroups(traits, count, lanes),
          flops: 0,
        },
      ];
    },
    reference([words, table]) {
      const data = new Float64Array(elements(output));
      for (let i = 0; i < count; i++) {
        const read = Array.from({ length: planes.input }, (_, plane) => words.data[plane * count + i]);
        at(read, table.data).forEach((value, plane) => (data[plane * count + i] = value));
      }
      return { shape: output.shape, data };
    },
    cost: (inputs) => ({ flops: 0, bytes: totalBytes(...inputs) }),
    trials: draws.map((draw) => ({ inputs: [input, vector(planes.table)], attributes: {}, draw })),
  }) as Operation;
}

export const pieces: readonly Operation[] = [
  piece(
    "shadesOfPixels",
    shades,
    { input: 1, output: 6, table: cones.length },
    ([pixel], table) => [...oklabOf(pixel, table), ...shadeOf(pixel, table)],
    [
      // Large enough everywhere that the result must be clipped.
      (_, uniform) => Math.floor(Math.abs(uniform) * 2 ** 28),
      // Mostly zeros, otherwise cubes, whose sums are often the least number with that root.
      (_, uniform) =>
        Math.abs(uniform) < 0.7 ? 0 : Math.ceil(Math.floor(27000 * (Math.abs(uniform) - 0.7)) ** 3 / 2 ** 15),
    ],
  ),
  piece(
    "pixelsOfLab",
    pixels,
    { input: 3, output: 1, table: lights.length },
    (words, table) => [colourOf(words.map((word) => (word >>> 16) - 16384) as never, table)],
    [(_, uniform) => Math.floor(Math.abs(uniform) * 2 ** 17)],
  ),
];
