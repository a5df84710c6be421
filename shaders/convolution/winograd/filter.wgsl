// Winograd convolution, filter transform: G filter G' of the 3 x 3 taps of each filter. tiles.wgsl
// has the matrices.
//
//   filters    [3][3][rows][columns]    rows are input channels, columns vec4s of output channels
//   positions  [16][rows][columns]

struct Sizes {
  count: u32,   // rows * columns
  flipped: u32, // 1 for a transposed convolution: rotates the taps by 180 degrees
}

@group(0) @binding(0) var<storage, read> filters: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> positions: array<vec4f>;
@group(0) @binding(2) var<uniform> sizes: Sizes;

// G times three numbers.
fn spread(a: vec4f, b: vec4f, c: vec4f) -> array<vec4f, 4> {
  return array(a, 0.5 * (a + b + c), 0.5 * (a - b + c), c);
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= sizes.count) {
    return;
  }
  var across: array<array<vec4f, 4>, 3>; // filter G'
  for (var i = 0u; i < 3u; i++) {
    var taps: array<vec4f, 3>;
    for (var j = 0u; j < 3u; j++) {
      let tap = select(3u * i + j, 8u - (3u * i + j), sizes.flipped > 0u);
      taps[j] = filters[tap * sizes.count + index];
    }
    across[i] = spread(taps[0], taps[1], taps[2]);
  }
  for (var j = 0u; j < 4u; j++) {
    let column = spread(across[0][j], across[1][j], across[2][j]);
    for (var i = 0u; i < 4u; i++) {
      positions[(4u * i + j) * sizes.count + index] = column[i];
    }
  }
}
