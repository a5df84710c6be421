// The filter gradient in Winograd form, last pass: G' sums G turns the sums at sixteen positions
// into 3 x 3 taps. gradient.wgsl has the formula.
//
//   positions  [16][chunks][count]
//   filters    [9][count]

struct Sizes {
  count: u32,  // vec4s of a tap
  chunks: u32, // of tiles, each summed separately
}

@group(0) @binding(0) var<storage, read> positions: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> filters: array<vec4f>;
@group(0) @binding(2) var<uniform> sizes: Sizes;

// G' times four numbers.
fn gather(a: vec4f, b: vec4f, c: vec4f, d: vec4f) -> array<vec4f, 3> {
  return array(a + 0.5 * (b + c), 0.5 * (b - c), 0.5 * (b + c) + d);
}

fn sumAt(position: u32, index: u32) -> vec4f {
  var sum = vec4f(0.0);
  for (var chunk = 0u; chunk < sizes.chunks; chunk++) {
    sum += positions[(position * sizes.chunks + chunk) * sizes.count + index];
  }
  return sum;
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= sizes.count) {
    return;
  }
  var down: array<array<vec4f, 3>, 4>; // G' sums, column by column
  for (var j = 0u; j < 4u; j++) {
    down[j] = gather(sumAt(j, index), sumAt(4u + j, index), sumAt(8u + j, index), sumAt(12u + j, index));
  }
  for (var i = 0u; i < 3u; i++) {
    let row = gather(down[0][i], down[1][i], down[2][i], down[3][i]);
    for (var j = 0u; j < 3u; j++) {
      filters[(3u * i + j) * sizes.count + index] = row[j];
    }
  }
}
