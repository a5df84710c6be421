// The filter gradient in Winograd form, transform of the output's gradient: A gradient A' of the 2
// x 2 pixels of a tile. The whole is the derivative of the formula in tiles.wgsl:
//
//   dL/dfilter = G' (sum over tiles of (A gradient A') * (B' input B)) G
//
//   gradient   [samples][rows][width][outVectors]
//   positions  [16][tiles][outVectors]

#include convolution/geometry
#include convolution/winograd/tiles

@group(0) @binding(0) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> positions: array<vec4f>;
@group(0) @binding(2) var<uniform> band: Band;

// A times two numbers.
fn spread(a: vec4f, b: vec4f) -> array<vec4f, 4> {
  return array(a, a + b, a - b, -b);
}

// A row of the tile's pixels, times A'.
fn rowOf(tile: Tile, i: u32, vector: u32, layer: Band) -> array<vec4f, 4> {
  let y = min(tile.y + i, layer.outputRows - 1u);
  let last = layer.outputWidth - 1u;
  let line = (tile.sample * layer.outputRows + y) * layer.outputWidth;
  let inside = y == tile.y + i;
  let first = gradient[(line + min(tile.x, last)) * layer.outVectors + vector];
  let second = gradient[(line + min(tile.x + 1u, last)) * layer.outVectors + vector];
  return spread(select(vec4f(0.0), first, inside), select(vec4f(0.0), second, inside && tile.x < last));
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
  let stride = tileCount(layer) * layer.outVectors;
  if (index >= stride) {
    return;
  }
  let vector = index % layer.outVectors;
  let tile = tileAt(index / layer.outVectors, layer);

  let across0 = rowOf(tile, 0u, vector, layer);
  let across1 = rowOf(tile, 1u, vector, layer);
  store(spread(across0[0], across1[0]), index, stride);
  store(spread(across0[1], across1[1]), index + stride, stride);
  store(spread(across0[2], across1[2]), index + 2u * stride, stride);
  store(spread(across0[3], across1[3]), index + 3u * stride, stride);
}
