// Converts pixels to points in the space in which palettes are found (shade.wgsl).
//
//   pixels  [count]   RGBA, a byte each, red lowest
//   points  [count]   the shade, and the pixel

struct Range {
  count: u32,
}

@group(0) @binding(0) var<storage, read> pixels: array<u32>;
@group(0) @binding(1) var<storage, read> cones: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> points: array<vec4u>;
@group(0) @binding(3) var<uniform> range: Range;

#include pixelart/palette/lab
#include pixelart/palette/oklab
#include pixelart/palette/shade

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= range.count) {
    return;
  }
  let pixel = pixels[id.x];
  points[id.x] = vec4u(shade(oklab(pixel)), pixel);
}
