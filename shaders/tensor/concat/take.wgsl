// Takes a range of an image's channels: output = input[:, FIRST : FIRST + COUNT]. It is the
// backward pass of concat.
//
//   input   [pixels][CHANNELS padded to 4]
//   output  [pixels][COUNT padded to 4]

struct Range {
  count: u32, // vec4s of the output
}

@group(0) @binding(0) var<storage, read> input: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<uniform> range: Range;

const STRIDE = (CHANNELS + 3u) / 4u * 4u;
const VECTORS = (COUNT + 3u) / 4u;

fn channelAt(pixel: u32, channel: u32) -> f32 {
  return select(0.0, input[pixel * STRIDE + min(FIRST + channel, STRIDE - 1u)], channel < COUNT);
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let pixel = index / VECTORS;
  let channel = index % VECTORS * 4u;
  output[index] = vec4f(
    channelAt(pixel, channel),
    channelAt(pixel, channel + 1u),
    channelAt(pixel, channel + 2u),
    channelAt(pixel, channel + 3u),
  );
}
