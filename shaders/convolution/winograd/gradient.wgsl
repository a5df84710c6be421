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

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= tileCount(band) * band.outVectors) {
    return;
  }
  let vector = index % band.outVectors;
  let tile = tileAt(index / band.outVectors, band);

  var across: array<array<vec4f, 4>, 2>; // gradient A'
  for (var i = 0u; i < 2u; i++) {
    var pixels: array<vec4f, 2>;
    for (var j = 0u; j < 2u; j++) {
      let y = min(tile.y + i, band.outputRows - 1u);
      let x = min(tile.x + j, band.outputWidth - 1u);
      let place = ((tile.sample * band.outputRows + y) * band.outputWidth + x) * band.outVectors + vector;
      pixels[j] = select(vec4f(0.0), gradient[place], y == tile.y + i && x == tile.x + j);
    }
    across[i] = spread(pixels[0], pixels[1]);
  }
  let stride = tileCount(band) * band.outVectors;
  for (var j = 0u; j < 4u; j++) {
    let column = spread(across[0][j], across[1][j]);
    for (var i = 0u; i < 4u; i++) {
      positions[index + (4u * i + j) * stride] = column[i];
    }
  }
}
