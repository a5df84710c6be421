// Instance norm and batch norm (torch.nn.InstanceNorm2d, BatchNorm2d), with a ReLU or LeakyReLU
// that directly follows:
//
//   output = activation((x - mean) / deviation * gain + shift)
//
// Gain and shift only where AFFINE, the activation only where RELU.
//
//   input, output  [samples][pixels][VECTORS]
//   statistics     [samples or 1][2][VECTORS]   mean, 1 / deviation
//   gain, shift    [VECTORS]

#include core/stored

struct Range {
  count: u32, // vec4s of this dispatch
  first: u32, // index of the first of them in the tensor
  pixels: u32, // of a sample
}

@group(0) @binding(0) var<storage, read> input: array<Stored>;
@group(0) @binding(1) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(2) var<storage, read> gain: array<vec4f>;
@group(0) @binding(3) var<storage, read> shift: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> output: array<Stored>;
@group(0) @binding(5) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  if (index >= range.count) {
    return;
  }
  let place = range.first + index;
  let channel = place % VECTORS;
  let sample = select(0u, place / (range.pixels * VECTORS), PER_SAMPLE);
  let row = sample * 2u * VECTORS + channel;

  var value = (loaded(input[index]) - statistics[row]) * statistics[row + VECTORS];
  if (AFFINE) {
    value = fma(value, gain[channel], shift[channel]);
  }
  if (RELU) {
    value = max(value, SLOPE * value);
  }
  output[index] = stored(value);
}
