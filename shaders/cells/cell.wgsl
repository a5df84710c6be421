// What both ways of choosing a cell's colour share: one lane looks after one square cell, or what the picture's right
// and lower border leave of it. The side of a cell is no constant: compilers would unroll its loops without end.

struct Band {
  pixel: u32,     // where the band begins in its binding of the input
  cell: u32,      // and in that of the output
  width: u32,     // pixels of a row of the picture
  height: u32,    // the picture's rows in this band
  rowLength: u32, // pixels of a row of the input, which may be wider than the picture
  columns: u32,   // cells of a row
  count: u32,     // cells of the band
  side: u32,      // pixels of a cell's side
}

@group(0) @binding(0) var<storage, read> pixels: array<u32>;
@group(0) @binding(1) var<storage, read_write> cells: array<u32>;
@group(0) @binding(2) var<uniform> band: Band;

struct Cell {
  first: u32, // the pixel in its upper left corner
  size: vec2u,
  voters: u32,    // pixels whose colour counts
  seeThrough: bool, // all are fully transparent: then all of them vote
}

fn bytesOf(pixel: u32) -> vec4u {
  return (vec4u(pixel) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(0xffu);
}

// A fully transparent pixel has a colour that nobody sees.
fn votes(cell: Cell, pixel: u32) -> bool {
  return cell.seeThrough || (pixel >> 24u) != 0u;
}

fn cellAt(index: u32) -> Cell {
  let corner = vec2u(index % band.columns, index / band.columns) * band.side;
  var cell: Cell;
  cell.size = min(vec2u(band.side), vec2u(band.width, band.height) - corner);
  cell.first = band.pixel + corner.y * band.rowLength + corner.x;
  for (var y = 0u; y < cell.size.y; y++) {
    for (var x = 0u; x < cell.size.x; x++) {
      cell.voters += u32((pixels[cell.first + y * band.rowLength + x] >> 24u) != 0u);
    }
  }
  cell.seeThrough = cell.voters == 0u;
  if (cell.seeThrough) {
    cell.voters = cell.size.x * cell.size.y;
  }
  return cell;
}

// The median of each channel: the greatest value that no more than half of the pixels lie below, bit by bit. Of two in
// the middle it is the lower, darker one for colours, and the higher, more opaque one for alpha.
fn medians(cell: Cell) -> vec4u {
  let below = vec4u(vec3u((cell.voters - 1u) / 2u), cell.size.x * cell.size.y / 2u);
  var median = vec4u(0u);
  for (var bit = 128u; bit > 0u; bit >>= 1u) {
    let trial = median | vec4u(bit);
    var lower = vec4u(0u);
    for (var y = 0u; y < cell.size.y; y++) {
      for (var x = 0u; x < cell.size.x; x++) {
        let pixel = pixels[cell.first + y * band.rowLength + x];
        let counts = vec4u(vec3u(u32(votes(cell, pixel))), 1u);
        lower += select(vec4u(0u), counts, bytesOf(pixel) < trial);
      }
    }
    median = select(median, trial, lower <= below);
  }
  return median;
}

// Squared, and weighted by what the eye makes of each channel.
fn distance(a: vec4u, b: vec4u) -> u32 {
  let difference = vec3i(a.xyz) - vec3i(b.xyz);
  return u32(dot(difference * difference, vec3i(2, 4, 3)));
}

// Ties go to the darker colour, since outlines are dark; no tie depends on where a pixel lies.
fn darker(a: u32, b: u32) -> bool {
  let lightness = vec2u(dot(bytesOf(a), vec4u(2u, 4u, 1u, 0u)), dot(bytesOf(b), vec4u(2u, 4u, 1u, 0u)));
  return lightness.x < lightness.y || (lightness.x == lightness.y && (a & 0xffffffu) < (b & 0xffffffu));
}

fn withAlpha(pixel: u32, alpha: u32) -> u32 {
  return (pixel & 0xffffffu) | (alpha << 24u);
}
