// The second pass of the filter gradient: output = sum of partial[chunk] over the chunks, in order.
//
//   partial  [chunks][count]
//   output   [count]

struct Chunks {
  count: u32,     // vec4s of the output
  chunks: u32,
  continued: u32, // 1 if the output already holds the sum of the earlier chunks
}

@group(0) @binding(0) var<storage, read> partial: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<uniform> range: Chunks;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  var sum = select(vec4f(0.0), output[index], range.continued > 0u);
  for (var chunk = 0u; chunk < range.chunks; chunk++) {
    sum += partial[chunk * range.count + index];
  }
  output[index] = sum;
}
