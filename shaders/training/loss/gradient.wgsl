// The gradient of a mean loss with respect to the prediction:
//
//   output = dloss(x, target) / dx / n * gradient
//
// where gradient is the one number dL/d(mean loss). pointwise.wgsl has the slopes dloss/dx.

#include training/loss/pointwise

struct Range {
  count: u32, // vec4s
}

@group(0) @binding(0) var<storage, read> prediction: array<vec4f>;
@group(0) @binding(1) var<storage, read> goal: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(4) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let wanted = select(vec4f(TARGET), goal[index], COMPARED);
  output[index] = pointwiseSlope(prediction[index], wanted) * (gradient[0].x / COUNT);
}
