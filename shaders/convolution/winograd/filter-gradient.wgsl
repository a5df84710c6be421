// The filter gradient in Winograd form, last pass: G' sums G turns the sums at sixteen positions
// into 3 x 3 taps. gradient.wgsl has the formula.
//
//   positions  [16][chunks][count]
//   filters    [9][count]

enable subgroups;

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

// The lane's column of G' times the sums of a row, one in each lane of the quad.
fn gatherAcross(own: vec4f, column: u32) -> vec4f {
  let row = gather(quadBroadcast(own, 0u), quadBroadcast(own, 1u), quadBroadcast(own, 2u), quadBroadcast(own, 3u));
  return select(select(row[0], row[1], column == 1u), row[2], column > 1u);
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let lane = id.y * groups.x * LANES + id.x;
  let column = lane % 4u;
  let index = min(lane / 4u, sizes.count - 1u);
  let down = gather(
    sumAt(column, index),
    sumAt(4u + column, index),
    sumAt(8u + column, index),
    sumAt(12u + column, index),
  );
  let first = gatherAcross(down[0], column);
  let second = gatherAcross(down[1], column);
  let third = gatherAcross(down[2], column);
  // There are three columns of taps: the fourth lane stores nothing.
  if (lane < 4u * sizes.count && column < 3u) {
    let place = column * sizes.count + index;
    filters[place] = first;
    filters[place + 3u * sizes.count] = second;
    filters[place + 6u * sizes.count] = third;
  }
}
