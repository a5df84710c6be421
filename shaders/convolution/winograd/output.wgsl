// Winograd convolution, output transform: A' sums A turns a tile's sums at its sixteen positions
// into 2 x 2 pixels. tiles.wgsl has the matrices.
//
//   positions  [16][tiles][outVectors]
//   bias       [outVectors]
//   output     [samples][rows][width][outVectors]

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

// A column of the tile's sums, times A'.
fn columnOf(index: u32, stride: u32) -> array<vec4f, 2> {
  return gather(
    positions[index],
    positions[index + 4u * stride],
    positions[index + 8u * stride],
    positions[index + 12u * stride],
  );
}

// Stores a row of the tile's pixels, as far as they are in the output.
fn store(pixels: array<vec4f, 2>, y: u32, tile: Tile, vector: u32, layer: Band) {
  let start = select(vec4f(0.0), bias[vector], layer.biased > 0u);
  let line = (tile.sample * layer.outputRows + y) * layer.outputWidth + tile.x;
  let place = layer.outputOffset + line * layer.outVectors + vector;
  if (y < layer.outputRows) {
    output[place] = stored(start + pixels[0]);
    if (tile.x + 1u < layer.outputWidth) {
      output[place + layer.outVectors] = stored(start + pixels[1]);
    }
  }
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let layer = band;
  let index = id.y * groups.x * LANES + id.x;
  let stride = tileCount(layer) * layer.outVectors;
  if (index >= stride) {
    return;
  }
  let vector = index % layer.outVectors;
  let tile = tileAt(index / layer.outVectors, layer);

  let down0 = columnOf(index, stride);
  let down1 = columnOf(index + stride, stride);
  let down2 = columnOf(index + 2u * stride, stride);
  let down3 = columnOf(index + 3u * stride, stride);
  let y = tile.y - layer.outputRow;
  store(gather(down0[0], down1[0], down2[0], down3[0]), y, tile, vector, layer);
  store(gather(down0[1], down1[1], down2[1], down3[1]), y + 1u, tile, vector, layer);
}
