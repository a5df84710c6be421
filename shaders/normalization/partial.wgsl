// Statistics, first pass: the mean and the sum of squared deviations of one chunk of pixels, for
// each channel. Two passes over the chunk, so that no large sums cancel: sum of (x - mean)^2, never
// sum of x^2 minus the squared mean.
//
//   input    [samples][pixels][VECTORS]
//   partial  [samples][chunks][2][VECTORS]   mean, sum of squared deviations
//
// A lane works on one vec4 of channels of one chunk; neighbouring lanes read neighbouring
// addresses.

struct Range {
  pixels: u32,      // of a sample
  chunkPixels: u32, // of a chunk; the last may have fewer
  chunks: u32,      // of a sample
  firstChunk: u32,  // the chunks of this dispatch; the input is bound from the first of them on
  chunkCount: u32,
  sample: u32,
  inputOffset: u32, // in vec4s
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> partial: array<vec4f>;
@group(0) @binding(2) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = id.x % VECTORS;
  let chunk = id.x / VECTORS;
  if (chunk >= range.chunkCount) {
    return;
  }
  let first = (range.firstChunk + chunk) * range.chunkPixels;
  let count = min(range.chunkPixels, range.pixels - first);
  let place = range.inputOffset + chunk * range.chunkPixels * VECTORS + channel;

  var sum = vec4f(0.0);
  for (var i = 0u; i < count; i++) {
    sum += input[place + i * VECTORS];
  }
  let mean = sum / f32(count);

  var squares = vec4f(0.0);
  for (var i = 0u; i < count; i++) {
    let deviation = input[place + i * VECTORS] - mean;
    squares = fma(deviation, deviation, squares);
  }

  let row = ((range.sample * range.chunks + range.firstChunk + chunk) * 2u) * VECTORS + channel;
  partial[row] = mean;
  partial[row + VECTORS] = squares;
}
