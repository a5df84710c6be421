// Converts the network's output to bytes: clamp((x + 1) / 2 * 255, 0, 255), truncated as the
// reference's tensor2im does, not rounded.
//
//   input   [count][1]   vec4: red, green, blue; with one channel: grey
//   pixels  [count]      RGBA, a byte each, red lowest, opaque

#include core/stored

struct Range {
  count: u32,
}

@group(0) @binding(0) var<storage, read> input: array<Stored>;
@group(0) @binding(1) var<storage, read_write> pixels: array<u32>;
@group(0) @binding(2) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let value = loaded(input[index]);
  let colour = select(value.xyz, value.xxx, GREY);
  let level = vec3u(clamp((colour + 1.0) * 0.5 * 255.0, vec3f(0.0), vec3f(255.0)));
  pixels[index] = level.x | (level.y << 8u) | (level.z << 16u) | 0xff000000u;
}
