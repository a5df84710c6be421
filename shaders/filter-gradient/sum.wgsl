// The second pass: adds up what the first made of each chunk, in the order of the chunks.
//
//   partial  [chunks][COUNT]
//   output   [COUNT]

struct Chunks {
  count: u32,
  continued: u32, // 1 where the output holds the sum of the chunks before these
}

@group(0) @binding(0) var<storage, read> partial: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<uniform> chunks: Chunks;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= COUNT) {
    return;
  }
  var sum = select(vec4f(0.0), output[index], chunks.continued > 0u);
  for (var chunk = 0u; chunk < chunks.count; chunk++) {
    sum += partial[chunk * COUNT + index];
  }
  output[index] = sum;
}
