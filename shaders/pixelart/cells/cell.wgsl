// What the kernels that read the pixels of cells share. One lane handles one square cell, which may
// be cut off by the picture's right or lower border. The side of a cell is a uniform, not a
// constant, because compilers would unroll loops of that length completely.

struct Band {
  pixel: u32,     // where the band begins in its binding of the input
  cell: u32,      // and in the output's
  width: u32,     // pixels in a row of the picture
  height: u32,    // rows of pixels in this band
  rowLength: u32, // pixels in a row of the input, which may be wider than the picture
  columns: u32,   // cells in a row
  count: u32,     // cells of the band
  side: u32,      // pixels of a cell's side
}

@group(0) @binding(0) var<storage, read> pixels: array<u32>;
@group(0) @binding(2) var<uniform> band: Band;

struct Cell {
  first: u32, // index of its upper left pixel
  size: vec2u,
  voters: u32,      // pixels whose colour counts
  seeThrough: bool, // all pixels are fully transparent; then all of them vote
}

fn pixelAt(cell: Cell, x: u32, y: u32) -> u32 {
  return pixels[cell.first + y * band.rowLength + x];
}

// The colour of a fully transparent pixel is invisible, so it counts only where all are
// transparent.
fn mayVote(cell: Cell, pixel: u32) -> bool {
  return cell.seeThrough || (pixel >> 24u) != 0u;
}

fn cellAt(index: u32) -> Cell {
  let corner = vec2u(index % band.columns, index / band.columns) * band.side;
  var cell: Cell;
  cell.size = min(vec2u(band.side), vec2u(band.width, band.height) - corner);
  cell.first = band.pixel + corner.y * band.rowLength + corner.x;
  for (var y = 0u; y < cell.size.y; y++) {
    for (var x = 0u; x < cell.size.x; x++) {
      cell.voters += u32((pixelAt(cell, x, y) >> 24u) != 0u);
    }
  }
  cell.seeThrough = cell.voters == 0u;
  if (cell.seeThrough) {
    cell.voters = cell.size.x * cell.size.y;
  }
  return cell;
}

// The median of the alphas, found bit by bit: the greatest value with no more than half of the
// pixels below it. Of two middle values it is the more opaque one.
fn alphaOf(cell: Cell) -> u32 {
  var median = 0u;
  for (var bit = 128u; bit > 0u; bit >>= 1u) {
    let trial = median | bit;
    var lower = 0u;
    for (var y = 0u; y < cell.size.y; y++) {
      for (var x = 0u; x < cell.size.x; x++) {
        lower += u32((pixelAt(cell, x, y) >> 24u) < trial);
      }
    }
    median = select(median, trial, lower <= cell.size.x * cell.size.y / 2u);
  }
  return median;
}
