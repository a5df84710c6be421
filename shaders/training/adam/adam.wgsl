// One step of Adam for all parameters of an optimiser at once. The parameters are contiguous in
// memory, and so are their gradients and moments.
//
//   m = BETA1 m + (1 - BETA1) g
//   v = BETA2 v + (1 - BETA2) g^2
//   w = w - step * m / (sqrt(v) / correction + EPSILON)
//
// Kingma and Ba 2015, algorithm 1, in the order of operations of torch.optim.Adam. The CPU computes
// step = rate / (1 - BETA1^t) and correction = sqrt(1 - BETA2^t) in float64. If the third number of
// the schedule is negative, the step is skipped: nothing is written, so weights and moments stay
// the same whatever the gradients contain.

struct Range {
  count: u32, // vec4s
}

@group(0) @binding(0) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> first: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> second: array<vec4f>;
@group(0) @binding(3) var<storage, read> schedule: array<f32>; // step, correction, skip if negative
@group(0) @binding(4) var<storage, read_write> weights: array<vec4f>;
@group(0) @binding(5) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count || schedule[2] < 0) {
    return;
  }
  let g = gradients[index];
  let m = BETA1 * first[index] + REST1 * g;
  let v = BETA2 * second[index] + REST2 * g * g;
  first[index] = m;
  second[index] = v;
  weights[index] -= schedule[0] * (m / (sqrt(v) / schedule[1] + EPSILON));
}
