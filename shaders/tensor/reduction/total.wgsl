// The sum of all numbers of an image, second pass: one workgroup adds the partial sums in a tree,
// always in the same order, and multiplies by SCALE: 1 for a sum, 1 / n for a mean.
//
//   partial  [CHUNKS]
//   output   one vec4, the result in x

@group(0) @binding(0) var<storage, read> partial: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;

var<workgroup> sums: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < CHUNKS; i += LANES) {
    sum += partial[i];
  }
  sums[lane] = sum;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      sums[lane] += sums[lane + half];
    }
  }
  if (lane == 0u) {
    output[0] = vec4f(sums[0] * SCALE, 0.0, 0.0, 0.0);
  }
}
