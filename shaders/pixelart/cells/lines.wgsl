// The last word on a cell's colour: it is that of a line through the cell, if there is one, and else the one that dominates.
//
// A line goes on: one of the three cells before it or behind it is of its colour, or has a line of its colour. And it
// parts: seen from the line's colour, the cell's dominating colour and that of the neighbour on either side lie in the same
// direction. An edge fails there, as its colour is the neighbour's, and so does a blurred edge, whose colour lies between
// the two. Where a line runs along the border of two cells, so that both have a part of it, the one with more of it takes it.
// The dark line comes first, since outlines are dark.

struct Window {
  vote: u32,    // where the votes begin in their binding
  cell: u32,    // and the band in that of the output
  columns: u32, // cells of a row
  rows: u32,    // rows of votes: those of the band, and of the picture one above and one below
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
  directions: u32, // that it may have. 1: down, 2: across
  count: u32,
}

// Which: 0 the dark one, 1 the light one.
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

// Whether the line is one on the side of this neighbour.
fn parts(line: Line, own: u32, neighbour: u32, other: Line, side: u32, isBefore: bool) -> bool {
  let isShared = (other.directions & side) != 0u && alike(line.colour, other.colour);
  if (isShared && (other.count > line.count || (other.count == line.count && isBefore))) {
    return false;
  }
  let inwards = difference(line.colour, own);
  return 2 * product(inwards, difference(line.colour, neighbour)) >= product(inwards, inwards);
}

// Those of a line's directions that one neighbour leaves it: x, by not being like it at its side; y, by going on with it.
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
