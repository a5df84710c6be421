// Stores the column of a tile's sixteen positions that a lane of a quad has computed. tiles.wgsl says
// what a quad is. `stride` is the number of vec4s of a position.
//
//   positions  [16][stride]

fn storeColumn(values: array<vec4f, 4>, column: u32, index: u32, stride: u32) {
  let place = column * stride + index;
  positions[place] = values[0];
  positions[place + 4u * stride] = values[1];
  positions[place + 8u * stride] = values[2];
  positions[place + 12u * stride] = values[3];
}
