// Transposes the matrix of each tap of a filter, so that input channels become output channels:
// output[tap][d][c] = input[tap][c][d]. A lane moves one block of 4 x 4.
//
//   input    [taps][4 * rows][columns]    vec4s
//   output   [taps][4 * columns][rows]

struct Sizes {
  taps: u32,
  rows: u32,
  columns: u32,
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<uniform> sizes: Sizes;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let rows = sizes.rows;
  let columns = sizes.columns;
  let index = id.y * groups.x * LANES + id.x;
  if (index >= sizes.taps * rows * columns) {
    return;
  }
  let column = index % columns;
  let row = index / columns % rows;
  let tap = index / (rows * columns);
  let source = (tap * rows + row) * 4u * columns + column;
  let block = transpose(mat4x4f(input[source], input[source + columns], input[source + 2u * columns], input[source + 3u * columns]));
  let place = (tap * columns + column) * 4u * rows + row;
  output[place] = block[0];
  output[place + rows] = block[1];
  output[place + 2u * rows] = block[2];
  output[place + 3u * rows] = block[3];
}
