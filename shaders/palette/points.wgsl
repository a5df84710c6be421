// Pixels become points of OKLab: one of every `stride`.
//
//   pixels  [count]     RGBA, a byte each, red lowest
//   points  [points]    L, a, b, and the pixel

struct Range {
  firstPoint: u32,
  points: u32, // to be made of these pixels
  firstPixel: u32, // of the first point, in these pixels
  stride: u32,
}

@group(0) @binding(0) var<storage, read> pixels: array<u32>;
@group(0) @binding(1) var<storage, read> cones: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> points: array<vec4u>;
@group(0) @binding(3) var<uniform> range: Range;

#include oklab

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.points) {
    return;
  }
  let pixel = pixels[range.firstPixel + index * range.stride];
  points[range.firstPoint + index] = vec4u(oklab(pixel), pixel);
}
