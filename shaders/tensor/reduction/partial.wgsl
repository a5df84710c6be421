// The sum of all numbers of an image, first pass: each lane sums one chunk and leaves out the
// padding of the channels. The second pass is total.wgsl.
//
//   input    [count][VECTORS]
//   partial  [CHUNKS]

struct Range {
  firstChunk: u32,
  chunks: u32,
  count: u32, // bound vec4s
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> partial: array<f32>;
@group(0) @binding(2) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= range.chunks) {
    return;
  }
  let first = id.x * CHUNK;
  let last = min(first + CHUNK, range.count);
  var sum = vec4f(0.0);
  for (var i = first; i < last; i++) {
    let channel = (i % VECTORS) * 4u;
    let real = vec4u(channel, channel + 1u, channel + 2u, channel + 3u) < vec4u(CHANNELS);
    sum += select(vec4f(0.0), input[i], real);
  }
  partial[range.firstChunk + id.x] = (sum.x + sum.y) + (sum.z + sum.w);
}
