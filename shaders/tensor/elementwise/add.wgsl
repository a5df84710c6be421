// output = left + right, for two tensors of the same shape.

#include core/stored

struct Range {
  count: u32, // vec4s
}

@group(0) @binding(0) var<storage, read> left: array<Stored>;
@group(0) @binding(1) var<storage, read> right: array<Stored>;
@group(0) @binding(2) var<storage, read_write> output: array<Stored>;
@group(0) @binding(3) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index < range.count) {
    output[index] = stored(loaded(left[index]) + loaded(right[index]));
  }
}
