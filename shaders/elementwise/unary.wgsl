// One function of one number, over a whole tensor. FUNCTION says which; the table is in src/kernels/elementwise.ts.

struct Range {
  count: u32, // vec4s
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<uniform> range: Range;

// WGSL lets an implementation overflow on the way to tanh(x): beyond 9 the result is 1 in float32 anyway.
fn saturatingTanh(x: vec4f) -> vec4f {
  return tanh(clamp(x, vec4f(-9.0), vec4f(9.0)));
}

// exp(88) is the last that fits into float32.
fn sigmoid(x: vec4f) -> vec4f {
  return 1.0 / (1.0 + exp(clamp(-x, vec4f(-87.0), vec4f(87.0))));
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let x = input[index];
  if (FUNCTION == RELU) {
    output[index] = max(x, vec4f(0.0));
  } else if (FUNCTION == LEAKY_RELU) {
    output[index] = max(x, SLOPE * x); // SLOPE < 1
  } else if (FUNCTION == TANH) {
    output[index] = saturatingTanh(x);
  } else {
    output[index] = sigmoid(x);
  }
}
