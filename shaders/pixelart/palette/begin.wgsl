// k-means, initialisation: the centres are the seeds, and all sums are zero.
//
//   seeds     [colours]  L, a, b
//   centres   [colours]  L, a, b, and an opaque pixel
//   clusters  [colours]
//   palette   [colours]  pixels

#include pixelart/palette/cluster

@group(0) @binding(0) var<storage, read> seeds: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> centres: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> clusters: array<Cluster>;
@group(0) @binding(3) var<storage, read_write> palette: array<u32>;
@group(0) @binding(4) var<uniform> sizes: Sizes;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= sizes.colours) {
    return;
  }
  centres[id.x] = vec4u(vec3u(seeds[id.x].xyz), 0xff000000u);
  for (var i = 0u; i < 4u; i++) {
    atomicStore(&clusters[id.x].sum[i], 0u);
  }
  atomicStore(&clusters[id.x].closest, 0xffffffffu);
  palette[id.x] = 0u;
}
