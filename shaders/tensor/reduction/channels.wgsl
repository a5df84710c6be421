// The sum of every channel over all pixels: output[c] = sum over p of input[p][c].
//
// A workgroup handles COLUMNS vec4s of channels of CHUNKS chunks of pixels. Each lane sums one vec4
// of one chunk, and the workgroup then adds its chunks in a fixed order. If the pixels take several
// workgroups, this shader runs a second time, over their sums.
//
//   input    [count][vectors]
//   output   [groups][vectors]

struct Range {
  count: u32,       // bound pixels
  chunkPixels: u32, // pixels per chunk; the last chunk may have fewer
  firstGroup: u32,  // the binding of the input begins at this group
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
    return; // columns past the last one have read other values and write nothing
  }
  sum = vec4f(0.0);
  for (var chunk = 0u; chunk < CHUNKS; chunk++) {
    sum += sums[chunk * COLUMNS + lane];
  }
  let channel = column * 4u;
  let real = vec4u(channel, channel + 1u, channel + 2u, channel + 3u) < vec4u(range.channels);
  output[(range.firstGroup + group.y) * vectors + column] = select(vec4f(0.0), sum, real);
}
