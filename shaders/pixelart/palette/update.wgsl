// k-means, update: every centre moves to the mean of its points and the sums return to zero. A
// centre without points stays where it is.
//
//   centres   [colours]
//   clusters  [colours]

#include pixelart/palette/cluster

@group(0) @binding(0) var<storage, read_write> centres: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> clusters: array<Cluster>;
@group(0) @binding(2) var<uniform> sizes: Sizes;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= sizes.colours) {
    return;
  }
  let count = atomicExchange(&clusters[id.x].sum[3], 0u);
  for (var i = 0u; i < 3u; i++) {
    let sum = atomicExchange(&clusters[id.x].sum[i], 0u);
    if (count > 0u) {
      centres[id.x][i] = (sum + count / 2u) / count;
    }
  }
}
