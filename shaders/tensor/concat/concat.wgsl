// Concatenates the channels of two images: torch.cat([left, right], dim=1). Each image pads its
// channels to a multiple of 4, so the right side's channels may change their place within a vec4.
//
//   left    [pixels][LEFT padded to 4]
//   right   [pixels][RIGHT padded to 4]
//   output  [pixels][LEFT + RIGHT padded to 4]


struct Range {
  count: u32, // vec4s of the output
}

@group(0) @binding(0) var<storage, read> left: array<f32>;
@group(0) @binding(1) var<storage, read> right: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(3) var<uniform> range: Range;

const LEFT_STRIDE = (LEFT + 3u) / 4u * 4u;
const RIGHT_STRIDE = (RIGHT + 3u) / 4u * 4u;
const VECTORS = (LEFT + RIGHT + 3u) / 4u;

fn channelAt(pixel: u32, channel: u32) -> f32 {
  if (channel < LEFT) {
    return left[pixel * LEFT_STRIDE + channel];
  }
  if (channel < LEFT + RIGHT) {
    return right[pixel * RIGHT_STRIDE + channel - LEFT];
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
  let channel = index % VECTORS * 4u;
  output[index] = vec4f(
    channelAt(pixel, channel),
    channelAt(pixel, channel + 1u),
    channelAt(pixel, channel + 2u),
    channelAt(pixel, channel + 3u),
  );
}
