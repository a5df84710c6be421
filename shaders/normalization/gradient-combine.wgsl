// The backward pass of a norm, sums, second pass: combines the chunks' sums into those of the
// whole, in a fixed order.
//
//   partial  [samples][chunks][2][VECTORS]
//   sums     [samples][2][VECTORS]           sum of g, sum of g * x^

struct Image {
  samples: u32,
  chunks: u32, // of a sample
}

@group(0) @binding(0) var<storage, read> partial: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> sums: array<vec4f>;
@group(0) @binding(2) var<uniform> image: Image;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = id.x % VECTORS;
  let sample = id.x / VECTORS;
  if (sample >= image.samples) {
    return;
  }
  var plain = vec4f(0.0);
  var weighted = vec4f(0.0);
  for (var chunk = 0u; chunk < image.chunks; chunk++) {
    let row = (sample * image.chunks + chunk) * 2u * VECTORS + channel;
    plain += partial[row];
    weighted += partial[row + VECTORS];
  }
  sums[sample * 2u * VECTORS + channel] = plain;
  sums[(sample * 2u + 1u) * VECTORS + channel] = weighted;
}
