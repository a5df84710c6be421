// Copies row ROW of the two rows of statistics or sums: output = sums[ROW].
//
//   sums    [2][VECTORS]
//   output  [VECTORS]

@group(0) @binding(0) var<storage, read> sums: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < VECTORS) {
    output[id.x] = sums[ROW * VECTORS + id.x];
  }
}
