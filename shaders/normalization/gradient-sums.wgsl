// The backward pass of a norm, sums: for each channel the sum of g and the sum of g * x^, where g
// is the gradient with respect to the norm's output and x^ = (x - mean) / deviation. In batch norm
// they are also the gradients with respect to the shift and the gain.
//
// As in statistics.wgsl, each lane handles one vec4 of channels of one chunk, and the workgroup
// adds its chunks in a fixed order. gradient-combine.wgsl adds the workgroups of a sample, if there
// are several.
//
//   input, gradient  [samples][pixels][vectors]
//   statistics       [samples][2][vectors]           mean, 1 / deviation
//   sums             [samples][groups][2][vectors]

#include normalization/range

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> sums: array<vec4f>;
@group(0) @binding(4) var<uniform> range: Range;

var<workgroup> plain: array<vec4f, CHUNKS * COLUMNS>;
var<workgroup> weighted: array<vec4f, CHUNKS * COLUMNS>;

@compute @workgroup_size(CHUNKS * COLUMNS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = COLUMNS * id.x + lane % COLUMNS;
  let count = pixelsOf(lane / COLUMNS, id.y, range);
  let place = placeOf(lane / COLUMNS, column, id, range);
  let moments = (range.sample + id.z) * 2u * range.vectors + column;
  let mean = statistics[moments];
  let scale = statistics[moments + range.vectors];

  var a = vec4f(0.0);
  var b = vec4f(0.0);
  for (var i = 0u; i < count; i++) {
    let g = gradient[place + i * range.vectors];
    a += g;
    b = fma(g, input[place + i * range.vectors] - mean, b);
  }
  plain[lane] = a;
  weighted[lane] = b * scale;
  workgroupBarrier();
  if (lane >= COLUMNS || column >= range.vectors) {
    return; // columns past the last one have read other values and write nothing
  }
  a = vec4f(0.0);
  b = vec4f(0.0);
  for (var chunk = 0u; chunk < CHUNKS; chunk++) {
    a += plain[chunk * COLUMNS + lane];
    b += weighted[chunk * COLUMNS + lane];
  }
  let row = rowOf(column, id, range);
  sums[row] = a;
  sums[row + range.vectors] = b;
}
