// A palette as dithering reads it.
//
//   palette  [colours]  pixels
//   entries  [colours]  the shade of each, and its pixel

@group(0) @binding(0) var<storage, read> palette: array<u32>;
@group(0) @binding(1) var<storage, read> levels: array<f32>;
@group(0) @binding(2) var<storage, read_write> entries: array<vec4u>;

#include pixelart/palette/lab
#include pixelart/palette/shade
#include pixelart/dither/light

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&entries)) {
    return;
  }
  let pixel = palette[id.x];
  entries[id.x] = vec4u(shadeOfLight(lightOf(pixel)), pixel);
}
