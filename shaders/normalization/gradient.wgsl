// The backward pass of a norm: the gradient with respect to its input,
//
//   output = gain / deviation * (g - sum(g) / n - x^ * sum(g * x^) / n)
//
// with x^ = (x - mean) / deviation and g the gradient with respect to the norm's output (Ioffe and
// Szegedy 2015, section 3; docs/layers.md derives it).
//
//   input, gradient, output  [samples][pixels][VECTORS]
//   statistics               [samples or 1][2][VECTORS]   mean, 1 / deviation
//   sums                     [samples or 1][2][VECTORS]   sum of g, sum of g * x^
//   gain                     [VECTORS]

struct Range {
  count: u32,  // vec4s of this dispatch
  first: u32,  // index of the first of them in the tensor
  pixels: u32, // that each statistic is taken over
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(3) var<storage, read> sums: array<vec4f>;
@group(0) @binding(4) var<storage, read> gain: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(6) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let place = range.first + index;
  let channel = place % VECTORS;
  let row = place / (range.pixels * VECTORS) * 2u * VECTORS + channel;

  let scale = statistics[row + VECTORS];
  let normalized = (input[index] - statistics[row]) * scale;
  let taken = fma(normalized, sums[row + VECTORS], sums[row]) / f32(range.pixels);
  var weight = scale;
  if (AFFINE) {
    weight *= gain[channel];
  }
  output[index] = weight * (gradient[index] - taken);
}
