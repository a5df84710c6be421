// Statistics, second pass: the chunks' means and squared deviations become those of the whole, in a fixed order.
//
//   mean     = sum of n_i * mean_i / n
//   squares  = sum of squares_i + n_i * (mean_i - mean)^2
//
// (Chan, Golub and LeVeque 1979, over all chunks at once.) The variance is biased: squares / n.
//
//   partial     [SAMPLES][CHUNKS][2][VECTORS]
//   statistics  [SAMPLES][2][VECTORS]         mean, 1 / sqrt(variance + EPSILON)

@group(0) @binding(0) var<storage, read> partial: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> statistics: array<vec4f>;

fn chunkPixels(chunk: u32) -> f32 {
  return f32(min(CHUNK_PIXELS, PIXELS - chunk * CHUNK_PIXELS));
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = id.x % VECTORS;
  let sample = id.x / VECTORS;
  if (sample >= SAMPLES) {
    return;
  }
  let first = sample * CHUNKS * 2u * VECTORS + channel;

  var sum = vec4f(0.0);
  for (var chunk = 0u; chunk < CHUNKS; chunk++) {
    sum = fma(vec4f(chunkPixels(chunk)), partial[first + chunk * 2u * VECTORS], sum);
  }
  let mean = sum / f32(PIXELS);

  var squares = vec4f(0.0);
  for (var chunk = 0u; chunk < CHUNKS; chunk++) {
    let row = first + chunk * 2u * VECTORS;
    let shift = partial[row] - mean;
    squares += fma(chunkPixels(chunk) * shift, shift, partial[row + VECTORS]);
  }

  statistics[sample * 2u * VECTORS + channel] = mean;
  statistics[(sample * 2u + 1u) * VECTORS + channel] = 1.0 / sqrt(squares / f32(PIXELS) + EPSILON);
}
