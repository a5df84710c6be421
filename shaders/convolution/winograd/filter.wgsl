// Winograd convolution, filter transform: G filter G' of the 3 x 3 taps of each filter. tiles.wgsl
// has the matrices.
//
//   filters    [3][3][rows][columns]    rows are input channels, columns vec4s of output channels
//   positions  [16][rows][columns]

enable subgroups;

#include convolution/winograd/column
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

// The lane's column of G times the taps of a row, one in each of the quad's first three lanes.
fn spreadAcross(own: vec4f, column: u32) -> vec4f {
  return ownColumn(spread(quadBroadcast(own, 0u), quadBroadcast(own, 1u), quadBroadcast(own, 2u)), column);
}

// The lane's tap in a row; the fourth lane has none and loads the last one again.
fn tapOf(row: u32, column: u32, index: u32) -> vec4f {
  let tap = 3u * row + min(column, 2u);
  return loaded(filters[select(tap, 8u - tap, sizes.flipped > 0u) * sizes.count + index]);
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let lane = id.y * groups.x * LANES + id.x;
  let column = lane % 4u;
  let index = min(lane / 4u, sizes.count - 1u);
  let down = spread(
    spreadAcross(tapOf(0u, column, index), column),
    spreadAcross(tapOf(1u, column, index), column),
    spreadAcross(tapOf(2u, column, index), column),
  );
  if (lane < 4u * sizes.count) {
    storeColumn(down, column, index, sizes.count);
  }
}
