// Copies a range of vec4s from one tensor to another: output[place + i] = input[source + i].

struct Range {
  count: u32, // vec4s
  source: u32, // first vec4 in the input's binding
  place: u32,
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index < range.count) {
    output[range.place + index] = input[range.source + index];
  }
}
