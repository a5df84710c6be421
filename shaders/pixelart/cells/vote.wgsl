// A cell's vote on its colour: the dominant colour, and up to two colours of lines through the
// cell.
//
// The dominant colour c maximises a kernel density estimate over the cell's pixels p:
//
//   density(c) = sum of weight(p) * max(0, REACH - distance(p, c))        distance is squared
//
// That is Epanechnikov's kernel, the one behind mean shift. Shades of one colour count together
// wherever they lie in the cell, and no histogram boundary can separate them. The weight falls
// linearly from the cell's centre to its border, where neighbouring cells bleed in. Only about
// CANDIDATES pixels, spread over the cell, are tried as c; a colour that dominates is among them.
//
// A line that spans a cell crosses its middle row or its middle column. So the darkest and the
// lightest pixel there are the candidates for lines. A candidate passes if the pixels nearer to it
// than to the dominant colour are few and yet reach from one side of the cell to the other. The
// neighbouring cells decide whether it really is a line: see lines.wgsl.

// One vote per cell. x: the dominant colour with the cell's alpha. y and z: the dark and the light
// line, with the line's directions in the top byte (1: down, 2: across, 0: no line). w: the number
// of pixels of the dark line, plus 65536 times that of the light one.
@group(0) @binding(1) var<storage, read_write> votes: array<vec4u>;

#include pixelart/cells/colour
#include pixelart/cells/cell

// 16 at the centre of a cell. Over 64 pixels the weights sum to 512, so sums of weights times REACH
// fit into 32 bits.
fn weightAlong(place: u32) -> u32 {
  return max(1u, 16u * min(2u * place + 1u, 2u * (band.side - place) - 1u) / band.side);
}

fn density(cell: Cell, colour: u32) -> u32 {
  var sum = 0u;
  for (var y = 0u; y < cell.size.y; y++) {
    let weight = weightAlong(y);
    for (var x = 0u; x < cell.size.x; x++) {
      let pixel = pixelAt(cell, x, y);
      let near = REACH - min(REACH, distance(pixel, colour));
      sum += select(0u, weight * weightAlong(x) * near, mayVote(cell, pixel));
    }
  }
  return sum;
}

fn shareFactor(a: u32, b: u32) -> bool {
  var pair = vec2u(a, b);
  while (pair.y > 0u) {
    pair = vec2u(pair.y, pair.x % pair.y);
  }
  return pair.x > 1u;
}

fn dominant(cell: Cell) -> u32 {
  // If the step and the width share a factor, the candidates line up in a few columns.
  var step = (cell.voters - 1u) / CANDIDATES + 1u;
  while (shareFactor(step, cell.size.x)) {
    step++;
  }
  var voter = 0u;
  var highest = 0u;
  var chosen = 0u;
  for (var y = 0u; y < cell.size.y; y++) {
    for (var x = 0u; x < cell.size.x; x++) {
      let pixel = pixelAt(cell, x, y);
      if (!mayVote(cell, pixel)) {
        continue;
      }
      if (voter % step == 0u) {
        let here = density(cell, pixel);
        if (here > highest || (here == highest && darker(pixel, chosen))) {
          highest = here;
          chosen = pixel;
        }
      }
      voter++;
    }
  }
  return chosen;
}

fn isMiddle(place: u32, size: u32) -> bool {
  return place == (size - 1u) / 2u || place == size / 2u;
}

// The darkest and the lightest pixel of the middle rows and columns.
fn extremes(cell: Cell, dominating: u32) -> vec2u {
  var found = vec2u(dominating);
  for (var y = 0u; y < cell.size.y; y++) {
    for (var x = 0u; x < cell.size.x; x++) {
      let pixel = pixelAt(cell, x, y);
      if ((isMiddle(x, cell.size.x) || isMiddle(y, cell.size.y)) && mayVote(cell, pixel)) {
        found.x = select(found.x, pixel, darker(pixel, found.x));
        found.y = select(found.y, pixel, darker(found.y, pixel));
      }
    }
  }
  return found;
}

struct Line {
  colour: u32, // with its directions in the top byte
  count: u32,
}

// A line contrasts with the dominant colour, has at most 45 % of the voters, and spans at least 65
// % of the rows or columns of the cell.
fn lineOf(cell: Cell, dominating: u32, colour: u32) -> Line {
  if (distance(colour, dominating) < CONTRAST || cell.seeThrough) {
    return Line(0u, 0u);
  }
  var count = 0u;
  var rows = 0u;
  var columns = vec2u(0u); // one bit per column
  for (var y = 0u; y < cell.size.y; y++) {
    let before = count;
    for (var x = 0u; x < cell.size.x; x++) {
      let pixel = pixelAt(cell, x, y);
      if (mayVote(cell, pixel) && distance(pixel, colour) < distance(pixel, dominating)) {
        count++;
        columns[x / 32u] |= 1u << (x % 32u);
      }
    }
    rows += u32(count > before);
  }
  let bits = countOneBits(columns);
  let isDown = 100u * rows >= 65u * cell.size.y;
  let isAcross = 100u * (bits.x + bits.y) >= 65u * cell.size.x;
  if (!(isDown || isAcross) || 100u * count > 45u * cell.voters) {
    return Line(0u, 0u);
  }
  let directions = select(0u, 1u, isDown) | select(0u, 2u, isAcross);
  return Line((colour & 0xffffffu) | (directions << 24u), count);
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= band.count) {
    return;
  }
  let cell = cellAt(index);
  let dominating = dominant(cell);
  let found = extremes(cell, dominating);
  let dark = lineOf(cell, dominating, found.x);
  let light = lineOf(cell, dominating, found.y);
  let own = (dominating & 0xffffffu) | (alphaOf(cell) << 24u);
  votes[band.cell + index] = vec4u(own, dark.colour, light.colour, dark.count | (light.count << 16u));
}
