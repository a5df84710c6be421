// Winograd convolution, input transform: B' input B of the 4 x 4 pixels that a tile reads.
// tiles.wgsl has the matrices.
//
//   input      [samples][rows][width][inVectors]
//   positions  [16][tiles][inVectors]

enable subgroups;

#include convolution/geometry
#include convolution/winograd/column
#include convolution/winograd/tiles
#include core/stored

@group(0) @binding(0) var<storage, read> input: array<Stored>;
@group(0) @binding(1) var<storage, read_write> positions: array<vec4f>;
@group(0) @binding(2) var<uniform> band: Band;

// The rows of the four pixels that a lane reads; -1 on zero padding.
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

// The lane's column of B' times the pixels of a row, one in each lane of the quad.
fn spreadAcross(own: vec4f, column: u32) -> vec4f {
  let other = select(quadBroadcast(own, 1u), quadBroadcast(own, 2u), column < 2u);
  return select(own, -own, column == 3u) + select(-other, other, column % 2u == 1u);
}

// The pixel that the lane reads in a row of the tile.
fn pixelOf(sample: u32, y: i32, x: i32, vector: u32, layer: Band) -> vec4f {
  let row = sample * layer.inputRows + u32(clamp(y - i32(layer.inputRow), 0, i32(layer.inputRows) - 1));
  let place = layer.inputOffset + (row * layer.inputWidth + u32(max(x, 0))) * layer.inVectors + vector;
  return loaded(input[place]) * select(0.0, 1.0, x >= 0 && y >= 0);
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let layer = band;
  let lane = id.y * groups.x * LANES + id.x;
  let column = lane % 4u;
  let stride = tileCount(layer) * layer.inVectors;
  let index = min(lane / 4u, stride - 1u);
  let tileIndex = index / layer.inVectors;
  let vector = index - tileIndex * layer.inVectors;
  let tile = tileAt(tileIndex, layer);

  let y = fourAlong(tile.y, layer.inputHeight, layer);
  let x = inputAlong(tile.x, i32(column) - i32(layer.padding), layer.inputWidth, layer);
  let down = spread(
    spreadAcross(pixelOf(tile.sample, y.x, x, vector, layer), column),
    spreadAcross(pixelOf(tile.sample, y.y, x, vector, layer), column),
    spreadAcross(pixelOf(tile.sample, y.z, x, vector, layer), column),
    spreadAcross(pixelOf(tile.sample, y.w, x, vector, layer), column),
  );
  if (lane < 4u * stride) {
    storeColumn(down, column, index, stride);
  }
}
