// Converts a palette to the form that the dithering kernels read.
//
//   palette  [colours]  pixels
//   levels   [256]      see levels.wgsl
//   centres  [colours]  each colour's shade, and its pixel
//   lights   [colours]  each colour's light

struct Range {
  count: u32,
}

@group(0) @binding(0) var<storage, read> palette: array<u32>;
@group(0) @binding(1) var<storage, read> levels: array<f32>;
@group(0) @binding(2) var<storage, read_write> centres: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> lights: array<vec4i>;
@group(0) @binding(4) var<uniform> range: Range;

#include pixelart/palette/lab
#include pixelart/palette/shade
#include pixelart/dither/light
#include pixelart/dither/levels

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= range.count) {
    return;
  }
  let pixel = palette[id.x];
  let light = lightOf(pixel);
  centres[id.x] = vec4u(shadeOfLight(light), pixel);
  lights[id.x] = vec4i(light, 0);
}
