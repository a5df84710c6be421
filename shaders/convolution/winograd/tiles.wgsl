// What the passes of Winograd convolution, F(2x2, 3x3), share. The output is cut into tiles of 2 x
// 2 pixels, each computed from 4 x 4 pixels of the input. Filter and input are transformed to 4 x 4
// positions, where convolution is elementwise multiplication (*):
//
//   output = A' ((G filter G') * (B' input B)) A        A' is A transposed
//
//        1 . -1  .        1  .  .
//   B' = .  1  1  .   G = ½  ½  ½   A' = 1  1  1  .
//        . -1  1  .       ½ -½  ½        .  1 -1 -1
//        .  1  . -1       .  .  1
//
// That is sixteen multiplications instead of thirty-six. The sum over channels makes them sixteen
// matrix products, one per position. Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural
// Networks". Needs geometry.wgsl.
//
// In the transforms a tile is shared by four neighbouring lanes, a quad. Each loads and stores one of
// its columns, and `quadBroadcast` takes it across. So a lane has a fourth of the loads and stores
// that a tile has: on software adapters, they are what takes time to compile.
//
// The passes index their arrays with constants only: SwiftShader unrolls no loops, and an array at
// an index that a loop computes lives in memory there.

// A tile, by the position of its top left pixel in the output.
struct Tile {
  sample: u32,
  y: u32,
  x: u32,
}

fn tilesAcross(band: Band) -> u32 {
  return (band.outputWidth + 1u) / 2u;
}

fn tilesDown(band: Band) -> u32 {
  return (band.outputRows + 1u) / 2u;
}

fn tileCount(band: Band) -> u32 {
  return band.samples * tilesDown(band) * tilesAcross(band);
}

// Divisions are slow on CPUs, so the remainders are computed from the quotients.
fn tileAt(index: u32, band: Band) -> Tile {
  let line = index / tilesAcross(band);
  let sample = line / tilesDown(band);
  let down = line - sample * tilesDown(band);
  return Tile(sample, band.outputRow + 2u * down, 2u * (index - line * tilesAcross(band)));
}
