// Winograd convolution, filter transform: G filter G' of the 3 x 3 taps of each filter. tiles.wgsl
// has the matrices.
//
//   filters    [3][3][rows][columns]    rows are input channels, columns vec4s of output channels
//   positions  [16][rows][columns]

#include core/stored

struct Sizes {
  count: u32,   // rows * columns
  flipped: u32, // 1 for a transposed convolution: rotates the taps by 180 degrees
}

@group(0) @binding(0) var<storage, read> filters: array<Stored>;
@group(0) @binding(1) var<storage, read_write> positions: array<vec4f>;
@group(0) @binding(2) var<uniform> sizes: Sizes;

// G times three numbers.
fn spread(a: vec4f, b: vec4f, c: vec4f) -> array<vec4f, 4> {
  return array(a, 0.5 * (a + b + c), 0.5 * (a - b + c), c);
}

// A row of taps, times G'.
fn rowOf(i: u32, index: u32) -> array<vec4f, 4> {
  let taps = 3u * i + vec3u(0u, 1u, 2u);
  let places = select(taps, 8u - taps, vec3<bool>(sizes.flipped > 0u)) * sizes.count + index;
  return spread(loaded(filters[places.x]), loaded(filters[places.y]), loaded(filters[places.z]));
}

fn store(column: array<vec4f, 4>, j: u32, index: u32) {
  positions[j * sizes.count + index] = column[0];
  positions[(4u + j) * sizes.count + index] = column[1];
  positions[(8u + j) * sizes.count + index] = column[2];
  positions[(12u + j) * sizes.count + index] = column[3];
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= sizes.count) {
    return;
  }
  let across0 = rowOf(0u, index);
  let across1 = rowOf(1u, index);
  let across2 = rowOf(2u, index);
  store(spread(across0[0], across1[0], across2[0]), 0u, index);
  store(spread(across0[1], across1[1], across2[1]), 1u, index);
  store(spread(across0[2], across1[2], across2[2]), 2u, index);
  store(spread(across0[3], across1[3], across2[3]), 3u, index);
}
