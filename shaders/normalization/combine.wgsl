// Statistics, second pass: combines the means and squared deviations of the chunks into those of
// the whole, in a fixed order.
//
//   mean     = sum of n_i * mean_i / n
//   squares  = sum of squares_i + n_i * (mean_i - mean)^2
//
// (Chan, Golub and LeVeque 1979, over all chunks at once.) The variance is biased, squares / n, as
// torch.nn.InstanceNorm2d and BatchNorm2d normalize with.
//
//   partial     [samples][chunks][2][VECTORS]
//   statistics  [samples][2][VECTORS]         mean, 1 / sqrt(variance + EPSILON)

struct Image {
  samples: u32,
  pixels: u32,      // of a sample
  chunkPixels: u32, // of a chunk; the last may have fewer
  chunks: u32,      // of a sample
}

@group(0) @binding(0) var<storage, read> partial: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> statistics: array<vec4f>;
@group(0) @binding(2) var<uniform> image: Image;

fn chunkPixels(chunk: u32) -> f32 {
  return f32(min(image.chunkPixels, image.pixels - chunk * image.chunkPixels));
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = id.x % VECTORS;
  let sample = id.x / VECTORS;
  if (sample >= image.samples) {
    return;
  }
  let first = sample * image.chunks * 2u * VECTORS + channel;

  var sum = vec4f(0.0);
  for (var chunk = 0u; chunk < image.chunks; chunk++) {
    sum = fma(vec4f(chunkPixels(chunk)), partial[first + chunk * 2u * VECTORS], sum);
  }
  let mean = sum / f32(image.pixels);

  var squares = vec4f(0.0);
  for (var chunk = 0u; chunk < image.chunks; chunk++) {
    let row = first + chunk * 2u * VECTORS;
    let shift = partial[row] - mean;
    squares += fma(chunkPixels(chunk) * shift, shift, partial[row + VECTORS]);
  }

  statistics[sample * 2u * VECTORS + channel] = mean;
  statistics[(sample * 2u + 1u) * VECTORS + channel] = 1.0 / sqrt(squares / f32(image.pixels) + EPSILON);
}
