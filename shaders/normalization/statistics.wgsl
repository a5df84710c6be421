// Statistics: the mean and the squared deviations of every channel, over up to CHUNKS chunks of
// pixels.
//
// A workgroup handles COLUMNS vec4s of channels of CHUNKS chunks, and each lane one vec4 of one
// chunk. The lane computes the chunk's mean first, then the squared deviations from that mean: sum
// of (x - mean)^2, never sum of x^2 minus the squared mean, so no large sums cancel. The workgroup
// then combines its chunks i in a fixed order (Chan, Golub and LeVeque 1979, over all chunks at
// once):
//
//   mean     = sum of n_i * mean_i / n
//   squares  = sum of squares_i + n_i * (mean_i - mean)^2
//
// If one workgroup covers all pixels of a sample, it writes 1 / sqrt(squares / n + EPSILON), and
// there is no second pass. Otherwise combine.wgsl combines the workgroups by the same formula.
//
//   input       [samples][pixels][vectors]
//   statistics  [samples][groups][2][vectors]   mean, squares or 1 / deviation

#include normalization/range
#include core/stored

@group(0) @binding(0) var<storage, read> input: array<Stored>;
@group(0) @binding(1) var<storage, read_write> statistics: array<vec4f>;
@group(0) @binding(2) var<uniform> range: Range;

var<workgroup> means: array<vec4f, CHUNKS * COLUMNS>;
var<workgroup> deviations: array<vec4f, CHUNKS * COLUMNS>;

@compute @workgroup_size(CHUNKS * COLUMNS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = COLUMNS * id.x + lane % COLUMNS;
  let count = pixelsOf(lane / COLUMNS, id.y, range);
  let place = placeOf(lane / COLUMNS, column, id, range);

  var sum = vec4f(0.0);
  for (var i = 0u; i < count; i++) {
    sum += loaded(input[place + i * range.vectors]);
  }
  let mean = sum / f32(max(count, 1u));
  var squares = vec4f(0.0);
  for (var i = 0u; i < count; i++) {
    let deviation = loaded(input[place + i * range.vectors]) - mean;
    squares = fma(deviation, deviation, squares);
  }
  means[lane] = mean;
  deviations[lane] = squares;
  workgroupBarrier();
  if (lane >= COLUMNS || column >= range.vectors) {
    return; // columns past the last one have read other values and write nothing
  }
  var all = 0u;
  sum = vec4f(0.0);
  for (var chunk = 0u; chunk < CHUNKS; chunk++) {
    let pixels = pixelsOf(chunk, id.y, range);
    sum = fma(vec4f(f32(pixels)), means[chunk * COLUMNS + lane], sum);
    all += pixels;
  }
  let whole = sum / f32(all);
  squares = vec4f(0.0);
  for (var chunk = 0u; chunk < CHUNKS; chunk++) {
    let shift = means[chunk * COLUMNS + lane] - whole;
    squares += fma(f32(pixelsOf(chunk, id.y, range)) * shift, shift, deviations[chunk * COLUMNS + lane]);
  }

  let row = rowOf(column, id, range);
  statistics[row] = whole;
  statistics[row + range.vectors] = select(squares, 1.0 / sqrt(squares / f32(all) + EPSILON), range.groups == 1u);
}
