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

// A column of the tile's sums, times G'.
fn columnOf(j: u32, index: u32) -> array<vec4f, 3> {
  return gather(sumAt(j, index), sumAt(4u + j, index), sumAt(8u + j, index), sumAt(12u + j, index));
}

fn store(row: array<vec4f, 3>, i: u32, index: u32) {
  filters[3u * i * sizes.count + index] = row[0];
  filters[(3u * i + 1u) * sizes.count + index] = row[1];
  filters[(3u * i + 2u) * sizes.count + index] = row[2];
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= sizes.count) {
    return;
  }
  let down0 = columnOf(0u, index);
  let down1 = columnOf(1u, index);
  let down2 = columnOf(2u, index);
  let down3 = columnOf(3u, index);
  store(gather(down0[0], down1[0], down2[0], down3[0]), 0u, index);
  store(gather(down0[1], down1[1], down2[1], down3[1]), 1u, index);
  store(gather(down0[2], down1[2], down2[2], down3[2]), 2u, index);
}
