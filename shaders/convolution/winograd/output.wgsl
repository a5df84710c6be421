// Winograd convolution, output transform: A' sums A turns a tile's sums at its sixteen positions
// into 2 x 2 pixels. tiles.wgsl has the matrices.
//
//   positions  [16][tiles][outVectors]
//   bias       [outVectors]
//   output     [samples][rows][width][outVectors]

enable subgroups;

#include convolution/geometry
#include convolution/winograd/tiles
#include core/stored

@group(0) @binding(0) var<storage, read> positions: array<vec4f>;
@group(0) @binding(1) var<storage, read> bias: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> output: array<Stored>;
@group(0) @binding(3) var<uniform> band: Band;

// A' times four numbers.
fn gather(a: vec4f, b: vec4f, c: vec4f, d: vec4f) -> array<vec4f, 2> {
  return array(a + b + c, b - c - d);
}

// A' times the sums of a row, one in each lane of the quad.
fn gatherAcross(own: vec4f) -> array<vec4f, 2> {
  return gather(quadBroadcast(own, 0u), quadBroadcast(own, 1u), quadBroadcast(own, 2u), quadBroadcast(own, 3u));
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let layer = band;
  let lane = id.y * groups.x * LANES + id.x;
  let column = lane % 4u;
  let stride = tileCount(layer) * layer.outVectors;
  let index = min(lane / 4u, stride - 1u);
  let tileIndex = index / layer.outVectors;
  let vector = index - tileIndex * layer.outVectors;
  let tile = tileAt(tileIndex, layer);

  let place = column * stride + index;
  let down = gather(
    positions[place],
    positions[place + 4u * stride],
    positions[place + 8u * stride],
    positions[place + 12u * stride],
  );
  let first = gatherAcross(down[0]);
  let second = gatherAcross(down[1]);

  // Each lane stores one of the tile's four pixels.
  let right = column % 2u > 0u;
  let below = column / 2u > 0u;
  let pixel = select(select(first[0], first[1], right), select(second[0], second[1], right), below);
  let start = select(vec4f(0.0), bias[vector], layer.biased > 0u);
  let y = tile.y - layer.outputRow + u32(below);
  let x = tile.x + u32(right);
  if (lane < 4u * stride && y < layer.outputRows && x < layer.outputWidth) {
    let line = (tile.sample * layer.outputRows + y) * layer.outputWidth + x;
    output[layer.outputOffset + line * layer.outVectors + vector] = stored(start + pixel);
  }
}
