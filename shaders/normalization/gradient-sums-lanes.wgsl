// gradient-sums.wgsl without workgroup memory, for software adapters, where a barrier costs more
// than a second pass: each lane computes the sums of one chunk of one vec4 of channels.
// gradient-combine.wgsl adds the chunks.
//
//   input, gradient  [samples][pixels][vectors]
//   statistics       [samples][2][vectors]           mean, 1 / deviation
//   sums             [samples][groups][2][vectors]   a group is a chunk

#include normalization/range

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> sums: array<vec4f>;
@group(0) @binding(4) var<uniform> range: Range;

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
  let moments = (range.sample + id.z) * 2u * range.vectors + column;
  let mean = statistics[moments];

  var plain = vec4f(0.0);
  var weighted = vec4f(0.0);
  for (var i = 0u; i < count; i++) {
    let g = gradient[place + i * range.vectors];
    plain += g;
    weighted = fma(g, input[place + i * range.vectors] - mean, weighted);
  }

  let row = rowOf(column, chunk, range);
  sums[row] = plain;
  sums[row + range.vectors] = weighted * statistics[moments + range.vectors];
}
