// The sum of every channel over all pixels, in up to two passes of this one shader: first over the
// pixels, then, where they take several workgroups, over what those have summed. A workgroup has
// COLUMNS vec4s of channels and CHUNKS chunks of pixels. Each lane adds up one vec4 of one chunk, and
// the workgroup then adds up its chunks in a fixed order.
//
//   input    [count][vectors]
//   output   [groups][vectors]

struct Range {
  count: u32,       // of pixels that are bound
  chunkPixels: u32, // of a chunk; the last may have fewer
  firstGroup: u32,  // the input is bound from its first pixel on
  channels: u32,
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<uniform> range: Range;

var<workgroup> sums: array<vec4f, CHUNKS * COLUMNS>;

@compute @workgroup_size(CHUNKS * COLUMNS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let vectors = (range.channels + 3u) / 4u;
  let column = COLUMNS * group.x + lane % COLUMNS;
  let first = (CHUNKS * group.y + lane / COLUMNS) * range.chunkPixels;
  let end = min(first + range.chunkPixels, range.count);
  var sum = vec4f(0.0);
  for (var pixel = first; pixel < end; pixel++) {
    sum += input[pixel * vectors + column];
  }
  sums[lane] = sum;
  workgroupBarrier();
  if (lane >= COLUMNS || column >= vectors) {
    return; // a column behind the last has read what lies there, and is not heard
  }
  sum = vec4f(0.0);
  for (var chunk = 0u; chunk < CHUNKS; chunk++) {
    sum += sums[chunk * COLUMNS + lane];
  }
  let channel = column * 4u;
  let real = vec4u(channel, channel + 1u, channel + 2u, channel + 3u) < vec4u(range.channels);
  output[(range.firstGroup + group.y) * vectors + column] = select(vec4f(0.0), sum, real);
}
