// Combines the source's colours with the network's outlines, in OKLab. Instance norm subtracts the
// mean of every channel, so a generator hardly knows how bright or how blue a large area is. It
// does know where an artist would draw an outline and where one flat cluster ends. So chroma and
// large-scale lightness come from the source; fine differences of lightness come from the network,
// with a share of the source's added:
//
//   lightness = blur(source) + (network - blur(network))
//             + SOURCE_DETAIL / 16 * (source - blur(source))
//
// The blur is a binomial filter of 9 x 9 cells (standard deviation 1.4) over the visible cells. The
// result is clamped between the darkest source cell of the surrounding 3 x 3 minus FALL, and the
// brightest plus RISE. An outline may be darker than anything in the source, but a bright rim
// beside it is an artefact of the blur and is cut off.
//
//   network  [rows, width]  cells of the band and its halo of rows, as pixels
//   source   [rows, width]  the mean colours of the source's cells, the same rows
//   cells    [band]
//   cones, lights           the tables of OKLab

struct Band {
  network: u32,  // where the window of rows begins in its binding
  source: u32,
  cells: u32,    // where the band begins in the output's binding
  width: u32,    // cells in a row
  rows: u32,     // of the window
  first: u32,    // the band's first row in the window
  end: u32,      // the row after its last
  strength: u32, // 0 to 256: 0 keeps the network's colours
  reach: u32,    // side of the blur, in cells
}

@group(0) @binding(0) var<storage, read> network: array<u32>;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read> cones: array<vec4f>;
@group(0) @binding(3) var<storage, read> lights: array<f32>;
@group(0) @binding(4) var<storage, read_write> cells: array<u32>;
@group(0) @binding(5) var<uniform> band: Band;

#include pixelart/palette/lab
#include pixelart/palette/oklab
#include pixelart/palette/srgb

const RADIUS = 4u;
const SIDE = TILE + 2u * RADIUS;
const BINOMIAL = array<u32, 9>(1u, 8u, 28u, 56u, 70u, 56u, 28u, 8u, 1u);

// A cell of the network and the same cell of the source, in OKLab. The weight is 0 where the
// network's cell is fully transparent.
struct Pair {
  drawn: vec3i,
  weight: u32,
  seen: vec3i,
}

var<workgroup> tile: array<Pair, SIDE * SIDE>;

// Loads the cell at an index of the tile, which has a border of RADIUS cells. `corner` is the
// tile's first cell in the window. Cells outside the picture have no weight.
fn pairAt(corner: vec2i, place: u32) -> Pair {
  let at = corner + vec2i(i32(place % SIDE), i32(place / SIDE)) - vec2i(i32(RADIUS));
  var pair: Pair;
  if (any(at < vec2i(0)) || at.x >= i32(band.width) || at.y >= i32(band.rows)) {
    return pair;
  }
  let index = u32(at.y) * band.width + u32(at.x);
  let pixel = network[band.network + index];
  pair.drawn = vec3i(oklab(pixel));
  pair.seen = vec3i(oklab(source[band.source + index]));
  pair.weight = u32((pixel >> 24u) != 0u);
  return pair;
}

// The blurred lightness of the network and of the source around a cell, and the darkest and
// brightest source cell of the surrounding 3 x 3.
struct Surroundings {
  drawn: i32,
  seen: i32,
  darkest: i32,
  brightest: i32,
}

fn around(place: vec2u) -> Surroundings {
  var binomial = BINOMIAL;
  var sum = vec3u(0u);
  var darkest = 32767;
  var brightest = 0;
  // The bound is not a constant: compilers would spend seconds unrolling the loops.
  for (var y = 0u; y < band.reach; y++) {
    for (var x = 0u; x < band.reach; x++) {
      let pair = tile[(place.y + y) * SIDE + place.x + x];
      let weight = binomial[y] * binomial[x] * pair.weight;
      sum += weight * vec3u(u32(pair.drawn.x), u32(pair.seen.x), 1u);
      if (pair.weight == 1u && max(max(x, y), 8u - min(x, y)) <= RADIUS + 1u) {
        darkest = min(darkest, pair.seen.x);
        brightest = max(brightest, pair.seen.x);
      }
    }
  }
  let mean = vec2i((sum.xy + vec2u(sum.z / 2u)) / sum.z);
  return Surroundings(mean.x, mean.y, darkest, brightest);
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let corner = vec2u(group.x * TILE, band.first + group.y * TILE);
  for (var place = lane; place < SIDE * SIDE; place += LANES) {
    tile[place] = pairAt(vec2i(corner), place);
  }
  workgroupBarrier();
  for (var spot = lane; spot < TILE * TILE; spot += LANES) {
    let place = vec2u(spot % TILE, spot / TILE);
    let at = corner + place;
    if (at.x >= band.width || at.y >= band.end) {
      continue;
    }
    let index = band.cells + (at.y - band.first) * band.width + at.x;
    let pixel = network[band.network + at.y * band.width + at.x];
    if ((pixel >> 24u) == 0u) {
      cells[index] = pixel;
      continue;
    }
    let pair = tile[(place.y + RADIUS) * SIDE + place.x + RADIUS];
    let light = around(place);
    let detail = pair.drawn.x - light.drawn + ((i32(SOURCE_DETAIL) * (pair.seen.x - light.seen)) >> 4u);
    let least = max(light.darkest - i32(FALL), 0);
    let most = min(light.brightest + i32(RISE), 32767);
    let kept = vec3i(clamp(light.seen + detail, least, most), pair.seen.yz);
    let mixed = pair.drawn + (((kept - pair.drawn) * i32(band.strength) + vec3i(128)) >> vec3u(8u));
    cells[index] = srgb(mixed) | (pixel & 0xff000000u);
  }
}
