// The filter gradient in Winograd form, transform of the output's gradient: A gradient A' of the 2
// x 2 pixels of a tile. The whole is the derivative of the formula in tiles.wgsl:
//
//   dL/dfilter = G' (sum over tiles of (A gradient A') * (B' input B)) G
//
//   gradient   [samples][rows][width][outVectors]
//   positions  [16][tiles][outVectors]

enable subgroups;

#include convolution/geometry
#include convolution/winograd/column
#include convolution/winograd/tiles

@group(0) @binding(0) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> positions: array<vec4f>;
@group(0) @binding(2) var<uniform> band: Band;

// A times two numbers.
fn spread(a: vec4f, b: vec4f) -> array<vec4f, 4> {
  return array(a, a + b, a - b, -b);
}

// The lane's column of A times the pixels of a row, which the quad's first two lanes hold.
fn spreadAcross(own: vec4f, column: u32) -> vec4f {
  return ownColumn(spread(quadBroadcast(own, 0u), quadBroadcast(own, 1u)), column);
}

// The pixel of a row that the lane reads: the first or, for all other lanes, the second.
fn pixelOf(tile: Tile, row: u32, column: u32, vector: u32, layer: Band) -> vec4f {
  let y = tile.y + row;
  let x = tile.x + min(column, 1u);
  let line = tile.sample * layer.outputRows + min(y, layer.outputRows - 1u);
  let place = (line * layer.outputWidth + min(x, layer.outputWidth - 1u)) * layer.outVectors + vector;
  return select(vec4f(0.0), gradient[place], y < layer.outputRows && x < layer.outputWidth);
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

  let down = spread(
    spreadAcross(pixelOf(tile, 0u, column, vector, layer), column),
    spreadAcross(pixelOf(tile, 1u, column, vector, layer), column),
  );
  if (lane < 4u * stride) {
    storeColumn(down, column, index, stride);
  }
}
