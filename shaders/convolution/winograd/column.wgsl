// What a lane of a quad does with its own one of a tile's four columns of positions. tiles.wgsl says
// what a quad is. Needs `positions`, of which each is `stride` vec4s.

fn ownColumn(row: array<vec4f, 4>, column: u32) -> vec4f {
  return select(select(row[0], row[1], column == 1u), select(row[2], row[3], column == 3u), column > 1u);
}

fn storeColumn(values: array<vec4f, 4>, column: u32, index: u32, stride: u32) {
  let place = column * stride + index;
  positions[place] = values[0];
  positions[place + 4u * stride] = values[1];
  positions[place + 8u * stride] = values[2];
  positions[place + 12u * stride] = values[3];
}
