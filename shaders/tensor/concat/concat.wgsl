// Concatenates the channels of two images: torch.cat([left, right], dim=1). Each image pads its
// channels to a multiple of 4, so the right side's channels may change their place within a vec4;
// where they do not, vec4s are copied.
//
//   left    [pixels][LEFT padded to 4]
//   right   [pixels][RIGHT padded to 4]
//   output  [pixels][LEFT + RIGHT padded to 4]

#include core/stored

struct Range {
  count: u32, // vec4s of the output
}

@group(0) @binding(0) var<storage, read> left: array<Stored>;
@group(0) @binding(1) var<storage, read> right: array<Stored>;
@group(0) @binding(2) var<storage, read_write> output: array<Stored>;
@group(0) @binding(3) var<uniform> range: Range;

const LEFT_VECTORS = (LEFT + 3u) / 4u;
const RIGHT_VECTORS = (RIGHT + 3u) / 4u;
const VECTORS = (LEFT + RIGHT + 3u) / 4u;

fn channelAt(pixel: u32, channel: u32) -> f32 {
  if (channel < LEFT) {
    return loaded(left[pixel * LEFT_VECTORS + channel / 4u])[channel % 4u];
  }
  if (channel < LEFT + RIGHT) {
    let place = channel - LEFT;
    return loaded(right[pixel * RIGHT_VECTORS + place / 4u])[place % 4u];
  }
  return 0.0;
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let pixel = index / VECTORS;
  let vector = index % VECTORS;
  if (LEFT % 4u > 0u) {
    let channel = 4u * vector;
    output[index] = stored(vec4f(
      channelAt(pixel, channel),
      channelAt(pixel, channel + 1u),
      channelAt(pixel, channel + 2u),
      channelAt(pixel, channel + 3u),
    ));
  } else if (vector < LEFT_VECTORS) {
    output[index] = left[pixel * LEFT_VECTORS + vector];
  } else {
    output[index] = right[pixel * RIGHT_VECTORS + vector - LEFT_VECTORS];
  }
}
