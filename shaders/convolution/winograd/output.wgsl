// Winograd convolution, output transform: A' sums A turns a tile's sums at its sixteen positions
// into 2 x 2 pixels. tiles.wgsl has the matrices.
//
//   positions  [16][tiles][outVectors]
//   bias       [outVectors]
//   output     [samples][rows][width][outVectors]

#include convolution/geometry
#include convolution/winograd/tiles

@group(0) @binding(0) var<storage, read> positions: array<vec4f>;
@group(0) @binding(1) var<storage, read> bias: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(3) var<uniform> band: Band;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= tileCount(band) * band.outVectors) {
    return;
  }
  let vector = index % band.outVectors;
  let tile = tileAt(index / band.outVectors, band);

  let stride = tileCount(band) * band.outVectors;
  var down: array<array<vec4f, 4>, 2>; // A' sums
  for (var j = 0u; j < 4u; j++) {
    let first = positions[index + j * stride];
    let second = positions[index + (4u + j) * stride];
    let third = positions[index + (8u + j) * stride];
    let fourth = positions[index + (12u + j) * stride];
    down[0][j] = first + second + third;
    down[1][j] = second - third - fourth;
  }
  let start = select(vec4f(0.0), bias[vector], band.biased > 0u);
  for (var i = 0u; i < 2u; i++) {
    let y = tile.y - band.outputRow + i;
    let place = band.outputOffset + ((tile.sample * band.outputRows + y) * band.outputWidth + tile.x) * band.outVectors + vector;
    if (y < band.outputRows) {
      output[place] = start + (down[i][0] + down[i][1] + down[i][2]);
      if (tile.x + 1u < band.outputWidth) {
        output[place + band.outVectors] = start + (down[i][1] - down[i][2] - down[i][3]);
      }
    }
  }
}
