// A batch norm's running statistics in evaluation, converted to the form that `normalize` reads.
//
//   mean, variance  [VECTORS]
//   statistics      [2][VECTORS]   mean, 1 / sqrt(variance + EPSILON)

@group(0) @binding(0) var<storage, read> mean: array<vec4f>;
@group(0) @binding(1) var<storage, read> variance: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> statistics: array<vec4f>;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < VECTORS) {
    statistics[id.x] = mean[id.x];
    statistics[VECTORS + id.x] = 1.0 / sqrt(variance[id.x] + EPSILON);
  }
}
