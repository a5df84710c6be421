// Converts bytes to the network's input, torchvision's ToTensor and Normalize((0.5, ...), (0.5,
// ...)): [0, 255] -> [-1, 1].
//
//   output = (byte / 255 - 0.5) / 0.5
//
// The 256 possible results come from a table, since a division in WGSL may be off by 2.5 units in
// the last place.
//
//   pixels  [count]      RGBA, a byte each, red lowest
//   levels  [256 / 4]
//   output  [count][1]   vec4: red, green, blue, 0; with one channel: grey, 0, 0, 0

#include core/stored

struct Range {
  count: u32,
}

@group(0) @binding(0) var<storage, read> pixels: array<u32>;
@group(0) @binding(1) var<storage, read> levels: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<Stored>;
@group(0) @binding(3) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let pixel = pixels[index];
  let red = pixel & 0xffu;
  let green = (pixel >> 8u) & 0xffu;
  let blue = (pixel >> 16u) & 0xffu;
  if (GREY) {
    // PIL's conversion to "L", ITU-R 601-2 in 16-bit fixed point.
    let grey = (19595u * red + 38470u * green + 7471u * blue + 32768u) >> 16u;
    output[index] = stored(vec4f(levels[grey], 0.0, 0.0, 0.0));
  } else {
    output[index] = stored(vec4f(levels[red], levels[green], levels[blue], 0.0));
  }
}
