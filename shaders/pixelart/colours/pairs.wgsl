// Converts the network's cells and the source's to OKLab, for keep.wgsl, which reads each of them
// many times.
//
//   network, source  [count]  pixels
//   cones                     the table of OKLab
//   pairs            [count]  see pair.wgsl

struct Range {
  count: u32,
}

@group(0) @binding(0) var<storage, read> network: array<u32>;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read> cones: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> pairs: array<vec4u>;
@group(0) @binding(4) var<uniform> range: Range;

#include pixelart/palette/lab
#include pixelart/palette/oklab
#include pixelart/colours/pair

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let pixel = network[index];
  let drawn = oklab(pixel);
  let seen = oklab(source[index]);
  let lights = select(0u, VISIBLE | packed(drawn.x, seen.x), (pixel >> 24u) != 0u);
  pairs[index] = vec4u(lights, packed(drawn.y, drawn.z), packed(seen.y, seen.z), pixel);
}
