// What all that reads the pixels of cells shares: one lane looks after one square cell, or what the picture's right and lower
// border leave of it. The side of a cell is no constant: compilers would unroll its loops without end.

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
@group(0) @binding(2) var<uniform> band: Band;

struct Cell {
  first: u32, // the pixel in its upper left corner
  size: vec2u,
  voters: u32,      // pixels whose colour counts
  seeThrough: bool, // all are fully transparent: then all of them vote
}

fn pixelAt(cell: Cell, x: u32, y: u32) -> u32 {
  return pixels[cell.first + y * band.rowLength + x];
}

// A fully transparent pixel has a colour that nobody sees.
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

// The median: the greatest value that no more than half of the pixels lie below, bit by bit. Of two in the middle it is the
// more opaque one.
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
