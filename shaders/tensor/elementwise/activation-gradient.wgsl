// The gradient of an activation with respect to its input, computed from the activation's output y
// and the gradient g with respect to it. The input need not be kept.
//
//   relu       g * (y > 0)
//   leakyRelu  g * (y > 0 ? 1 : SLOPE)
//   tanh       g * (1 - y^2)
//   sigmoid    g * y * (1 - y)

struct Range {
  count: u32, // vec4s
}

@group(0) @binding(0) var<storage, read> output: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> inputGradient: array<vec4f>;
@group(0) @binding(3) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let y = output[index];
  let g = gradient[index];
  if (FUNCTION == RELU || FUNCTION == LEAKY_RELU) {
    inputGradient[index] = select(SLOPE * g, g, y > vec4f(0.0));
  } else if (FUNCTION == TANH) {
    inputGradient[index] = g * (1.0 - y * y);
  } else {
    inputGradient[index] = g * y * (1.0 - y);
  }
}
