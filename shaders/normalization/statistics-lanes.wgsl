// statistics.wgsl without workgroup memory, for software adapters, where a barrier costs more than a
// second pass: each lane computes the mean and the squared deviations of one chunk of one vec4 of
// channels. combine.wgsl combines the chunks.
//
//   input       [samples][pixels][vectors]
//   statistics  [samples][groups][2][vectors]   mean, squares; a group is a chunk

#include normalization/range
#include core/stored

@group(0) @binding(0) var<storage, read> input: array<Stored>;
@group(0) @binding(1) var<storage, read_write> statistics: array<vec4f>;
@group(0) @binding(2) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.y * workgroups.x * LANES + id.x;
  let column = index % range.vectors;
  let chunk = vec3u(0u, index / range.vectors, id.z);
  if (chunk.y >= range.ownGroups) {
    return;
  }
  let count = pixelsOf(0u, chunk.y, range);
  let place = placeOf(0u, column, chunk, range);

  var sum = vec4f(0.0);
  for (var i = 0u; i < count; i++) {
    sum += loaded(input[place + i * range.vectors]);
  }
  let mean = sum / f32(count);
  var squares = vec4f(0.0);
  for (var i = 0u; i < count; i++) {
    let deviation = loaded(input[place + i * range.vectors]) - mean;
    squares = fma(deviation, deviation, squares);
  }

  let row = rowOf(column, chunk, range);
  statistics[row] = mean;
  statistics[row + range.vectors] = squares;
}
