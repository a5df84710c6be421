// The way back through a norm, sums, first pass: over one chunk of pixels, for each channel, the sum of g and of g * x^, where g is
// the gradient by the norm's output and x^ = (x - mean) / deviation.
//
//   input, gradient  [samples][pixels][VECTORS]
//   statistics       [samples][2][VECTORS]          mean, 1 / deviation
//   partial          [samples][chunks][2][VECTORS]
//
// A lane works on one vec4 of channels of one chunk, as in partial.wgsl.

struct Range {
  pixels: u32,      // of a sample
  chunkPixels: u32, // of a chunk; the last may have fewer
  chunks: u32,      // of a sample
  firstChunk: u32,  // the chunks of this dispatch; the images are bound from the first of them on
  chunkCount: u32,
  sample: u32,
  inputOffset: u32,      // in vec4s
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> partial: array<vec4f>;
@group(0) @binding(4) var<uniform> range: Range;

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
  let mean = statistics[range.sample * 2u * VECTORS + channel];
  let scale = statistics[(range.sample * 2u + 1u) * VECTORS + channel];

  var plain = vec4f(0.0);
  var weighted = vec4f(0.0);
  for (var i = 0u; i < count; i++) {
    let g = gradient[place + i * VECTORS];
    plain += g;
    weighted = fma(g, input[place + i * VECTORS] - mean, weighted);
  }

  let row = ((range.sample * range.chunks + range.firstChunk + chunk) * 2u) * VECTORS + channel;
  partial[row] = plain;
  partial[row + VECTORS] = weighted * scale;
}
