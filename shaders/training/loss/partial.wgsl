// A mean loss, first pass: each lane sums the loss of one chunk's numbers and leaves out the
// padding of the channels. The second pass is tensor/reduction/total.wgsl.
//
//   prediction  [count][VECTORS]
//   goal        [count][VECTORS], or TARGET everywhere
//   partial     [CHUNKS]

#include training/loss/pointwise

struct Range {
  firstChunk: u32,
  chunks: u32,
  count: u32, // bound vec4s
}

@group(0) @binding(0) var<storage, read> prediction: array<vec4f>;
@group(0) @binding(1) var<storage, read> goal: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partial: array<f32>;
@group(0) @binding(3) var<uniform> range: Range;

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
    let wanted = select(vec4f(TARGET), goal[i], COMPARED);
    sum += select(vec4f(0.0), pointwiseLoss(prediction[i], wanted), real);
  }
  partial[range.firstChunk + id.x] = (sum.x + sum.y) + (sum.z + sum.w);
}
