// Maps every cell to the nearest colour of a palette. It keeps its alpha; a fully transparent cell
// stays as it is.
//
//   cells    [count]     pixels
//   centres  [colours]   the palette's shades
//   cones    [3][256]    see oklab.wgsl
//   output   [count]     pixels

struct Range {
  count: u32,
  colours: u32,
}

@group(0) @binding(0) var<storage, read> cells: array<u32>;
@group(0) @binding(1) var<storage, read> centres: array<vec4u>;
@group(0) @binding(2) var<storage, read> cones: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;
@group(0) @binding(4) var<uniform> range: Range;

#include pixelart/palette/lab
#include pixelart/palette/oklab
#include pixelart/palette/shade
#include pixelart/palette/nearest

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let cell = cells[index];
  let point = vec4u(shade(oklab(cell)), cell);
  var colour = cell;
  if (visible(point)) {
    colour = (centres[nearestTo(point, range.colours).index].w & 0xffffffu) | (cell & 0xff000000u);
  }
  output[index] = colour;
}
