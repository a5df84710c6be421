// k-means, result: each cluster is represented by the colour of its own that is nearest to its
// centre. The first pass finds the least distance. The second (CHOOSE) finds the colour at that
// distance; among several, the greatest as a number.
//
//   points    [count]
//   centres   [colours]
//   clusters  [colours]
//   palette   [colours]  opaque pixels; transparent where a cluster is empty

#include pixelart/palette/cluster

@group(0) @binding(0) var<storage, read> points: array<vec4u>;
@group(0) @binding(1) var<storage, read> centres: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> clusters: array<Cluster>;
@group(0) @binding(3) var<storage, read_write> palette: array<atomic<u32>>;
@group(0) @binding(4) var<uniform> sizes: Sizes;

#include pixelart/palette/nearest

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= sizes.points) {
    return;
  }
  let point = points[id.x];
  if (!visible(point)) {
    return;
  }
  let nearest = nearestTo(point, sizes.colours);
  if (!CHOOSE) {
    atomicMin(&clusters[nearest.index].closest, nearest.distance);
  } else if (nearest.distance == atomicLoad(&clusters[nearest.index].closest)) {
    atomicMax(&palette[nearest.index], point.w | 0xff000000u);
  }
}
