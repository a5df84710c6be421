// Statistics, second pass, for samples that took several workgroups: combines the workgroups' means
// and squared deviations into those of the sample, by the formula of statistics.wgsl. The variance
// is biased, squares / n, as torch.nn.InstanceNorm2d and BatchNorm2d normalize with.
//
//   partial     [samples][groups][2][vectors]   mean, squares
//   statistics  [samples][2][vectors]           mean, 1 / sqrt(variance + EPSILON)

struct Image {
  vectors: u32,     // of a pixel
  samples: u32,
  pixels: u32,      // of a sample
  groupPixels: u32, // of a workgroup; the last one of a sample may have fewer
  groups: u32,      // of a sample
}

@group(0) @binding(0) var<storage, read> partial: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> statistics: array<vec4f>;
@group(0) @binding(2) var<uniform> image: Image;

fn pixelsOf(group: u32) -> f32 {
  return f32(min(image.groupPixels, image.pixels - group * image.groupPixels));
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = id.x % image.vectors;
  let sample = id.x / image.vectors;
  if (sample >= image.samples) {
    return;
  }
  let stride = 2u * image.vectors;
  let first = sample * image.groups * stride + channel;

  var sum = vec4f(0.0);
  for (var group = 0u; group < image.groups; group++) {
    sum = fma(vec4f(pixelsOf(group)), partial[first + group * stride], sum);
  }
  let mean = sum / f32(image.pixels);

  var squares = vec4f(0.0);
  for (var group = 0u; group < image.groups; group++) {
    let row = first + group * stride;
    let shift = partial[row] - mean;
    squares += fma(pixelsOf(group) * shift, shift, partial[row + image.vectors]);
  }

  let row = sample * stride + channel;
  statistics[row] = mean;
  statistics[row + image.vectors] = 1.0 / sqrt(squares / f32(image.pixels) + EPSILON);
}
