// torch.nn.Dropout in training: output = 0 with PROBABILITY, else input / (1 - PROBABILITY).
//
// The seed and a number's index in memory decide whether it is dropped, so the backward pass drops
// the same numbers without a stored mask, and a step can be repeated exactly.

#include tensor/dropout/random
#include core/stored

struct Range {
  count: u32, // vec4s of this dispatch
  first: u32, // index of the first of them in the tensor
}

@group(0) @binding(0) var<storage, read> input: array<Stored>;
@group(0) @binding(1) var<storage, read> seed: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<Stored>;
@group(0) @binding(3) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let counter = 4u * (range.first + index);
  let draw = u32(seed[0]);
  let random = vec4f(
    uniformAt(draw, counter),
    uniformAt(draw, counter + 1u),
    uniformAt(draw, counter + 2u),
    uniformAt(draw, counter + 3u),
  );
  output[index] = stored(select(vec4f(0.0), loaded(input[index]) * SCALE, random >= vec4f(PROBABILITY)));
}
