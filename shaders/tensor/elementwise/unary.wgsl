// Activations, applied to each number of a tensor. FUNCTION selects one; the table is in
// src/kernels/tensor/elementwise.ts.
//
//   relu       max(x, 0)
//   leakyRelu  max(x, SLOPE * x)
//   tanh       tanh(x)
//   sigmoid    1 / (1 + exp(-x))

#include core/stored

struct Range {
  count: u32, // vec4s
}

@group(0) @binding(0) var<storage, read> input: array<Stored>;
@group(0) @binding(1) var<storage, read_write> output: array<Stored>;
@group(0) @binding(2) var<uniform> range: Range;

// The built-in tanh may be computed as a quotient of exponentials, which loses all relative
// accuracy near 0 and may overflow far from it. Near 0 this one is an odd polynomial with the
// coefficients of tanhf in Cephes. Elsewhere it is 1 - 2 / (exp(2 |x|) + 1), which is 1 in float32
// beyond 9.
fn accurateTanh(x: vec4f) -> vec4f {
  let z = x * x;
  var series = fma(z, vec4f(-5.70498872745e-3), vec4f(2.06390887954e-2));
  series = fma(z, series, vec4f(-5.37397155531e-2));
  series = fma(z, series, vec4f(1.33314422036e-1));
  series = fma(z, series, vec4f(-3.33332819422e-1));
  let near = fma(x * z, series, x);
  let far = sign(x) * (1.0 - 2.0 / (exp(min(2.0 * abs(x), vec4f(18.0))) + 1.0));
  return select(far, near, abs(x) < vec4f(0.625));
}

// The clamp keeps exp finite: in float32 it overflows just above exp(88).
fn sigmoid(x: vec4f) -> vec4f {
  return 1.0 / (1.0 + exp(clamp(-x, vec4f(-87.0), vec4f(87.0))));
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let x = loaded(input[index]);
  if (FUNCTION == RELU) {
    output[index] = stored(max(x, vec4f(0.0)));
  } else if (FUNCTION == LEAKY_RELU) {
    output[index] = stored(max(x, SLOPE * x)); // SLOPE < 1
  } else if (FUNCTION == TANH) {
    output[index] = stored(accurateTanh(x));
  } else {
    output[index] = stored(sigmoid(x));
  }
}
