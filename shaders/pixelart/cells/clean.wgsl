// Removes stray cells and jagged outlines, as a pixel artist would. Such a cell takes the colour
// that most of its neighbours have, unless the two differ too much: eyes and highlights are single
// cells too, but with strong contrast.
//
// - A stray differs from all eight neighbours, three of which agree.
// - A step is the corner where a line one cell wide shifts sideways by one; without it the line
//   continues diagonally. The shift has two corner cells, and the step is the one with the line
//   above it. The corner of a frame, whose two sides are both long, is not a step.
// - A bump is a single cell on a straight edge five cells long, or a single-cell notch in it.
//
// Every test reads the original picture, not the cells already changed. Colours are compared for
// equality, so this is meant for pictures of few colours.
//
//   cells   [rows][columns]     the band's rows, and up to two more above and below
//   cones   [3][256]            see oklab.wgsl
//   output  [count]             the band's cells

struct Window {
  cell: u32,    // where the rows begin in their binding
  output: u32,  // and the band in the output's
  columns: u32, // cells in a row
  rows: u32,
  first: u32,   // rows above the band
  count: u32,   // cells in the band
  stray: u32,   // the greatest squared distance in OKLab by which a stray changes
  jag: u32,     // the same for a step or a bump
}

@group(0) @binding(0) var<storage, read> cells: array<u32>;
@group(0) @binding(1) var<storage, read> cones: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> output: array<u32>;
@group(0) @binding(3) var<uniform> window: Window;

#include pixelart/palette/lab
#include pixelart/palette/oklab

// The colours of the 5 x 5 cells around one, made opaque. NOTHING stands for a fully transparent
// cell, OUTSIDE for one beyond the picture.
const NOTHING = 0u;
const OUTSIDE = 1u;
var<private> around: array<u32, 25>;

fn look(place: vec2u) {
  for (var i = 0u; i < 25u; i++) {
    around[i] = OUTSIDE;
  }
  for (var y = max(place.y, 2u) - 2u; y < min(place.y + 3u, window.rows); y++) {
    for (var x = max(place.x, 2u) - 2u; x < min(place.x + 3u, window.columns); x++) {
      let cell = cells[window.cell + y * window.columns + x];
      around[5u * (y + 2u - place.y) + x + 2u - place.x] = select(NOTHING, cell | 0xff000000u, (cell >> 24u) != 0u);
    }
  }
}

fn at(apart: vec2i) -> u32 {
  return around[12 + 5 * apart.y + apart.x];
}

// Indices 6 to 18 cover the three rows in the middle.
fn isNeighbour(i: u32) -> bool {
  return i % 5u - 1u < 3u && i != 12u;
}

fn countOf(colour: u32) -> u32 {
  var count = 0u;
  for (var i = 6u; i <= 18u; i++) {
    count += u32(isNeighbour(i) && around[i] == colour);
  }
  return count;
}

fn squaredDistance(a: u32, b: u32) -> u32 {
  let difference = vec3u(abs(vec3i(oklab(a)) - vec3i(oklab(b))));
  return dot(difference, difference);
}

struct Choice {
  colour: u32,
  count: u32,
  distance: u32,
}

// The colour other than the cell's own that most neighbours have; among equals, the nearest.
fn mostFrequent(own: u32) -> Choice {
  var best = Choice(NOTHING, countOf(NOTHING), 0u);
  for (var i = 6u; i <= 18u; i++) {
    let colour = around[i];
    if (!isNeighbour(i) || colour == own || colour == NOTHING || colour == OUTSIDE) {
      continue;
    }
    let other = Choice(colour, countOf(colour), squaredDistance(colour, own));
    let isNearer = other.distance < best.distance || (other.distance == best.distance && colour < best.colour);
    if (other.count > best.count || (other.count == best.count && isNearer)) {
      best = other;
    }
  }
  return best;
}

fn isStep(own: u32) -> bool {
  for (var side = -1; side <= 1; side += 2) {
    let aside = vec2i(side, 0);
    let isCorner = at(vec2i(0, -1)) == own && at(aside) == own
      && at(vec2i(0, 1)) != own && at(-aside) != own && at(vec2i(side, -1)) != own;
    let movesDown = at(vec2i(-side, -1)) == own && at(vec2i(0, -2)) != own;
    let movesAside = at(vec2i(side, 1)) == own && at(2 * aside) != own;
    if (isCorner && (movesDown || movesAside)) {
      return true;
    }
  }
  return false;
}

fn isBump(own: u32) -> bool {
  for (var turn = 0u; turn < 4u; turn++) {
    let length = select(1, -1, turn < 2u);
    let out = select(vec2i(length, 0), vec2i(0, length), turn % 2u == 0u);
    let ground = at(out);
    var isEdge = ground != own;
    for (var i = -2; i <= 2; i++) {
      let along = i * out.yx;
      isEdge = isEdge && at(along - out) == own && (i == 0 || at(along) == ground) && (abs(i) == 2 || at(along + out) == ground);
    }
    if (isEdge) {
      return true;
    }
  }
  return false;
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= window.count) {
    return;
  }
  let place = vec2u(index % window.columns, window.first + index / window.columns);
  let cell = cells[window.cell + place.y * window.columns + place.x];
  look(place);
  let own = around[12];
  let choice = mostFrequent(own);
  let isStray = countOf(own) == 0u && choice.count >= 3u && choice.distance <= window.stray;
  let isJag = choice.distance <= window.jag && (isStep(own) || isBump(own));
  var colour = cell;
  if (own != NOTHING && choice.colour != NOTHING && (isStray || isJag)) {
    colour = (choice.colour & 0xffffffu) | (cell & 0xff000000u);
  }
  output[window.output + index] = colour;
}
