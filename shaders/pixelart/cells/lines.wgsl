// Decides each cell's colour: that of a line through the cell, if there is one, else the dominant
// one.
//
// A candidate of vote.wgsl is a line if both of these hold:
//
// - It continues: at one of its ends, one of the three neighbouring cells has its colour, or a line
//   of its colour.
// - It separates: seen from the line's colour, the cell's dominant colour and the colour of the
//   neighbour on either side lie in the same direction. An edge fails, because its colour is the
//   neighbour's. A blurred edge fails too, because its colour lies between the two.
//
// If a line runs along the border of two cells and both have a part of it, the cell with more of it
// takes it. The dark line is tried first, since outlines are dark.

struct Window {
  vote: u32,    // where the votes begin in their binding
  cell: u32,    // and the band in the output's
  columns: u32, // cells in a row
  rows: u32,    // rows of votes: the band's, and one above and below where there is one
  first: u32,   // rows of votes above the band
  count: u32,   // cells of the band
}

// See vote.wgsl.
@group(0) @binding(0) var<storage, read> votes: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> cells: array<u32>;
@group(0) @binding(2) var<uniform> window: Window;

#include pixelart/cells/colour

struct Line {
  colour: u32,
  directions: u32, // possible directions; 1: down, 2: across
  count: u32,
}

// `which`: 0 for the dark line, 1 for the light one.
fn lineOf(vote: vec4u, which: u32) -> Line {
  let colour = vote[1u + which];
  return Line(colour & 0xffffffu, colour >> 24u, (vote.w >> (16u * which)) & 0xffffu);
}

fn alike(a: u32, b: u32) -> bool {
  return distance(a, b) < REACH;
}

fn goesOn(line: Line, neighbour: u32, other: Line) -> bool {
  return alike(line.colour, neighbour) || (other.directions != 0u && alike(line.colour, other.colour));
}

// Whether the line separates the cell from this neighbour at its side, and the neighbour does not
// take the line for itself.
fn parts(line: Line, own: u32, neighbour: u32, other: Line, side: u32, isBefore: bool) -> bool {
  let isShared = (other.directions & side) != 0u && alike(line.colour, other.colour);
  if (isShared && (other.count > line.count || (other.count == line.count && isBefore))) {
    return false;
  }
  let inwards = difference(line.colour, own);
  return 2 * product(inwards, difference(line.colour, neighbour)) >= product(inwards, inwards);
}

// The line's directions that one neighbour allows. x: it does not rule them out as the neighbour at
// the line's side. y: it continues the line at its end.
fn judged(vote: vec4u, neighbour: vec4u, which: u32, apart: vec2i) -> vec2u {
  let line = lineOf(vote, which);
  let other = lineOf(neighbour, which);
  let ends = select(0u, 1u, apart.y != 0) | select(0u, 2u, apart.x != 0);
  let side = 3u - ends;
  let isApart = parts(line, vote.x, neighbour.x, other, side, apart.x < 0 || apart.y < 0);
  return vec2u(select(ends, 3u, isApart), select(0u, ends, goesOn(line, neighbour.x, other)));
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= window.count) {
    return;
  }
  let place = vec2u(index % window.columns, window.first + index / window.columns);
  let vote = votes[window.vote + place.y * window.columns + place.x];
  var dark = vec2u(3u, 0u);
  var light = vec2u(3u, 0u);
  for (var y = max(place.y, 1u) - 1u; y < min(place.y + 2u, window.rows); y++) {
    for (var x = max(place.x, 1u) - 1u; x < min(place.x + 2u, window.columns); x++) {
      let neighbour = votes[window.vote + y * window.columns + x];
      let apart = vec2i(vec2u(x, y)) - vec2i(place);
      if (any(apart != vec2i(0)) && (neighbour.x >> 24u) != 0u) {
        let darkHere = judged(vote, neighbour, 0u, apart);
        let lightHere = judged(vote, neighbour, 1u, apart);
        dark = vec2u(dark.x & darkHere.x, dark.y | darkHere.y);
        light = vec2u(light.x & lightHere.x, light.y | lightHere.y);
      }
    }
  }
  var colour = vote.x;
  if ((lineOf(vote, 0u).directions & dark.x & dark.y) != 0u) {
    colour = vote.y;
  } else if ((lineOf(vote, 1u).directions & light.x & light.y) != 0u) {
    colour = vote.z;
  }
  cells[window.cell + index] = (colour & 0xffffffu) | (vote.x & 0xff000000u);
}
