// The sum of every channel over all pixels: output[c] = sum over p of input[p][c].
//
// This shader runs twice: first over the pixels of each chunk, then over the chunks. A lane sums
// one vec4 of channels; neighbouring lanes read neighbouring addresses.
//
//   input    [count][vectors]
//   output   [chunks][vectors]

struct Range {
  count: u32,       // bound pixels
  chunkPixels: u32, // pixels per chunk; the last chunk may have fewer
  chunks: u32,      // of this dispatch
  firstChunk: u32,  // the binding of the input begins at this chunk
  channels: u32,
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let vectors = (range.channels + 3u) / 4u;
  let vector = id.x % vectors;
  let chunk = id.x / vectors;
  if (chunk >= range.chunks) {
    return;
  }
  let first = chunk * range.chunkPixels;
  let end = min(first + range.chunkPixels, range.count);
  var sum = vec4f(0.0);
  for (var pixel = first; pixel < end; pixel++) {
    sum += input[pixel * vectors + vector];
  }
  let channel = vector * 4u;
  let real = vec4u(channel, channel + 1u, channel + 2u, channel + 3u) < vec4u(range.channels);
  output[(range.firstChunk + chunk) * vectors + vector] = select(vec4f(0.0), sum, real);
}
