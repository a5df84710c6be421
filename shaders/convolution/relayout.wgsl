// Transposes the matrix of each tap of a filter: what was an input channel is an output channel. A lane moves one block
// of four by four.
//
//   input    [taps][4 * ROWS][COLUMNS]    vec4s
//   output   [taps][4 * COLUMNS][ROWS]

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= TAPS * ROWS * COLUMNS) {
    return;
  }
  let column = index % COLUMNS;
  let row = index / COLUMNS % ROWS;
  let tap = index / (ROWS * COLUMNS);
  let source = (tap * ROWS + row) * 4u * COLUMNS + column;
  let block = transpose(mat4x4f(input[source], input[source + COLUMNS], input[source + 2u * COLUMNS], input[source + 3u * COLUMNS]));
  let place = (tap * COLUMNS + column) * 4u * ROWS + row;
  output[place] = block[0];
  output[place + ROWS] = block[1];
  output[place + 2u * ROWS] = block[2];
  output[place + 3u * ROWS] = block[3];
}
