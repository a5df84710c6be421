// The backward pass of a norm, sums, second pass, for samples that took several workgroups: adds
// the workgroups' sums in a fixed order.
//
//   partial  [samples][groups][2][vectors]
//   sums     [samples][2][vectors]           sum of g, sum of g * x^

struct Image {
  vectors: u32, // of a pixel
  samples: u32,
  groups: u32,  // of a sample
}

@group(0) @binding(0) var<storage, read> partial: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> sums: array<vec4f>;
@group(0) @binding(2) var<uniform> image: Image;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = id.x % image.vectors;
  let sample = id.x / image.vectors;
  if (sample >= image.samples) {
    return;
  }
  let stride = 2u * image.vectors;
  var plain = vec4f(0.0);
  var weighted = vec4f(0.0);
  for (var group = 0u; group < image.groups; group++) {
    let row = (sample * image.groups + group) * stride + channel;
    plain += partial[row];
    weighted += partial[row + image.vectors];
  }
  let row = sample * stride + channel;
  sums[row] = plain;
  sums[row + image.vectors] = weighted;
}
