// Winograd convolution, input transform: B' input B of the 4 x 4 pixels that a tile reads.
// tiles.wgsl has the matrices.
//
//   input      [samples][rows][width][inVectors]
//   positions  [16][tiles][inVectors]

#include convolution/geometry
#include convolution/winograd/tiles

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> positions: array<vec4f>;
@group(0) @binding(2) var<uniform> band: Band;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= tileCount(band) * band.inVectors) {
    return;
  }
  let vector = index % band.inVectors;
  let tile = tileAt(index / band.inVectors, band);

  var across: Positions; // input B, row by row
  for (var i = 0u; i < 4u; i++) {
    let y = inputAlong(tile.y, i32(i) - i32(band.padding), band.inputHeight, band);
    let row = tile.sample * band.inputRows + u32(clamp(y - i32(band.inputRow), 0, i32(band.inputRows) - 1));
    var pixels: array<vec4f, 4>;
    for (var j = 0u; j < 4u; j++) {
      let x = inputAlong(tile.x, i32(j) - i32(band.padding), band.inputWidth, band);
      let place = band.inputOffset + (row * band.inputWidth + u32(max(x, 0))) * band.inVectors + vector;
      pixels[j] = input[place] * select(0.0, 1.0, y >= 0 && x >= 0);
    }
    across[i] = array(pixels[0] - pixels[2], pixels[1] + pixels[2], pixels[2] - pixels[1], pixels[1] - pixels[3]);
  }
  let stride = tileCount(band) * band.inVectors;
  for (var j = 0u; j < 4u; j++) {
    positions[index + j * stride] = across[0][j] - across[2][j];
    positions[index + (4u + j) * stride] = across[1][j] + across[2][j];
    positions[index + (8u + j) * stride] = across[2][j] - across[1][j];
    positions[index + (12u + j) * stride] = across[1][j] - across[3][j];
  }
}
