// Winograd convolution, input transform: B' input B of the 4 x 4 pixels that a tile reads.
// tiles.wgsl has the matrices.
//
//   input      [samples][rows][width][inVectors]
//   positions  [16][tiles][inVectors]

#include convolution/geometry
#include convolution/winograd/tiles
#include core/stored

@group(0) @binding(0) var<storage, read> input: array<Stored>;
@group(0) @binding(1) var<storage, read_write> positions: array<vec4f>;
@group(0) @binding(2) var<uniform> band: Band;

// The coordinates along one axis of the four pixels that a tile reads; -1 on zero padding.
fn fourAlong(first: u32, size: u32, layer: Band) -> vec4i {
  let shift = -i32(layer.padding);
  return vec4i(
    inputAlong(first, shift, size, layer),
    inputAlong(first, shift + 1, size, layer),
    inputAlong(first, shift + 2, size, layer),
    inputAlong(first, shift + 3, size, layer),
  );
}

// B' times four numbers.
fn spread(a: vec4f, b: vec4f, c: vec4f, d: vec4f) -> array<vec4f, 4> {
  return array(a - c, b + c, c - b, b - d);
}

// A row of the tile's pixels, times B.
fn rowOf(sample: u32, y: i32, x: vec4i, vector: u32, layer: Band) -> array<vec4f, 4> {
  let row = sample * layer.inputRows + u32(clamp(y - i32(layer.inputRow), 0, i32(layer.inputRows) - 1));
  let places = layer.inputOffset + (row * layer.inputWidth + vec4u(max(x, vec4i(0)))) * layer.inVectors + vector;
  let weights = select(vec4f(0.0), vec4f(1.0), (x >= vec4i(0)) & vec4<bool>(y >= 0));
  return spread(
    loaded(input[places.x]) * weights.x,
    loaded(input[places.y]) * weights.y,
    loaded(input[places.z]) * weights.z,
    loaded(input[places.w]) * weights.w,
  );
}

fn store(column: array<vec4f, 4>, index: u32, stride: u32) {
  positions[index] = column[0];
  positions[index + 4u * stride] = column[1];
  positions[index + 8u * stride] = column[2];
  positions[index + 12u * stride] = column[3];
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let layer = band;
  let index = id.y * groups.x * LANES + id.x;
  let stride = tileCount(layer) * layer.inVectors;
  if (index >= stride) {
    return;
  }
  let vector = index % layer.inVectors;
  let tile = tileAt(index / layer.inVectors, layer);

  let y = fourAlong(tile.y, layer.inputHeight, layer);
  let x = fourAlong(tile.x, layer.inputWidth, layer);
  let across0 = rowOf(tile.sample, y.x, x, vector, layer);
  let across1 = rowOf(tile.sample, y.y, x, vector, layer);
  let across2 = rowOf(tile.sample, y.z, x, vector, layer);
  let across3 = rowOf(tile.sample, y.w, x, vector, layer);
  store(spread(across0[0], across1[0], across2[0], across3[0]), index, stride);
  store(spread(across0[1], across1[1], across2[1], across3[1]), index + stride, stride);
  store(spread(across0[2], across1[2], across2[2], across3[2]), index + 2u * stride, stride);
  store(spread(across0[3], across1[3], across2[3], across3[3]), index + 3u * stride, stride);
}
