// channels.wgsl without workgroup memory, for software adapters, where a barrier costs more than a
// second pass: each lane sums one vec4 of channels of one chunk of pixels. Where there are several
// chunks, this shader runs a second time, over their sums.
//
//   input    [count][vectors]
//   output   [chunks][vectors]

struct Range {
  count: u32,       // bound pixels
  chunkPixels: u32, // pixels per chunk; the last chunk may have fewer
  firstGroup: u32,  // the binding of the input begins at this chunk
  channels: u32,
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<uniform> range: Range;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * LANES + id.x;
  let vectors = (range.channels + 3u) / 4u;
  let column = index % vectors;
  let chunk = index / vectors;
  let first = chunk * range.chunkPixels;
  if (first >= range.count) {
    return;
  }
  let end = min(first + range.chunkPixels, range.count);
  var sum = vec4f(0.0);
  for (var pixel = first; pixel < end; pixel++) {
    sum += input[pixel * vectors + column];
  }
  let channel = column * 4u;
  let real = vec4u(channel, channel + 1u, channel + 2u, channel + 3u) < vec4u(range.channels);
  output[(range.firstGroup + chunk) * vectors + column] = select(vec4f(0.0), sum, real);
}
